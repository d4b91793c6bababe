"""Who has totals of customers cannot take them from one another and be left with few."""

import duckdb
import pytest
from test_model_reconstruction import CELL, sql_of

# what the other metrics of a date rest on
EMPTY = (
    "create table personas as select '' as persona_id, '' as persona_name, 1 as customer_count, "
    "0.5 as customer_share where false; "
    "create table model_evaluations as select '' as target, 0.5 as metric_value, true as "
    "is_published, '' as evaluation_split, '' as metric where false; "
    "create table feature_drift as select 0.1 as psi where false; "
    "create table record_reconciliation as select '' as source_system, '' as entity, "
    "1 as quarantined, 1 as received where false; "
    "create table current_build as select date '2025-02-01' as as_of_date; "
)


def metrics(customers: int, active: int, rated: int, before: tuple[int, int]) -> dict:
    """Publish the history of a company: of today, and of a date that an earlier build told."""
    with duckdb.connect() as connection:
        connection.execute(
            EMPTY + "create table customers as select if(range < $active, 9, 400) as recency_days, "
            "if(range < $active, 10.0, 0)::decimal(18, 2) as spend_365d, "
            "if(range < $rated, 80, null)::decimal(5, 1) as satisfaction, "
            "0.2 as churn_probability from range($customers)",
            {"customers": customers, "active": active, "rated": rated},
        )
        connection.execute(
            "create table stg_state__metric_history as select date '2025-01-01' as as_of_date, "
            "unnest(['customers', 'active_customers_365d', 'revenue_365d']) as metric, "
            "null::varchar as subject, null::varchar as subject_name, "
            "unnest([$1, $2, 10 * $2])::double as metric_value",
            list(before),
        )
        rows = connection.execute(sql_of("monitoring/metric_history.sql")).fetchall()
    assert {day.month for day, *_ in rows} == {1, 2}
    return {(day.month, metric): value for day, metric, subject, _, value in rows if not subject}


@pytest.mark.parametrize("few", range(1, CELL))
def test_a_date_tells_nothing_of_few_who_were_active_or_rated(few):
    told = metrics(60, few, few, before=(60, few))
    assert told.keys() == {(month, "customers") for month in (1, 2)} | {(2, "expected_churn_rate")}
    # nor of few who were not
    told = metrics(60, 60 - few, CELL, before=(60, 60 - few))
    assert not {(month, "active_customers_365d") for month in (1, 2)} & told.keys()
    assert told[2, "revenue_365d"] == told[1, "revenue_365d"] == 10 * (60 - few)
    assert told[2, "satisfaction"] == 80


@pytest.mark.parametrize("active", [0, CELL, 55, 60])
def test_a_date_tells_all_that_is_of_enough(active):
    told = metrics(60, active, 60, before=(60, active))
    assert told[1, "active_customers_365d"] == told[2, "active_customers_365d"] == active
