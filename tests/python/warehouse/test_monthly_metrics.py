"""Marts for dashboards hold what pandas counts of accepted records, and keys what they say."""

import re
from datetime import date

import duckdb
import numpy as np
import pandas as pd
import pytest
from conftest import Company, needs_real_data

CELL = 5


def read(company: Company, sql: str) -> pd.DataFrame:
    with duckdb.connect(str(company.warehouse), read_only=True) as connection:
        return connection.execute(sql).df()


def read_published(company: Company, sql: str) -> pd.DataFrame:
    with duckdb.connect(str(company.published), read_only=True) as connection:
        return connection.execute(sql).df()


def as_of_date(company: Company) -> pd.Timestamp:
    ((day,),) = company.query_published("select max(as_of_date) from marts.customers")
    return pd.Timestamp(day)


def months_of(days: pd.Series) -> pd.Series:
    return days.dt.to_period("M")


def order_records(company: Company) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Completed orders, and all order lines, of before as_of_date, with their months."""
    day = as_of_date(company)
    orders = read(company, "select customer_id, ordered_on from intermediate.int_orders")
    lines = read(
        company,
        "select customer_id, ordered_on, cast(net_amount * 100 as bigint) as cents "
        "from intermediate.int_order_lines",
    )
    for table in (orders, lines):
        table["ordered_on"] = pd.to_datetime(table["ordered_on"])
        table["month"] = months_of(table["ordered_on"])
    return orders[orders["ordered_on"] < day].copy(), lines[lines["ordered_on"] < day].copy()


def count_cohorts(company: Company) -> pd.DataFrame:
    """Count all cells by hand, by cohort and month since."""
    orders, lines = order_records(company)
    first = orders.groupby("customer_id")["month"].min()
    last = (as_of_date(company) - pd.Timedelta(days=1)).to_period("M")
    rows = []
    for cohort, members in first.groupby(first):
        ids = set(members.index)
        own_orders = orders[orders["customer_id"].isin(ids)]
        own_lines = lines[lines["customer_id"].isin(ids)]
        total = 0
        for since, month in enumerate(pd.period_range(cohort, last, freq="M")):
            in_month = own_orders[own_orders["month"] == month]
            spent = own_lines[own_lines["month"] == month].groupby("customer_id")["cents"].sum()
            total += int(spent.sum())
            rows.append(
                {
                    "cohort_month": cohort.to_timestamp(),
                    "months_since": since,
                    "size": len(ids),
                    "customers": in_month["customer_id"].nunique(),
                    "orders": len(in_month),
                    "spend": int(spent.sum()),
                    "cumulative_spend": total,
                    "in_spend": len(set(in_month["customer_id"]) | set(spent[spent != 0].index)),
                }
            )
    return pd.DataFrame(rows).set_index(["cohort_month", "months_since"])


def check_cohorts(company: Company) -> pd.DataFrame:
    told = read_published(company, "from marts.cohort_retention")
    told["cohort_month"] = pd.to_datetime(told["cohort_month"])
    told = told.set_index(["cohort_month", "months_since"]).sort_index()
    counted = count_cohorts(company).sort_index()
    assert told.index.equals(counted.index)
    shown = told[~told["is_withheld"]]
    same = counted.loc[shown.index]
    for column in ("customers", "orders"):
        assert (shown[column].astype(int) == same[column]).all(), column
    assert ((shown["spend"].astype(float) * 100).round().astype(int) == same["spend"]).all()
    known = told["cumulative_spend"].dropna()
    assert (
        (known.astype(float) * 100).round().astype(int)
        == counted.loc[known.index, "cumulative_spend"]
    ).all()
    assert np.allclose(shown["retention_rate"].astype(float), same["customers"] / same["size"])
    # each small cell is withheld, and with it one more of the month, and no others
    few = (
        counted["customers"].between(1, CELL - 1)
        | (counted["size"] - counted["customers"]).between(1, CELL - 1)
        | counted["in_spend"].between(1, CELL - 1)
    )
    assert told.loc[few, "is_withheld"].all()
    small = few.groupby(told["month_start"]).sum()
    withheld = told["is_withheld"].groupby(told["month_start"]).sum()
    cells = told.groupby("month_start").size()
    assert (withheld == np.minimum(small + (small > 0), cells)).all()
    return told


@pytest.mark.parametrize("name", ["demo", "shop"])
def test_months_quarters_and_years_are_complete_once_they_are_over(name, request):
    company = request.getfixturevalue(name)
    day = as_of_date(company)
    months = read_published(
        company,
        "select distinct month_start, is_complete, is_quarter_complete, is_year_complete "
        "from marts.customer_months",
    )
    for column, grain in (
        ("is_complete", "M"),
        ("is_quarter_complete", "Q"),
        ("is_year_complete", "Y"),
    ):
        ends = months["month_start"].dt.to_period(grain).dt.end_time
        assert ((ends < day) == months[column]).all(), column
    assert not months["is_year_complete"].all() or name == "demo"


def test_cohorts_are_what_pandas_counts_of_the_demo(demo):
    told = check_cohorts(demo)
    assert len(told) == 24 * 25 / 2
    # months in which nobody of a cohort ordered have a row, and the year was built whole
    assert told["is_complete"].all()


@pytest.mark.slow
@needs_real_data[1]
def test_cohorts_are_what_pandas_counts_of_a_million_invoice_lines(online_retail):
    told = check_cohorts(online_retail)
    assert len(told) == 25 * 26 / 2
    assert told["is_withheld"].mean() < 0.1
    # the records end on the ninth of December
    last = told[pd.to_datetime(told["month_start"]) == pd.Timestamp("2011-12-01")]
    assert len(last) == 25
    assert not last["is_complete"].any()
    assert told.drop(last.index)["is_complete"].all()


def test_metrics_by_month_add_up_to_all_orders(demo):
    orders, lines = order_records(demo)
    told = read_published(demo, "from marts.monthly_metrics")
    assert not told["is_withheld"].any()
    sums = told.groupby("month_start")[["active_customers", "orders", "revenue"]].sum()
    sums.index = pd.to_datetime(sums.index).to_period("M")
    assert (sums["orders"] == orders.groupby("month").size()).all()
    assert (sums["active_customers"] == orders.groupby("month")["customer_id"].nunique()).all()
    revenue = (sums["revenue"].astype(float) * 100).round()
    assert (revenue == lines.groupby("month")["cents"].sum()).all()


def test_rates_look_ahead_only_where_the_time_is_over(demo):
    orders, _ = order_records(demo)
    told = read_published(demo, "from marts.monthly_metrics order by month_start, persona_id")
    persona = dict(demo.query_published("select customer_id, persona_id from marts.customers"))
    orders["persona_id"] = orders["customer_id"].map(persona)
    end = as_of_date(demo)
    seen = 0
    for row in told[told["active_customers"] > 0].itertuples():
        month = pd.Period(row.month_start, "M")
        own = orders[orders["persona_id"] == row.persona_id]
        members = set(own.loc[own["month"] == month, "customer_id"])
        after = (month + 1).to_timestamp()
        next_month = set(own.loc[own["month"] == month + 1, "customer_id"]) & members
        horizon = own[
            (own["ordered_on"] >= after) & (own["ordered_on"] < after + pd.Timedelta(days=90))
        ]
        so_far = own[own["ordered_on"] < after].groupby("customer_id").size()
        for told_rate, hits, is_over in [
            (row.repeat_rate, len(members & set(so_far[so_far > 1].index)), True),
            (row.retention_rate, len(next_month), (month + 2).to_timestamp() <= end),
            (
                row.churn_rate,
                len(members - set(horizon["customer_id"])),
                after + pd.Timedelta(days=90) <= end,
            ),
        ]:
            if not is_over or len(members) < CELL:
                assert pd.isna(told_rate)
                continue
            misses = len(members) - hits
            if 0 < hits < CELL:
                hits = CELL / 2
            elif 0 < misses < CELL:
                hits = len(members) - CELL / 2
            assert told_rate == pytest.approx(hits / len(members))
            seen += 1
    assert seen > 300


def test_days_are_all_there_and_named(demo):
    days = read_published(demo, "from marts.dates order by date_day")
    expected = pd.date_range("2024-01-01", "2026-01-31")
    found = pd.to_datetime(days["date_day"])
    assert (found == expected).all()
    assert (days["day_of_week"] == expected.isocalendar().day.to_numpy()).all()
    assert (pd.to_datetime(days["week_start"]).dt.day_of_week == 0).all()
    assert (pd.to_datetime(days["quarter_start"]) == expected.to_period("Q").to_timestamp()).all()
    assert (days["is_before_as_of_date"] == (expected < "2026-01-01")).all()


def test_history_keeps_each_date_as_it_was_published(shop):
    days = [
        day
        for (day,) in shop.query(
            "select distinct as_of_date from monitoring.metric_history order by 1"
        )
    ]
    assert len(days) == 2
    ((customers, revenue),) = shop.query("select count(*), sum(spend_365d) from marts.customers")
    told = {
        (day, metric): value
        for day, metric, value in shop.query(
            "select as_of_date, metric, metric_value from monitoring.metric_history "
            "where subject is null"
        )
    }
    assert told[days[1], "customers"] == customers
    assert told[days[1], "revenue_365d"] == pytest.approx(float(revenue))
    assert told[days[0], "customers"] < customers
    kept = shop.query_state(
        "select count(*), count(distinct as_of_date) from history.metric_history"
    )
    assert kept == shop.query(
        "select count(*), count(distinct as_of_date) from monitoring.metric_history"
    )
    shares = shop.query(
        "select as_of_date, sum(metric_value) from monitoring.metric_history "
        "where metric = 'persona_share' group by all"
    )
    assert all(share <= 1.000001 for _, share in shares)
    assert isinstance(days[0], date)


def test_descriptions_tell_keys_that_hold(demo):
    """What tools show beside a table: its key, and which table a column refers to."""
    tables = demo.query_published(
        "select schema_name, table_name, comment from duckdb_tables() "
        "where table_name != 'publications'"
    )
    for schema, table, comment in tables:
        key = re.search(r" Key: ([\w, ]+)\.$", comment)
        assert key, table
        ((repeated,),) = demo.query_published(
            f"select count(*) - count(distinct ({key[1]},)) from {schema}.{table}"
        )
        assert repeated == 0, table
    references = demo.query_published(
        "select schema_name, table_name, column_name, "
        r"regexp_extract(comment, ' Refers to (\w+\.\w+)\.(\w+)\.$', ['table', 'column']) "
        "from duckdb_columns() where comment like '% Refers to %'"
    )
    assert len(references) >= 15
    for schema, table, column, reference in references:
        ((lost,),) = demo.query_published(
            f"select count(*) from {schema}.{table} where {column} is not null and {column} not in "
            f"(select {reference['column']} from {reference['table']})"
        )
        assert lost == 0, (table, column)
