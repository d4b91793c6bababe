"""A build killed at any moment leaves a whole published set and state; the next one goes on."""

import os
import random
import shutil
import signal
import time
from pathlib import Path

import duckdb
import pytest
from conftest import Company

from customer_personas import versions
from customer_personas.simulate import simulate

# `make kill-builds` kills fifty times; test_versions kills at the moments of publication.
KILLS = int(os.environ.get("PERSONA_KILLS", "3"))


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> Company:
    """A small company with orders alone, built once."""
    folder = tmp_path_factory.mktemp("killed")
    simulate(150, folder / "all", "csv", 3, folder / "truth")
    (folder / "landing").mkdir()
    shutil.copy(folder / "all" / "order_lines.csv", folder / "landing")
    company = Company(
        folder,
        {
            "source_systems": {"files": ["order_lines"]},
            "personas_max": 4,
            "targets": {"will_purchase": "future"},
            "algorithms": ["decision_tree"],
            "refit": "always",
        },
    )
    company.build()
    return company


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


def kill_after(company: Company, seconds: float) -> bool:
    """Start a build and kill it with all it started; whether it was still running."""
    process = company.start("build")
    time.sleep(seconds)
    was_running = process.poll() is None
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return was_running


def test_a_build_killed_at_any_moment_leaves_everything_whole(shop):
    folder = shop.published.parent
    started = time.monotonic()
    shop.build()
    duration = time.monotonic() - started
    rng = random.Random(KILLS)
    state = told_by(shop.state)
    running = 0
    for attempt in range(KILLS):
        # spread over the build; the last part, where state and published set change, gets its share
        share = (attempt + rng.random()) / KILLS
        before = (versions.current_version(folder), shop.published.read_bytes())
        running += kill_after(shop, duration * share)
        # the published set is a whole version, the one before or a later one
        current = versions.current_version(folder)
        assert versions.damages(versions.version_folder(folder, current)) == []
        assert (current, shop.published.read_bytes()) == before or current > before[0]
        assert told_by(shop.published)["marts.customers"]
        # the state is as a whole build left it: the same records give the same personas
        assert told_by(shop.state) == state
    assert running >= KILLS * 0.6
    shop.build()
    assert told_by(shop.state) == state
    assert [path for path in (folder / "versions").iterdir() if not path.name.isdecimal()] == []
    leftovers = shop.query(
        "select table_name from information_schema.tables where contains(table_name, '__dbt_')"
    )
    assert leftovers == []


def test_repeated_builds_do_not_let_the_warehouse_grow(shop):
    size = shop.warehouse.stat().st_size
    for _ in range(2):
        shop.build()
    assert shop.warehouse.stat().st_size < 1.5 * size


def test_what_nobody_builds_any_more_is_dropped(shop):
    with duckdb.connect(str(shop.warehouse)) as connection:
        connection.execute("create table staging.stg_old__customers as select 'x' as customer_id")
        connection.execute("create table marts.customers__dbt_tmp as select 'x' as customer_id")
        connection.execute("create schema if not exists notes")
        connection.execute("create or replace table notes.mine as select 1 as number")
    shop.build()
    names = {
        f"{schema}.{table}"
        for schema, table in shop.query(
            "select table_schema, table_name from information_schema.tables"
        )
    }
    assert not names & {"staging.stg_old__customers", "marts.customers__dbt_tmp"}
    assert "notes.mine" in names
