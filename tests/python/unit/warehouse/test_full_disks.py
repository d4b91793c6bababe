"""A disk that is full or may not be written, another one for what is published: nothing is lost."""

import shutil
import subprocess
import tempfile
from pathlib import Path

import duckdb
import pytest
from handmade import Handmade, make_company
from test_versions import publish_round, said_by

from customer_personas import cli
from customer_personas.privacy.requests import main as privacy
from customer_personas.warehouse import backup, versions
from customer_personas.warehouse.published_files import FILE_NAME

SIZE = 48 << 20


@pytest.fixture
def disk(tmp_path):
    """A small disk of its own, where this process may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
    if not shutil.which("mount") or subprocess.run(mounting, capture_output=True).returncode:
        pytest.skip("only somebody who may mount has a small disk")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def leave(disk: Path, room: int) -> Path:
    """Fill a disk but for some bytes; the file that does."""
    filling = disk / "filling"
    filling.write_bytes(b"x" * (shutil.disk_usage(disk).free - room))
    return filling


@pytest.fixture
def company(disk, monkeypatch) -> Handmade:
    made = make_company(disk / "company", versions=2)
    for name, value in made.environment.items():
        monkeypatch.setenv(name, value)
    return made


def files_of(company: Handmade) -> dict[str, bytes]:
    """What the company's files hold, but for what a lock leaves."""
    return {
        str(path.relative_to(company.folder)): path.read_bytes()
        for path in company.folder.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


@pytest.mark.parametrize("room", [0, 300_000])
def test_a_backup_without_room_leaves_no_half_of_one(company, disk, capsys, room):
    saved = disk / "saved.duckdb"
    before, filling = files_of(company), leave(disk, room)
    assert backup.main(["save", str(saved)]) == 1
    assert "disk is full. Make room" in capsys.readouterr().err
    assert files_of(company) == before and not saved.exists()
    filling.unlink()
    assert backup.main(["save", str(saved)]) == 0


@pytest.mark.parametrize("room", [0, 300_000, 1_000_000])
def test_a_restore_without_room_leaves_the_state_as_it_was(company, disk, capsys, room):
    saved = disk / "saved.duckdb"
    backup.main(["save", str(saved)])
    before, filling = company.rows_of("c1"), leave(disk, room)
    assert backup.main(["restore", str(saved)]) == 1
    assert "disk is full. Make room" in capsys.readouterr().err
    filling.unlink()
    assert company.rows_of("c1") == before
    assert backup.main(["restore", str(saved)]) == 0
    assert company.rows_of("c1") == before


@pytest.mark.parametrize("room", [0, 300_000, 1_500_000, 4_000_000])
def test_an_erasure_without_room_goes_on_when_there_is_some(company, disk, capsys, room):
    filling = leave(disk, room)
    assert privacy(["erase", "c1"]) == 2
    said = capsys.readouterr().err
    assert "disk is full. Make room" in said and "give the same command again" in said
    assert all(company.rows_of("c2").values())
    filling.unlink()
    assert privacy(["erase", "c1"]) == 0
    assert not any(company.rows_of("c1").values()) and all(company.rows_of("c2").values())


@pytest.mark.parametrize("room", [0, 300_000, 1_500_000])
def test_a_publication_without_room_leaves_the_former_one(disk, room):
    folder = disk / "published"
    publish_round(folder, 1, rows=50_000)
    filling = leave(disk, room)
    with pytest.raises((duckdb.Error, OSError), match=r"(?i)no space left"):
        publish_round(folder, 2, rows=500_000)
    assert said_by(folder / FILE_NAME) == {1}
    filling.unlink()
    publish_round(folder, 3)
    assert said_by(folder / FILE_NAME) == {3}
    assert not list((folder / "versions").glob("draft-*"))


@pytest.mark.parametrize("place", [".", "company/published", "company/state.duckdb"])
@pytest.mark.parametrize(
    "command",
    [
        "privacy erase c1",
        "privacy access c1 --to {disk}/answer.json",
        "backup save {disk}/another.duckdb",
        "backup restore {disk}/saved.duckdb",
        "versions --roll-back 1",
    ],
)
def test_what_may_not_be_written_is_named_and_stays(company, disk, capsys, place, command):
    backup.main(["save", str(disk / "saved.duckdb")])
    before, path = files_of(company), disk / place
    if place != ".":
        subprocess.run(["mount", "--bind", path, path], check=True)
    only_read = "remount,ro" if place == "." else "remount,bind,ro"
    subprocess.run(["mount", "-o", only_read, path], check=True)
    arguments = command.format(disk=disk).split()
    try:
        code = cli.main(arguments)
    finally:
        subprocess.run(["umount", path] if place != "." else ["mount", "-o", "remount,rw", path])
    if code:
        assert "Give yourself permission" in capsys.readouterr().err
        assert files_of(company) == before
        assert cli.main(arguments) == 0
    # others may get by without it
    assert code or not command.startswith("privacy erase")


def test_the_published_folder_may_lie_on_another_file_system(tmp_path, monkeypatch):
    shared = Path("/dev/shm")
    if not shared.is_dir() or shared.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no other file system at hand")
    with tempfile.TemporaryDirectory(dir=shared) as folder:
        company = make_company(tmp_path / "company", versions=2)
        published = Path(shutil.copytree(company.published, Path(folder) / "set", symlinks=True))
        shutil.rmtree(company.published)
        company.published.symlink_to(published)
        for name, value in company.environment.items():
            monkeypatch.setenv(name, value)
        assert privacy(["erase", "c1"]) == 0
        assert not any(company.rows_of("c1").values()) and all(company.rows_of("c2").values())
        versions.roll_back(published, min(versions.version_numbers(published)))
        assert not company.rows_of("c1")["in force"]
