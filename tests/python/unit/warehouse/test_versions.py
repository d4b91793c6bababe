"""Published versions: whole at every moment, listed, and a way back to each that is kept."""

import os
import random
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from customer_personas.warehouse import versions
from customer_personas.warehouse.publishing import FILE_NAME, publish
from customer_personas.warehouse.versions import VersionError

TABLES = ("customers", "personas", "needs")
FACTS = {"as_of_date": "2026-01-01", "source_systems": "shop", "models": ["segmentation S0001"]}


def publish_round(folder: Path, number: int, rows: int = 200, keep: int = 3):
    """Publish three tables that all say the same number."""
    with duckdb.connect() as connection:
        tables = {
            ("marts", table): f"select {number} as round, range as id from range({rows})"
            for table in TABLES
        }
        return publish(
            connection.cursor(), folder, tables, feature_descriptions={}, facts=FACTS, keep=keep
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
    version = versions.version_folder(tmp_path, 1)
    manifest = versions.read_manifest(version)
    assert manifest["version"] == 1 and manifest["as_of_date"] == "2026-01-01"
    assert [table["rows"] for table in manifest["tables"]] == [200, 200, 200]
    assert set(manifest["files"]) == {
        FILE_NAME,
        "parquet/publications.parquet",
        *(f"parquet/{table}.parquet" for table in TABLES),
    }
    assert versions.damages(version) == []
    assert str(tmp_path) not in (version / versions.MANIFEST).read_text()
    (version / "parquet" / "needs.parquet").write_bytes(b"other")
    (version / "parquet" / "personas.parquet").unlink()
    assert versions.damages(version) == [
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
    assert versions.version_numbers(tmp_path) == [4, 5]
    # numbers are never used twice, even where somebody emptied the folder
    shutil.rmtree(tmp_path / "versions")
    publish_round(tmp_path, 6)
    assert versions.current_version(tmp_path) == 6


def test_going_back_and_on(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv(versions.FOLDER_VARIABLE, str(tmp_path))
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
    assert versions.current_version(tmp_path) == 4
    assert versions.version_numbers(tmp_path) == [2, 3, 4]


def test_a_damaged_version_is_refused(tmp_path):
    for number in (1, 2):
        publish_round(tmp_path, number)
    damaged = versions.version_folder(tmp_path, 1) / FILE_NAME
    damaged.chmod(0o644)
    damaged.write_bytes(damaged.read_bytes()[:-1])
    with pytest.raises(VersionError, match=f"Version 1 is damaged: {FILE_NAME} is not the file"):
        versions.roll_back(tmp_path, 1)
    assert said_by(tmp_path / FILE_NAME) == {2}


def test_one_at_a_time_changes_the_published_set(tmp_path):
    with (
        versions.publishing_lock(tmp_path),
        pytest.raises(VersionError, match="Another process has been changing"),
        versions.publishing_lock(tmp_path, longest_wait=0.2),
    ):
        pass
    with versions.publishing_lock(tmp_path, longest_wait=0.2):
        pass


PUBLISHER = textwrap.dedent(
    """
    import sys
    from pathlib import Path
    sys.path.insert(0, {tests!r})
    from test_versions import publish_round
    print("ready", flush=True)
    for number in range(int(sys.argv[2]), 10**6):
        publish_round(Path(sys.argv[1]), number, rows=20_000)
        print(number, flush=True)
    """
)


def start_publisher(folder: Path, first: int) -> subprocess.Popen:
    code = PUBLISHER.format(tests=str(Path(__file__).parent))
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(folder), str(first)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "ready\n"
    return process


def test_a_publisher_killed_at_any_moment_leaves_a_whole_version(tmp_path):
    publish_round(tmp_path, 0)
    before, rng = 0, random.Random(3)
    leftovers = 0
    for attempt in range(1, 51):
        process = start_publisher(tmp_path, attempt * 1000)
        time.sleep(rng.uniform(0, 0.15))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        (number,) = said_by(tmp_path / FILE_NAME)
        current = versions.version_folder(tmp_path, versions.current_version(tmp_path))
        assert number == before or number >= attempt * 1000
        assert versions.damages(current) == []
        leftovers += len(list((tmp_path / "versions").glob("draft-*")))
        before = number
    # some were killed in the middle of a version, else nothing was tried
    assert leftovers > 5
    publish_round(tmp_path, 10**7)
    assert said_by(tmp_path / FILE_NAME) == {10**7}
    assert len(versions.version_numbers(tmp_path)) == 3
    known = {FILE_NAME, "parquet", "current", "versions", versions.LOG, ".lock"}
    assert {path.name for path in tmp_path.iterdir()} == known
    assert {path.name for path in (tmp_path / "versions").iterdir()} == {
        str(number) for number in versions.version_numbers(tmp_path)
    }


def test_twenty_readers_never_wait_and_never_see_half_a_version(tmp_path):
    publish_round(tmp_path, 0, rows=20_000, keep=20)
    reader = textwrap.dedent(
        f"""
        import sys
        from pathlib import Path
        sys.path.insert(0, {str(Path(__file__).parent)!r})
        from test_versions import said_by
        path, queries = Path({str(tmp_path / FILE_NAME)!r}), 0
        print("ready", flush=True)
        seen = set()
        while not Path({str(tmp_path / "stop")!r}).exists():
            (number,) = said_by(path)
            seen.add(number)
            queries += 1
        print(queries, max(seen), flush=True)
        """
    )
    readers = [
        subprocess.Popen([sys.executable, "-c", reader], stdout=subprocess.PIPE, text=True)
        for _ in range(20)
    ]
    try:
        for each in readers:
            assert each.stdout.readline() == "ready\n"
        for number in range(1, 11):
            publish_round(tmp_path, number, rows=20_000, keep=20)
    finally:
        (tmp_path / "stop").touch()
        with ThreadPoolExecutor(20) as pool:
            said = list(pool.map(lambda each: each.communicate(timeout=120)[0], readers))
    assert all(each.returncode == 0 for each in readers)
    assert all(int(each.split()[0]) > 0 for each in said)
    assert max(int(each.split()[1]) for each in said) == 10
