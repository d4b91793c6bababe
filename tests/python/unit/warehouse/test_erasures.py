"""Erasures are kept twice, and outlive a lost, a damaged or an older state."""

import os
import shutil

import pytest
from handmade import Handmade, erase_in, make_company, read
from killing import kill_at, moments

from customer_personas.warehouse import backup, erasures
from customer_personas.warehouse.databases import DatabaseError, connect
from customer_personas.warehouse.migrate import migrate_state

KILLS = int(os.environ.get("PERSONA_KILLS", "50"))


@pytest.fixture
def company(tmp_path, monkeypatch) -> Handmade:
    made = make_company(tmp_path / "company", versions=1)
    for name, value in made.environment.items():
        monkeypatch.setenv(name, value)
    return made


def state_of(company: Handmade):
    return company.folder / "state.duckdb"


def start_build(company: Handmade) -> list[str]:
    """Do what a build does before anything else; what it says."""
    said: list[str] = []
    migrate_state(state_of(company))
    erasures.take_over_logged(state_of(company), company.published, said.append)
    return said


def members(company: Handmade) -> list[tuple]:
    return read(state_of(company), "select customer_id from history.persona_changes order by all")


def test_a_lost_state_knows_the_erased(company):
    for customer in ("c1", "c2"):
        erase_in(company, customer)
    state_of(company).unlink()
    (warning,) = start_build(company)
    assert "lacked 2 of the 2 erasures" in warning and "restore your newest backup" in warning
    assert company.tombstones() == 2
    assert start_build(company) == []


def test_an_older_state_put_in_place_by_hand_forgets_the_erased(company):
    shutil.copy(state_of(company), company.folder / "old.duckdb")
    erase_in(company, "c1")
    shutil.copy(company.folder / "old.duckdb", state_of(company))
    (warning,) = start_build(company)
    assert "lacked 1 of the 1 erasures" in warning
    assert ("c1",) not in members(company) and ("c2",) in members(company)


@pytest.mark.parametrize("loss", ["missing", "damaged", "older"])
def test_a_restore_undoes_no_erasure_whatever_happened_to_the_state(company, loss):
    assert backup.main(["save", str(company.folder / "backup.duckdb")]) == 0
    older = company.folder / "older.duckdb"
    shutil.copy(state_of(company), older)
    erase_in(company, "c1")
    if loss == "missing":
        state_of(company).unlink()
    elif loss == "damaged":
        state_of(company).write_bytes(b"no database" * 999)
    else:
        shutil.copy(older, state_of(company))
    assert backup.main(["restore", str(company.folder / "backup.duckdb")]) == 0
    assert company.tombstones() == 1
    assert ("c1",) not in members(company) and ("c2",) in members(company)


def test_a_damaged_state_without_any_list_of_erasures_is_not_taken_for_none(company, capsys):
    assert backup.main(["save", str(company.folder / "backup.duckdb")]) == 0
    state_of(company).write_bytes(b"no database" * 999)
    assert backup.main(["restore", str(company.folder / "backup.duckdb")]) == 1
    assert "Move it away and restore again" in capsys.readouterr().err
    assert state_of(company).read_bytes().startswith(b"no database")


def test_a_list_of_erasures_that_cannot_be_read_stops_and_says_where(company):
    erase_in(company, "c1")
    with (company.published / erasures.LOG).open("a") as lines:
        lines.write('{"customer_hash": \n')
    with pytest.raises(DatabaseError, match=r"Line 2 of .*erasures.jsonl cannot be read"):
        start_build(company)


def test_what_the_state_knows_is_kept_beside_the_published_set_as_well(company):
    with connect(state_of(company)) as state:
        erasures.add_erasures(state, {"of an earlier release": None})
        known = erasures.read_erasures(state)
    erasures.write_log(company.published, known)
    assert erasures.read_log(company.published) == {"of an earlier release": None}
    assert (company.published / erasures.LOG).stat().st_mode & 0o077 == 0


def restore_in(company: Handmade, path) -> None:
    """Restore a backup, in a process of its own."""
    os.environ |= company.environment
    backup.restore(path)


@pytest.mark.parametrize("kills", [4, pytest.param(KILLS, marks=pytest.mark.slow)])
def test_a_restore_killed_at_any_moment_loses_nothing(company, tmp_path, kills):
    saved = company.folder / "backup.duckdb"
    assert backup.main(["save", str(saved)]) == 0
    erase_in(company, "c1")
    shutil.copytree(company.folder, tmp_path / "whole", symlinks=True)
    killed = 0
    for moment in moments(kills, restore_in, Handmade(tmp_path / "whole"), saved):
        copy = Handmade(tmp_path / "killed")
        shutil.copytree(company.folder, copy.folder, symlinks=True)
        killed += kill_at(moment, restore_in, copy, saved)
        # the one state or the other one, whole; neither knows the erased
        assert copy.tombstones() == 1
        assert ("c1",) not in members(copy) and ("c2",) in members(copy)
        restore_in(copy, saved)
        assert copy.tombstones() == 1
        assert ("c1",) not in members(copy) and ("c2",) in members(copy)
        names = {path.name for path in copy.folder.iterdir()}
        assert "state.duckdb.replaced" in names
        assert not [name for name in names if "draft" in name]
        shutil.rmtree(copy.folder)
    assert killed >= kills * 0.8


def test_a_build_keeps_those_it_met_under_the_present_key(company):
    with connect(company.folder / "warehouse.duckdb") as connection:
        connection.execute(f"attach '{state_of(company)}' as state")
        met = "select 'new hash' as erased_customer_hash union all select 'old hash'"
        with connection.cursor() as cursor:
            cursor.execute("insert into state.history.erasures values ('old hash', '2026-01-01')")
            known = erasures.keep_met(cursor, met)
    assert {each: day and day.isoformat() for each, day in known.items()} == {
        "old hash": "2026-01-01",
        "new hash": None,
    }
