"""`dbt build` keeps tables that would be made from the same; nothing else is kept."""

import re
import time
from datetime import UTC, datetime

import duckdb
import pytest
from conftest import Company, contents


@pytest.fixture
def company(shop: Company, tmp_path) -> Company:
    """The shop, of which some models are built again."""
    # what lies in the future is judged from the end of the hour: no test may begin in one hour and
    # end in another
    now = datetime.now(UTC)
    if now.minute >= 57:
        time.sleep(3600 - 60 * now.minute - now.second)
    copied = shop.copy_to(tmp_path)
    copied.run("+int_customer_order_days", "+int_consents")
    return copied


def built_anew(company: Company, command: str = "build", **variables) -> set[str]:
    """Build the models, and give the names of those that were not kept."""
    nodes = ["+int_customer_order_days", "+int_consents"]
    without_tests = ["--exclude-resource-types", "unit_test", "test"] if command == "build" else []
    result = company.dbt(command, *without_tests, "--select", *nodes, **variables)
    assert result.returncode == 0, result.stdout[-4000:]
    done = re.findall(
        r"OK (?:created|loaded) .*? (?:model|file) \w+\.(\w+) .*\[(.*) in", result.stdout
    )
    assert len(done) > 20
    return {name for name, how in done if how != "KEPT" and not name.startswith(("raw_", "stg_"))}


def change(company: Company, sql: str) -> None:
    """Change the warehouse by hand."""
    with duckdb.connect(str(company.warehouse)) as connection:
        connection.execute(sql)


def test_nothing_new_builds_nothing(company):
    before = contents(company.warehouse)
    assert built_anew(company) == set()
    assert contents(company.warehouse) == before
    # who asks for a model gets it
    assert "int_orders" in built_anew(company, "run")
    assert contents(company.warehouse) == before


def test_what_reads_a_changed_record_is_built_anew(company):
    header, *lines = (company.landing / "order_lines.csv").read_text().splitlines(keepends=True)
    (company.landing / "order_lines.csv").write_text("".join([header, *lines[::2]]))
    built = built_anew(company)
    assert {"int_order_lines_judged", "int_customer_order_days"} <= built
    assert not {"int_consents_judged", "int_consents"} & built
    as_increments = contents(company.warehouse)
    assert built_anew(company, "run") > built
    assert contents(company.warehouse) == as_increments


def test_what_a_changed_setting_is_said_in_is_built_anew(company):
    built = built_anew(company, outlier_quantity=3)
    assert "int_order_lines" in built
    assert not {"int_consents_judged", "int_order_lines_judged"} & built


def test_another_key_keeps_nothing_that_rests_on_it(company):
    company.environment["PERSONA_PII_KEY"] = "another key of the company's own"
    assert "int_order_lines" in built_anew(company)


def test_a_table_that_lost_rows_or_went_is_built_anew(company):
    before = contents(company.warehouse)
    change(company, "delete from intermediate.int_orders where rowid % 2 = 0")
    change(company, "drop table intermediate.int_consents")
    assert {"int_orders", "int_consents"} <= built_anew(company)
    assert contents(company.warehouse) == before


def test_a_build_that_was_stopped_knows_nothing_of_what_it_began(company):
    # as it is between the moment a table is begun and its end
    change(company, "delete from build.built_tables where table_name = 'intermediate.int_orders'")
    assert "int_orders" in built_anew(company)
