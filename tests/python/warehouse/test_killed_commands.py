"""A built company whose erasures, restores and ways back are killed at moments spread over them."""

import os
import shutil
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest
from conftest import Company, published_contents
from killing import SERVER, Moment, choose_moment, kill_at, moments, times_of_steps
from planted import customer_ids
from test_privacy import here, traces

from customer_personas.privacy.erasure import erase
from customer_personas.warehouse import backup, manifests, version_folders, versions

__all__ = ["here"]

KILLS = int(os.environ.get("PERSONA_KILLS", "50"))


def work_in(company: Company, work: str, *arguments) -> None:
    """Do what a command does, from a process of its own."""
    company.work_on(pytest.MonkeyPatch())
    if work == "erase":
        erase(*arguments, lambda line: None)
    elif work == "restore":
        backup.restore(*arguments)
    else:
        versions.roll_back(company.published.parent, *arguments)


def read_until_stopped(path: Path, stop, begun, sender) -> None:
    """Read the published set again and again; tell versions that were not whole, and how many."""
    parts, looks = [], 0
    while not stop.is_set():
        with duckdb.connect(str(path), read_only=True) as connection:
            ((version, told),) = connection.execute(
                "select version, row_count from monitoring.publications "
                "order by version desc limit 1"
            ).fetchall()
            tables = connection.execute(
                "select schema_name, table_name from duckdb_tables() "
                "where table_name != 'publications'"
            ).fetchall()
            found = sum(
                connection.execute(f'select count(*) from {schema}."{table}"').fetchone()[0]
                for schema, table in tables
            )
        looks += 1
        parts += [(version, told, found)] if found != told else []
        begun.set()
        stop.wait(0.1)
    sender.send((looks, parts))


@contextmanager
def a_reader(company: Company):
    """Have somebody read what is published all the while: whole versions, and no error."""
    stop, begun, (receiver, sender) = SERVER.Event(), SERVER.Event(), SERVER.Pipe(duplex=False)
    reader = SERVER.Process(
        target=read_until_stopped, args=(company.published, stop, begun, sender)
    )
    reader.start()
    try:
        assert begun.wait(120)
        yield
    finally:
        stop.set()
        looks, parts = receiver.recv() if receiver.poll(120) else (0, ["ended by an error"])
        reader.join(120)
    assert looks >= KILLS and parts == []


def check_versions_are_whole(company: Company) -> None:
    folder = company.published.parent
    numbers = version_folders.version_numbers(folder)
    assert version_folders.current_version(folder) in numbers
    for number in numbers:
        assert manifests.damages(version_folders.version_folder(folder, number)) == []


def drafts(company: Company) -> list[Path]:
    return [path for path in company.folder.rglob("*") if "draft" in path.name]


@pytest.mark.slow
def test_killed_erasures_leave_whole_versions_and_go_on(here, tmp_path):
    people = iter(customer_ids(here.landing))
    erased = []
    with a_reader(here):
        for number in range(KILLS):
            was_killed = False
            # one that ended before its moment is not counted: the next customer's is killed there
            while not was_killed:
                erased.append(next(people))
                moment = rehearse(here, tmp_path / "rehearsal", erased[-1], number)
                was_killed = kill_at(moment, work_in, here, "erase", erased[-1])
                check_versions_are_whole(here)
                work_in(here, "erase", erased[-1])
                assert traces(here, erased) == {}
                assert drafts(here) == []
            print(f"{number + 1} erasures killed, of {len(erased)}: {moment}", flush=True)
    check_versions_are_whole(here)
    ((left,),) = here.query_published("select count(*) from marts.customers")
    assert left > 0


def rehearse(company: Company, folder: Path, customer: str, number: int) -> Moment:
    """Erase a customer from a copy of the company, and choose a moment of that very erasure."""
    # who has fewer records is erased in fewer steps
    copy = company.copy_to(folder)
    began = times_of_steps(work_in, copy, "erase", customer)
    shutil.rmtree(folder)
    return choose_moment(began, number, KILLS)


@pytest.mark.slow
def test_killed_restores_bring_nobody_back(here, tmp_path):
    people, saved = customer_ids(here.landing), tmp_path / "backup.duckdb"
    backup.save(saved)
    gone = people[:2]
    for customer in gone:
        work_in(here, "erase", customer)
    chosen = moments(KILLS, work_in, here, "restore", saved)
    members = "select count(*), bit_xor(hash(rows)) from history.persona_changes as rows"
    before, published = here.query_state(members), published_contents(here)
    killed = 0
    for moment in chosen:
        killed += kill_at(moment, work_in, here, "restore", saved)
        assert here.query_state(members) == before
        work_in(here, "restore", saved)
        assert here.query_state(members) == before
        assert traces(here, gone) == {} and drafts(here) == []
        # what was replaced, by this restore or by the killed one
        for path in here.state.parent.glob("*.replaced*"):
            path.unlink()
    assert killed >= KILLS * 0.8
    assert published_contents(here) == published


@pytest.mark.slow
def test_killed_ways_back_leave_a_whole_version_in_force(here):
    folder = here.published.parent
    numbers = version_folders.version_numbers(folder)
    old, new = numbers[-2:]
    chosen = moments(KILLS, work_in, here, "roll back", old)
    versions.roll_back(folder, new)
    killed = 0
    with a_reader(here):
        for moment in chosen:
            killed += kill_at(moment, work_in, here, "roll back", old)
            assert version_folders.current_version(folder) in (old, new)
            check_versions_are_whole(here)
            versions.roll_back(folder, old)
            assert version_folders.current_version(folder) == old
            versions.roll_back(folder, new)
            assert drafts(here) == []
    assert killed >= KILLS * 0.8
    assert version_folders.version_numbers(folder) == numbers
