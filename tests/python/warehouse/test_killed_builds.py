"""A build killed at any moment leaves a whole published set and state; the next one goes on."""

import os
import random
import re
import signal
import time

import duckdb
import pytest
from conftest import Company, contents, published_contents

from customer_personas.warehouse import versions

KILLS = int(os.environ.get("PERSONA_KILLS", "50"))


def kill_at(company: Company, share: float, delay: float) -> bool:
    """Start a build and kill it where a share of its nodes has begun; whether it still ran."""
    process = company.start("build", "--exclude-resource-type", "unit_test")
    for line in process.stdout:
        progress = re.search(r" (\d+) of (\d+) START", line)
        if progress and int(progress[1]) >= share * int(progress[2]):
            break
    time.sleep(delay)
    was_running = process.poll() is None
    if was_running:
        os.killpg(process.pid, signal.SIGKILL)
    process.stdout.close()
    process.wait()
    return was_running


def check_killed(company: Company, share: float, delay: float, state: dict) -> bool:
    """Kill a build and look at what it leaves; whether it still ran."""
    folder = company.published.parent
    before = (versions.current_version(folder), company.published.read_bytes())
    was_running = kill_at(company, share, delay)
    # the published set is a whole version, the one before or a later one
    current = versions.current_version(folder)
    assert versions.damages(versions.version_folder(folder, current)) == []
    assert (current, company.published.read_bytes()) == before or current > before[0]
    assert contents(company.published)["marts.customers"]
    # the same records and the same day: a state half-written would differ
    assert contents(company.state) == state
    return was_running


def check_next_build(company: Company, *options: str) -> None:
    """Build once more: it publishes, and nothing is left of killed runs and of former models."""
    folder = company.published.parent
    before = versions.current_version(folder)
    company.build(*options)
    assert versions.current_version(folder) > before
    assert [path for path in (folder / "versions").iterdir() if not path.name.isdecimal()] == []
    tables = company.query(
        "select table_schema || '.' || table_name from information_schema.tables"
    )
    names = {name for (name,) in tables}
    assert not [name for name in names if "__dbt_" in name or "stg_old" in name]
    assert "notes.mine" in names


@pytest.mark.slow  # publishers are killed at any step in the unit tests of versions
def test_a_killed_build_changes_nothing(shop, tmp_path):
    company = shop.copy_to(tmp_path)
    # half of the nodes have begun; test_versions kills at the moments of publication
    assert check_killed(company, share=0.5, delay=0, state=contents(company.state))


@pytest.mark.slow
def test_the_next_build_gives_the_same_marts(shop, tmp_path):
    company = shop.copy_to(tmp_path)
    state, published = contents(company.state), published_contents(company)
    company.warehouse.unlink()
    assert check_killed(company, share=0.5, delay=0, state=state)
    leave_behind(company)
    # without the warehouse, and with one thread where the first build had two: it must not matter
    check_next_build(company, "--threads", "1")
    assert contents(company.state) == state
    assert published_contents(company) == published


@pytest.mark.slow
def test_many_builds_killed_at_moments_spread_over_them_change_nothing(shop, tmp_path):
    company = shop.copy_to(tmp_path)
    size, state = company.warehouse.stat().st_size, contents(company.state)
    leave_behind(company)
    rng = random.Random(KILLS)
    running = 0
    for attempt in range(KILLS):
        # spread over the nodes of the build; the last one is publication, which takes a second
        share = min(1, 1.1 * (attempt + rng.random()) / KILLS)
        running += check_killed(company, share, rng.random(), state)
        print(f"build {attempt + 1}: {running} killed")
    assert running >= KILLS * 0.8
    check_next_build(company)
    assert contents(company.state) == state
    # old and new tables lie side by side while a build runs, and their room is used again
    assert company.warehouse.stat().st_size < 3 * size


def leave_behind(company: Company) -> None:
    """Make tables as earlier runs may have left them, and one of somebody's own."""
    with duckdb.connect(str(company.warehouse)) as connection:
        connection.execute("create table staging.stg_old__customers as select 'x' as customer_id")
        connection.execute("create table marts.customers__dbt_tmp as select 'x' as customer_id")
        connection.execute("create schema notes")
        connection.execute("create table notes.mine as select 1 as number")
