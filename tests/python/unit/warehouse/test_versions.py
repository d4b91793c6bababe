"""Published versions: whole at every moment, listed, and a way back to each that is kept."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest
from killing import SERVER, kill_at, moments

from customer_personas.warehouse import databases, manifests, version_folders, versions
from customer_personas.warehouse.published_files import FILE_NAME
from customer_personas.warehouse.publishing import (
    PublishingError,
    publish,
    refuse_other_company,
)
from customer_personas.warehouse.version_folders import VersionError

KILLS = int(os.environ.get("PERSONA_KILLS", "50"))
TABLES = ("customers", "personas", "needs")
FACTS = {"as_of_date": "2026-01-01", "source_systems": "shop", "models": ["segmentation S0001"]}


def publish_round(
    folder: Path, number: int, rows: int = 200, keep: int = 3, source_systems: str = "shop"
):
    """Publish three tables that all say the same number."""
    with duckdb.connect() as connection:
        tables = {
            ("marts", table): f"select {number} as round, range as id from range({rows})"
            for table in TABLES
        }
        return publish(
            connection.cursor(),
            folder,
            tables,
            feature_descriptions={},
            facts=FACTS | {"source_systems": source_systems},
            keep=keep,
        )


def said_by(path: Path) -> set[int]:
    """Read the whole set; the numbers that its tables say."""
    with duckdb.connect(str(path), read_only=True) as connection:
        return {
            each
            for table in TABLES
            for (each,) in connection.execute(
                f"select distinct round from marts.{table}"
            ).fetchall()
        }


def test_a_version_tells_what_it_holds(tmp_path):
    published = publish_round(tmp_path, 1)
    assert set(published["table_name"].to_pylist()) == set(TABLES)
    version = version_folders.version_folder(tmp_path, 1)
    manifest = manifests.read_manifest(version)
    assert manifest["version"] == 1 and manifest["as_of_date"] == "2026-01-01"
    assert [table["rows"] for table in manifest["tables"]] == [200, 200, 200]
    assert set(manifest["files"]) == {
        FILE_NAME,
        "parquet/publications.parquet",
        *(f"parquet/{table}.parquet" for table in TABLES),
    }
    assert manifests.damages(version) == []
    assert str(tmp_path) not in (version / manifests.MANIFEST).read_text()
    (version / "parquet" / "needs.parquet").write_bytes(b"other")
    (version / "parquet" / "personas.parquet").unlink()
    assert manifests.damages(version) == [
        "parquet/needs.parquet is not the file that was published",
        "parquet/personas.parquet is missing",
    ]


def test_the_published_file_lists_all_publications(tmp_path):
    for number in range(1, 6):
        publish_round(tmp_path, number, keep=2)
    with duckdb.connect(str(tmp_path / FILE_NAME), read_only=True) as connection:
        rows = connection.execute(
            "select version, table_count, row_count, models from monitoring.publications"
        ).fetchall()
        ((comment,),) = connection.execute(
            "select comment from duckdb_tables() where table_name = 'publications'"
        ).fetchall()
    assert [row[0] for row in rows] == [1, 2, 3, 4, 5]
    assert {row[1:] for row in rows} == {(3, 600, "segmentation S0001")}
    assert "One row per version" in comment
    assert version_folders.version_numbers(tmp_path) == [4, 5]
    # numbers are never used twice, even where somebody emptied the folder
    shutil.rmtree(tmp_path / "versions")
    publish_round(tmp_path, 6)
    assert version_folders.current_version(tmp_path) == 6


def test_going_back_and_on(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv(databases.PUBLISH_VARIABLE, str(tmp_path))
    assert versions.main([]) == 0
    assert "Nothing was published" in capsys.readouterr().out
    for number in (1, 2, 3):
        publish_round(tmp_path, number)
    assert versions.main(["--roll-back", "2"]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in listed] == ["kept", "in", "kept"]
    assert said_by(tmp_path / FILE_NAME) == {2}
    assert len(list((tmp_path / "parquet").iterdir())) == len(TABLES) + 1
    assert versions.main(["--roll-back", "9"]) == 1
    assert "Kept are: 1, 2, 3" in capsys.readouterr().err
    publish_round(tmp_path, 4)
    assert version_folders.current_version(tmp_path) == 4
    assert version_folders.version_numbers(tmp_path) == [2, 3, 4]


def test_a_damaged_version_is_refused(tmp_path):
    for number in (1, 2):
        publish_round(tmp_path, number)
    damaged = version_folders.version_folder(tmp_path, 1) / FILE_NAME
    damaged.chmod(0o644)
    damaged.write_bytes(damaged.read_bytes()[:-1])
    with pytest.raises(VersionError, match=f"Version 1 is damaged: {FILE_NAME} is not the file"):
        versions.roll_back(tmp_path, 1)
    assert said_by(tmp_path / FILE_NAME) == {2}


def test_a_damaged_manifest_or_a_bad_line_of_the_log_stops_no_publication(tmp_path, capsys):
    for number in (1, 2):
        publish_round(tmp_path, number)
    manifest = version_folders.version_folder(tmp_path, 1) / manifests.MANIFEST
    manifest.chmod(0o644)
    manifest.write_text("{")
    with (tmp_path / manifests.LOG).open("a") as log:
        log.write('{"version": "seven"}\nno line\n')
    refuse_other_company(tmp_path, "shop")
    publish_round(tmp_path, 3)
    said = capsys.readouterr().out
    assert "version 1 is kept, but cannot be gone back to" in said
    assert "line 3 of" in said and "line 4 of" in said
    assert said_by(tmp_path / FILE_NAME) == {3}
    with pytest.raises(VersionError, match="Version 1 is damaged"):
        versions.roll_back(tmp_path, 1)
    publish_round(tmp_path, 4)
    assert "cannot be read" not in capsys.readouterr().out


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, "null", "{}", '{"files": {}}', '{"files": ["a"]}', '{"files": {"../a": "b"}}'],
    ids=["deep", "nothing", "empty", "no files", "a list of files", "a file elsewhere"],
)
def test_a_forged_manifest_is_refused_and_stops_no_publication(tmp_path, text):
    for number in (1, 2):
        publish_round(tmp_path, number)
    manifest = version_folders.version_folder(tmp_path, 1) / manifests.MANIFEST
    manifest.chmod(0o644)
    manifest.write_text(text)
    with (tmp_path / manifests.LOG).open("a") as log:
        log.write(text + "\n")
    with pytest.raises(VersionError, match="Version 1 is damaged"):
        versions.roll_back(tmp_path, 1)
    publish_round(tmp_path, 3)
    assert versions.current_version(tmp_path) == 3


@pytest.mark.parametrize("kills", [10, pytest.param(KILLS, marks=pytest.mark.slow)])
def test_a_publisher_killed_at_any_moment_leaves_a_whole_version(tmp_path, kills):
    folder = tmp_path / "published"
    publish_round(tmp_path / "whole", 0)
    chosen = moments(kills, publish_round, tmp_path / "whole", 1)
    publish_round(folder, 0)
    before, killed, leftovers = 0, 0, 0
    # before a version, in the middle of one, after its swap
    for attempt, moment in enumerate(chosen, 1):
        killed += kill_at(moment, publish_round, folder, attempt)
        (number,) = said_by(folder / FILE_NAME)
        current = version_folders.current_version(folder)
        assert number in (before, attempt)
        assert manifests.damages(version_folders.version_folder(folder, current)) == []
        leftovers += len(list((folder / "versions").glob("draft-*")))
        before = number
    assert killed >= kills * 0.8
    # some were killed in the middle of a version, else nothing was tried
    assert leftovers >= kills // 5
    publish_round(folder, 10**7)
    assert said_by(folder / FILE_NAME) == {10**7}
    assert len(version_folders.version_numbers(folder)) == 3
    known = {FILE_NAME, "parquet", "current", "versions", manifests.LOG, ".lock"}
    assert {path.name for path in folder.iterdir()} == known
    assert {path.name for path in (folder / "versions").iterdir()} == {
        str(number) for number in version_folders.version_numbers(folder)
    }


@pytest.mark.parametrize("kills", [10, pytest.param(KILLS, marks=pytest.mark.slow)])
def test_going_back_killed_at_any_moment_leaves_a_whole_version_and_goes_on(tmp_path, kills):
    for number in (1, 2):
        publish_round(tmp_path, number)
    chosen = moments(kills, versions.roll_back, tmp_path, 1)
    versions.roll_back(tmp_path, 2)
    killed = 0
    for moment in chosen:
        killed += kill_at(moment, versions.roll_back, tmp_path, 1)
        assert said_by(tmp_path / FILE_NAME) in ({1}, {2})
        assert manifests.damages(version_folders.version_folder(tmp_path, 2)) == []
        versions.roll_back(tmp_path, 1)
        assert said_by(tmp_path / FILE_NAME) == {1}
        versions.roll_back(tmp_path, 2)
    assert killed >= kills * 0.8
    known = {FILE_NAME, "parquet", "current", "versions", manifests.LOG, ".lock"}
    assert {path.name for path in tmp_path.iterdir()} == known


@contextmanager
def many_readers(read: Callable, path: Path, readers: int) -> Iterator[list]:
    """Have processes read a file while a block runs; the list holds afterwards what each told."""
    stop, receiver, sender = SERVER.Event(), *SERVER.Pipe(duplex=False)
    begun = [SERVER.Event() for _ in range(readers)]
    processes = [SERVER.Process(target=read, args=(path, stop, each, sender)) for each in begun]
    for each in processes:
        each.start()
    said: list = []
    try:
        for each in begun:
            assert each.wait(120)
        yield said
    finally:
        stop.set()
        for each in processes:
            each.join(120)
    # whoever saw two numbers at once has ended with an error
    assert [each.exitcode for each in processes] == [0] * readers
    said.extend(receiver.recv() for _ in range(readers))


def read_until_stopped(path: Path, stop, begun, sender) -> None:
    """Read the published set again and again; tell how often, and the newest number."""
    queries, newest = 0, 0
    while not stop.is_set():
        (number,) = said_by(path)
        newest = max(newest, number)
        queries += 1
        begun.set()
    sender.send((queries, newest))


@pytest.mark.parametrize("readers", [4, pytest.param(20, marks=pytest.mark.slow)])
def test_readers_never_wait_and_never_see_half_a_version(tmp_path, readers):
    publish_round(tmp_path, 0, rows=20_000, keep=20)
    with many_readers(read_until_stopped, tmp_path / FILE_NAME, readers) as said:
        for number in range(1, 6):
            publish_round(tmp_path, number, rows=20_000, keep=20)
    assert all(queries > 0 for queries, _ in said)
    assert all(newest <= 5 for _, newest in said)


def hold_open_until_stopped(path: Path, stop, begun, sender) -> None:
    """Ask one open connection again and again, then open another; tell what both said."""
    held = set()
    with duckdb.connect(str(path), read_only=True) as connection:
        while not stop.is_set():
            for table in TABLES:
                held |= set(connection.sql(f"select distinct round from marts.{table}").fetchall())
            begun.set()
    sender.send(([number for (number,) in held], list(said_by(path))))


@pytest.mark.parametrize("readers", [4, pytest.param(20, marks=pytest.mark.slow)])
def test_open_readers_hold_up_no_publication_and_see_the_new_version_once_refreshed(
    tmp_path, readers
):
    publish_round(tmp_path, 0, rows=20_000)
    with many_readers(hold_open_until_stopped, tmp_path / FILE_NAME, readers) as said:
        for number in range(1, 6):
            # the version that is held open is removed meanwhile
            publish_round(tmp_path, number, rows=20_000, keep=1)
    assert said == [([0], [5])] * readers


@pytest.mark.parametrize(
    ("before", "now", "missing"),
    [
        (None, "shop: customers", None),
        ("shop: customers", "shop: customers", None),
        # a company grows, or delivers less
        ("shop: customers", "online: order_lines; shop: customers, order_lines", None),
        ("shop: customers, order_lines", "shop: order_lines", None),
        ("demo: customers", "files: customers", None),
        ("files: customers", "demo: customers", "files"),
        ("a: customers; b: customers; demo: feedback", "b: customers", "a"),
    ],
)
def test_a_company_does_not_take_the_place_of_another_by_accident(tmp_path, before, now, missing):
    if before is not None:
        publish_round(tmp_path, 1, source_systems=before)
    if missing is None:
        refuse_other_company(tmp_path, now)
    else:
        with pytest.raises(PublishingError, match=f"lacks {missing}: it may be another"):
            refuse_other_company(tmp_path, now)
