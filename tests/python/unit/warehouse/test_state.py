"""The state is written whole or not at all, and never by a look back."""

from datetime import date

import duckdb
import pytest

from customer_personas.warehouse import state
from customer_personas.warehouse.erasures import (
    EXPORTED_MEMBERS,
    PERSONAL_TABLES,
    forget_erased,
)
from customer_personas.warehouse.identifier_keys import identifier_keys, keyed_hash
from customer_personas.warehouse.migrate import migrate_state

TABLES = {
    "segmentation_champions": "source_systems, champion_id, fitted_on",
    "segmentation_candidates": "source_systems, model_id",
    "persona_names": "source_systems, persona_id, persona_name",
    "persona_changes": "source_systems, customer_id, as_of_date, persona_id",
    "persona_builds": "source_systems, as_of_date",
    "quarantined_records": "source_systems, record_hash, first_seen_on",
    "prediction_outcomes": "source_systems, target, as_of_date, judged_on",
    "published_predictions": "source_systems, target, as_of_date, customer_id",
}


@pytest.fixture
def cursor(tmp_path):
    migrate_state(tmp_path / "state.duckdb")
    connection = duckdb.connect(str(tmp_path / "warehouse.duckdb"))
    connection.execute(f"attach '{tmp_path / 'state.duckdb'}' as state; create schema ml")
    connection.execute("create table ml.segmentation_champion as select 'S0001' as champion_id")
    connection.execute("create table ml.persona_names as select 'P001' as persona_id")
    publish(cursor=connection, judged=())
    return connection


def publish(cursor, *days, judged):
    """Say which publications are known, and which of them have been judged."""
    cursor.execute(
        "create or replace table ml.prediction_outcomes_known "
        "(target varchar, as_of_date date, judged_on date)"
    )
    for day in days:
        over = max(days) if day in judged else None
        cursor.execute("insert into ml.prediction_outcomes_known values ('a', ?, ?)", [day, over])


def keep(cursor, day, name="First", company="shop", changes=None):
    return state.keep(
        cursor,
        company,
        {
            "segmentation_champions": f"select 'S0001' as champion_id, date '{day}' as fitted_on",
            "segmentation_candidates": f"select '{name}' as model_id",
            "persona_names": f"select 'P001' as persona_id, '{name}' as persona_name",
            "persona_changes": changes
            or f"select 'c' as customer_id, date '{day}' as as_of_date, 'P001' as persona_id",
            "persona_builds": f"select date '{day}' as as_of_date",
            "quarantined_records": f"select 1 as record_hash, date '{day}' as first_seen_on",
            "prediction_outcomes": "from ml.prediction_outcomes_known",
            "published_predictions": f"select 'a' as target, date '{day}' as as_of_date, "
            "'c' as customer_id",
        },
    )


def rows(cursor, table):
    return cursor.execute(
        f"select {TABLES[table]} from state.history.{table} order by all"
    ).fetchall()


def test_a_later_build_adds_and_the_same_day_replaces(cursor):
    assert keep(cursor, "2026-01-01")
    assert keep(cursor, "2026-01-02", "Second")
    assert keep(cursor, "2026-01-02", "Third")
    days = [date(2026, 1, 1), date(2026, 1, 2)]
    assert [row[1] for row in rows(cursor, "persona_builds")] == days
    assert [row[2] for row in rows(cursor, "persona_changes")] == days
    assert rows(cursor, "persona_names") == [("shop", "P001", "Third")]
    assert rows(cursor, "segmentation_candidates") == [("shop", "Third")]
    assert len(rows(cursor, "segmentation_champions")) == 1


def test_predictions_are_kept_until_they_are_judged(cursor):
    days = ["2026-01-01", "2026-02-01", "2026-05-01"]
    kept = []
    for number, day in enumerate(days, 1):
        for _ in ("built", "built again"):
            publish(cursor, *days[:number], judged=days[:1] if number == 3 else ())
            keep(cursor, day)
        kept.append([str(row[2]) for row in rows(cursor, "published_predictions")])
    assert kept == [days[:1], days[:2], days[1:]]
    judged = [row[3] for row in rows(cursor, "prediction_outcomes")]
    assert judged == [date(2026, 5, 1), None, None]


def test_a_look_back_changes_nothing(cursor):
    keep(cursor, "2026-01-02")
    before = [rows(cursor, table) for table in TABLES]
    assert not keep(cursor, "2026-01-01", "Earlier")
    assert [rows(cursor, table) for table in TABLES] == before


def test_companies_are_kept_apart(cursor):
    keep(cursor, "2026-01-02")
    assert keep(cursor, "2026-01-01", "Other", company="other")
    assert len(rows(cursor, "persona_names")) == 2


def test_a_failure_half_way_leaves_the_state_as_it_was(cursor):
    keep(cursor, "2026-01-01")
    before = [rows(cursor, table) for table in TABLES]
    with pytest.raises(duckdb.Error, match="half way"):
        keep(
            cursor,
            "2026-01-02",
            changes="select error('half way') as customer_id, date '2026-01-02' as as_of_date, "
            "'' as persona_id",
        )
    assert [rows(cursor, table) for table in TABLES] == before


def test_a_restored_state_forgets_who_was_erased_since(tmp_path):
    migrate_state(tmp_path / "state.duckdb")
    with duckdb.connect(str(tmp_path / "state.duckdb")) as restored:
        tables = restored.execute(
            "select table_name from duckdb_columns() where schema_name = 'history' "
            "and column_name = 'customer_id' order by all"
        ).fetchall()
        # whoever adds another table of customers says how it forgets them
        assert {name for (name,) in tables} == {*PERSONAL_TABLES, EXPORTED_MEMBERS}
        for (table,) in tables:
            restored.executemany(
                f"insert into history.{table} (source_systems, customer_id) "
                "values ('shop: customers', ?)",
                [["c1"], ["c2"]],
            )
        restored.execute("update history.exported_members set exported_id = 'x-' || customer_id")
        forget_erased(restored, {keyed_hash("shop:c1", identifier_keys()[0]): None})
        for table in PERSONAL_TABLES:
            left = restored.execute(f"select customer_id from history.{table}").fetchall()
            assert left == [("c2",)], table
        # what the destination knows them by stays until they are removed there
        assert restored.execute(
            "select exported_id, customer_id from history.exported_members order by all"
        ).fetchall() == [("x-c1", None), ("x-c2", "c2")]
