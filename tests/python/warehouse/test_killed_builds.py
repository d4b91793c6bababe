"""A build killed at any moment leaves a whole published set and state; the next one goes on."""

import os
import random
import re
import shutil
import signal
import time
from pathlib import Path

import duckdb
import pytest
from conftest import Company

from customer_personas.simulate import simulate
from customer_personas.warehouse import versions

# `make kill-builds` kills fifty times; test_versions kills at the moments of publication.
KILLS = int(os.environ.get("PERSONA_KILLS", "3"))


@pytest.fixture
def shop(tmp_path) -> Company:
    """A small company with orders alone."""
    simulate(150, tmp_path / "all", "csv", 3, tmp_path / "truth")
    (tmp_path / "landing").mkdir()
    shutil.copy(tmp_path / "all" / "order_lines.csv", tmp_path / "landing")
    return Company(
        tmp_path,
        {
            "source_systems": {"files": ["order_lines"]},
            "personas_max": 4,
            "targets": {"will_purchase": "future"},
            "algorithms": ["decision_tree"],
        },
    )


def told_by(path: Path) -> dict[str, int]:
    """Every table of a database with a number that its rows make."""
    with duckdb.connect(str(path), read_only=True) as connection:
        tables = connection.execute(
            "select table_schema, table_name from information_schema.tables "
            "where table_catalog = current_database() order by all"
        ).fetchall()
        return {
            f"{schema}.{table}": connection.execute(
                f"select coalesce(sum(hash(rows) % 1000003), 0) from {schema}.{table} as rows"
            ).fetchone()[0]
            for schema, table in tables
        }


def kill_at(company: Company, share: float, delay: float) -> bool:
    """Start a build and kill it where a share of its nodes has begun; whether it still ran."""
    process = company.start("build")
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


def test_builds_that_are_killed_or_leave_something_out_change_nothing(shop):
    folder = shop.published.parent
    shop.build()
    size, state = shop.warehouse.stat().st_size, told_by(shop.state)
    leave_behind(shop)
    rng = random.Random(KILLS)
    running = 0
    for attempt in range(KILLS):
        before = (versions.current_version(folder), shop.published.read_bytes())
        # spread over the nodes of the build; the last one is publication, which takes a second
        share = min(1, 1.1 * (attempt + rng.random()) / KILLS)
        running += kill_at(shop, share, delay=rng.random())
        print(f"build {attempt + 1}: {running} killed, version {versions.current_version(folder)}")
        # the published set is a whole version, the one before or a later one
        current = versions.current_version(folder)
        assert versions.damages(versions.version_folder(folder, current)) == []
        assert (current, shop.published.read_bytes()) == before or current > before[0]
        assert told_by(shop.published)["marts.customers"]
        # the same records and the same day: a state half-written would differ
        assert told_by(shop.state) == state
    assert running >= KILLS * 0.8
    shop.build()
    assert told_by(shop.state) == state
    assert [path for path in (folder / "versions").iterdir() if not path.name.isdecimal()] == []
    # nothing is left of killed runs, nor of what nobody builds any more
    tables = shop.query("select table_schema || '.' || table_name from information_schema.tables")
    names = {name for (name,) in tables}
    assert not [name for name in names if "__dbt_" in name or "stg_old" in name]
    assert "notes.mine" in names
    # old and new tables lie side by side while a build runs, and their room is used again
    assert shop.warehouse.stat().st_size < 3 * size

    # not even one test may be left out
    before = (versions.current_version(folder), shop.published.read_bytes())
    result = shop.dbt("build", "--exclude", "assert_reconciliation_adds_up")
    assert "Not published: this run leaves out 1 models" in result.stdout
    assert (versions.current_version(folder), shop.published.read_bytes()) == before


def leave_behind(company: Company) -> None:
    """Make tables as earlier runs may have left them, and one of somebody's own."""
    with duckdb.connect(str(company.warehouse)) as connection:
        connection.execute("create table staging.stg_old__customers as select 'x' as customer_id")
        connection.execute("create table marts.customers__dbt_tmp as select 'x' as customer_id")
        connection.execute("create schema notes")
        connection.execute("create table notes.mine as select 1 as number")
