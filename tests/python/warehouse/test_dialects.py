"""The same company in ten messy dialects: the same records once they are cleaned.

What comes after is a function of these tables (test_rebuilding.py), so the marts are the same, too.
"""

import json
from pathlib import Path

import duckdb
import pytest
from conftest import Company
from planted import ENTITIES

from customer_personas.simulate import simulate
from customer_personas.simulate.dialects import DIALECTS

# what each of them is made of is tried in the unit tests of the intake
pytestmark = pytest.mark.slow

CUSTOMERS, SEED = 200, 3
# Where a record came from, and texts that no mart has and dialects write in other alphabets.
LEFT_OUT = {"source_file", "record_number", "product_name"}
NODES = [
    *("+path:models/intermediate", "+attribute_catalog", "+rejected_records"),
    *("+record_reconciliation", "+source_formats"),
]


def build(folder: Path, name: str) -> tuple[Company, dict]:
    company = Company(folder, {"source_systems": {"files": ENTITIES}})
    dialect = None if name == "plain" else name
    planted = simulate(CUSTOMERS, company.landing, "csv", SEED, folder / "truth", dialect=dialect)
    company.run(*NODES)
    return company, planted


@pytest.fixture(scope="module")
def plain(tmp_path_factory) -> tuple[Company, dict]:
    return build(tmp_path_factory.mktemp("plain"), "plain")


def test_plain_files_are_counted_exactly(plain):
    assert_counts(*plain)


@pytest.mark.parametrize("name", DIALECTS)
def test_a_dialect_says_the_same(plain, tmp_path, name):
    company, planted = build(tmp_path, name)
    assert_counts(company, planted)
    assert json.loads((tmp_path / "truth" / "planted.json").read_text()) == planted
    with duckdb.connect() as connection:
        connection.execute(f"attach '{plain[0].warehouse}' as plain (read_only)")
        connection.execute(f"attach '{company.warehouse}' as other (read_only)")
        tables = connection.execute(
            """
            select table_schema, table_name, list(column_name order by column_name)
            from information_schema.columns
            where table_catalog = 'plain' and table_schema in ('intermediate', 'features')
                and not regexp_matches(table_name, '_judged$|_united$|int_source_formats')
            group by all
            """
        ).fetchall()
        assert len(tables) >= 19
        for schema, table, names in tables:
            columns = ", ".join(f'"{each}"' for each in names if each not in LEFT_OUT)
            for one, two in [("plain", "other"), ("other", "plain")]:
                ((differing,),) = connection.execute(
                    f"select count(*) from (select {columns} from {one}.{schema}.{table} "
                    f"except all select {columns} from {two}.{schema}.{table})"
                ).fetchall()
                assert differing == 0, (schema, table)


def assert_counts(company: Company, planted: dict) -> None:
    counts = company.query(
        "select entity, received, accepted, duplicates, superseded, quarantined "
        "from monitoring.record_reconciliation"
    )
    assert {entity: tuple(found) for entity, *found in counts} == {
        entity: (
            of_entity["received"],
            of_entity["accepted"],
            of_entity["exact_duplicates"],
            of_entity["superseded"],
            sum(of_entity["rejected"].values()),
        )
        for entity, of_entity in planted.items()
    }
    reasons = company.query(
        "select entity, rejection_reason, rejected_count from monitoring.rejected_records"
    )
    assert {(entity, reason): count for entity, reason, count in reasons} == {
        (entity, reason): count
        for entity, of_entity in planted.items()
        for reason, count in (of_entity["rejected"] | of_entity["value_issues"]).items()
        if count
    }
