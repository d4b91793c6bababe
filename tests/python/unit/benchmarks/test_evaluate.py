"""What `make evaluate` builds, and how it holds the level against what came true."""

from datetime import date

import duckdb
import pytest

from benchmarks.companies import HORIZON, REAL_DATA, companies_at_hand, simulated_companies
from benchmarks.evaluate import COLUMNS, main, true_share, write_table


def test_the_simulated_companies_are_thirty_of_six_kinds():
    companies = simulated_companies()
    assert len({company.name for company in companies}) == 30
    sizes = [company.customers for company in companies]
    assert (min(sizes), max(sizes)) == (300, 20_000)
    assert len(set(sizes)) == 30, "the size is the seed: no two companies may be alike"
    kinds = {company.name.split(",")[0] for company in companies}
    for kind in kinds:
        days = [each.variables["as_of_date"] for each in companies if each.name.startswith(kind)]
        assert len(days) == 5 and len(set(days)) == 3
    assert len(kinds) == 6


def test_records_go_on_for_a_horizon_after_the_build(tmp_path):
    company = simulated_companies()[0]
    company.write_records(tmp_path / "landing")
    ((newest,),) = duckdb.execute(
        "select max(cast(try_cast(ordered_at as timestamp) as date)) "
        f"from '{tmp_path}/landing/order_lines.parquet' where ordered_at < '2090'"
    ).fetchall()
    end = date.fromisoformat(company.variables["as_of_date"]) + HORIZON
    assert 0 < (end - newest).days < 14


def test_the_true_share_is_that_of_scored_customers_with_a_completed_order(tmp_path):
    connection = duckdb.connect()
    connection.execute("create schema ml")
    connection.execute(
        "create table ml.customer_target_scores as "
        "select id as customer_id, 'will_purchase' as target, class from "
        "(values ('a'), ('b'), ('c'), ('d')) as ids(id), (values ('yes'), ('no')) as classes(class)"
    )
    lines = [
        ("a", "2025-01-01 00:00:00", "completed"),  # on the date itself
        ("b", "2025-03-31 23:59:59", "completed"),  # on the last of the 90 days
        ("c", "2025-01-15 00:00:00", "cancelled"),
        ("c", "2024-12-31 23:59:59", "completed"),
        ("d", "2025-04-01 00:00:00", "completed"),
        ("new", "2025-01-15 00:00:00", "completed"),
        ("d", "not a date", "completed"),
    ]
    connection.execute("create table lines (customer_id text, ordered_at text, order_status text)")
    connection.executemany("insert into lines values (?, ?, ?)", lines)
    connection.execute(f"copy lines to '{tmp_path}/order_lines.parquet'")
    assert true_share(connection, tmp_path, "2025-01-01") == pytest.approx(0.5)


def test_the_table_counts_levels_that_were_right():
    row = dict.fromkeys(COLUMNS, "x")
    rows = [row | {"gap": gap} for gap in (0.01, -0.05, 0.06, None)]
    table = write_table(rows)
    assert table.count("\n| x |") == 4
    assert table.endswith("2 of 3 simulated companies with a model.")


def test_real_companies_are_those_in_the_folder(tmp_path, monkeypatch):
    monkeypatch.setenv(REAL_DATA, str(tmp_path))
    assert [company.name for company in companies_at_hand()][:2] != ["demo", "online_retail"]
    (tmp_path / "online_retail_ii").mkdir()
    found = companies_at_hand()[1]
    assert found.environment == {"PERSONA_ONLINE_RETAIL_DIR": str(tmp_path / "online_retail_ii")}
    monkeypatch.delenv(REAL_DATA)
    assert len(companies_at_hand()) == 31


def test_a_name_that_no_company_has_is_refused(capsys):
    with pytest.raises(SystemExit):
        main(["nobody"])
    assert "no company begins with nobody" in capsys.readouterr().err
