"""Who has `cohort_retention` and the totals of its months cannot work out a withheld cell."""

import duckdb
import numpy as np
import pandas as pd
import pytest
from test_model_reconstruction import CELL, sql_of


def tell(months: pd.DataFrame) -> pd.DataFrame:
    """Have the mart's own query tell of made-up customers, each with a cohort and months."""
    with duckdb.connect() as connection:
        connection.register("given", months)
        connection.execute(
            "create table customer_months as select *, true as has_ordered, 1 as orders, "
            "cast(10 as decimal(18, 2)) as revenue from given; "
            "create table dates as select distinct month_start, true as is_before_as_of_date "
            "from customer_months"
        )
        query = sql_of("marts/metrics/cohort_retention.sql")
        return connection.execute(f"from ({query}) order by cohort_month, month_start").df()


@pytest.mark.parametrize("seed", range(10))
def test_no_total_of_a_month_or_a_cohort_gives_a_withheld_cell_away(seed):
    rng = np.random.default_rng(seed)
    calendar = pd.date_range("2025-01-01", periods=6, freq="MS")
    rows = []
    for cohort, size in enumerate(rng.choice([2, 6, 20, 60], len(calendar))):
        for number in range(size):
            active = [cohort] + [
                month for month in range(cohort + 1, len(calendar)) if rng.random() < 0.25
            ]
            rows += [(f"{cohort}-{number}", calendar[cohort], calendar[month]) for month in active]
    months = pd.DataFrame(rows, columns=["customer_id", "cohort_month", "month_start"])
    counts = months.groupby(["cohort_month", "month_start"]).size()
    told = tell(months).set_index(["cohort_month", "month_start"])
    sizes = counts.index.get_level_values(0).map(
        months.groupby("cohort_month")["customer_id"].nunique()
    )
    few = (counts < CELL) | ((sizes - counts > 0) & (sizes - counts < CELL))
    assert told.loc[few[few].index, "is_withheld"].all()
    # totals of months are told by monthly_metrics: two unknowns at least, where there are two cells
    for _, month in told.groupby("month_start"):
        assert month["is_withheld"].sum() != 1 or len(month) == 1
    # sums of a cohort end where it first keeps something back
    for _, cohort in told.groupby("cohort_month"):
        is_told = cohort["cumulative_spend"].notna()
        assert (is_told == (cohort["is_withheld"].cumsum() == 0)).all()
    assert (
        told.loc[told["is_withheld"], ["customers", "orders", "spend", "retention_rate"]]
        .isna()
        .all(axis=None)
    )
