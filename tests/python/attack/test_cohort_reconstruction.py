"""Who has `cohort_retention` and the totals of its months cannot work out a withheld cell."""

import duckdb
import numpy as np
import pandas as pd
import pytest
from rendered import render
from scipy.optimize import Bounds, LinearConstraint, milp
from test_model_reconstruction import CELL, MODELS, sql_of

MONTHLY = render(
    (MODELS / "marts" / "metrics" / "monthly_metrics.sql").read_text(), minimum_cell=CELL
)


def tell(months: pd.DataFrame) -> pd.DataFrame:
    """Have the mart's own query tell of made-up customers, each with a cohort and months."""
    with duckdb.connect() as connection:
        connection.register("given", months)
        connection.execute(
            "create table customer_months as select *, true as has_ordered, 1 as orders, "
            "cast(10 as decimal(18, 2)) as revenue from given; "
            "create table customers as select distinct customer_id from given; "
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
    # totals of months are told by monthly_metrics: two unknowns at least, or, of one cohort alone,
    # not told there either
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


def company(seed: int) -> pd.DataFrame:
    """Draw a young company: who ordered in which of three months, by persona."""
    rng = np.random.default_rng(seed)
    rows = []
    calendar = pd.date_range("2025-01-01", periods=3, freq="MS")
    personas = rng.integers(1, 4)
    habits = rng.choice([0.05, 0.3, 0.9, 1], personas)
    orders = rng.choice([1, 2])
    for cohort, size in enumerate(rng.choice([0, 3, 8, 30], 3, p=[0.3, 0.1, 0.3, 0.3])):
        for number, persona in enumerate(rng.integers(0, personas, size)):
            active = [cohort] + [
                month for month in range(cohort + 1, 3) if rng.random() < habits[persona]
            ]
            rows += [
                {
                    "customer_id": f"{cohort}-{number}",
                    "persona_id": f"P{persona}",
                    "cohort_month": calendar[cohort],
                    "month_start": calendar[month],
                    "orders": int(orders if month == cohort else 1),
                    "is_repeat_customer": month > cohort or orders > 1,
                    "has_ordered_next_month": month + 1 in active if month < 2 else None,
                }
                for month in active
            ]
    return pd.DataFrame(rows)


def tell_both(months: pd.DataFrame, never_ordered: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Publish the cohorts and the months of personas."""
    with duckdb.connect() as connection:
        connection.register("given", months)
        connection.execute(
            "create table customer_months as select * exclude (persona_id, has_ordered_next_month),"
            " has_ordered_next_month::boolean as has_ordered_next_month, null::boolean as "
            "has_churned, true as has_ordered, true as is_complete, 10.0::decimal(18, 2) as sales, "
            "10.0::decimal(18, 2) as revenue, 0 as ratings, 0.0 as satisfaction_total from given; "
            "create table customers as select distinct customer_id, persona_id, "
            "persona_id as persona_name from given union all "
            f"select 'n' || range, 'P0', 'P0' from range({never_ordered}); "
            "create table dates as select distinct month_start, true as is_before_as_of_date "
            "from given"
        )
        query = sql_of("marts/metrics/cohort_retention.sql")
        connection.execute(f"create table cohort_retention as {query}")
        return connection.table("cohort_retention").df(), connection.execute(MONTHLY).df()


class Attacker:
    """What counts can be that are not told: each has bounds, and sums of some equal others."""

    def __init__(self) -> None:
        self.true: list[int] = []
        self.limits: list[tuple[float, float]] = []
        self.sums: list[tuple[list[int], list[int]]] = []

    def count(self, true: int, low: float, high: float) -> int:
        assert low <= true <= high
        self.true.append(true)
        self.limits.append((low, high))
        return len(self.true) - 1

    def equal(self, parts: list[int], others: list[int]) -> None:
        assert sum(self.true[part] for part in parts) == sum(self.true[part] for part in others)
        self.sums.append((parts, others))

    def can_be(self, place: int) -> tuple[int, int]:
        masks = np.zeros((len(self.sums), len(self.true)))
        for mask, (parts, others) in zip(masks, self.sums, strict=True):
            mask[parts], mask[others] = 1, -1
        goal = np.eye(len(self.true))[place]
        ends = [
            milp(
                sign * goal,
                constraints=LinearConstraint(masks, 0, 0),
                bounds=Bounds(*np.transpose(self.limits)),
                integrality=np.ones(len(self.true)),
            ).fun
            for sign in (1, -1)
        ]
        return round(ends[0]), round(-ends[1])


def around(rate: float, customers: int) -> tuple[float, float]:
    """Give what hits can be of which a rate is told: of few only that they are few."""
    if pd.isna(rate):
        return 0, customers
    hits = rate * customers
    if hits == pytest.approx(CELL / 2):
        return 1, CELL - 1
    if customers - hits == pytest.approx(CELL / 2):
        return customers - CELL + 1, customers - 1
    return round(hits), round(hits)


def small_counts(months: pd.DataFrame, never_ordered: int) -> dict[str, tuple[int, int]]:
    """Give what each count of few can be for who has both tables and knows how many there are."""
    cohorts, monthly = tell_both(months, never_ordered)
    first = months["month_start"].min()
    sizes = months[months["month_start"] == months["cohort_month"]].groupby("cohort_month").size()
    attacker, few = Attacker(), {}
    cells: dict[tuple, int] = {}
    for cell in cohorts.itertuples():
        ordered = ((months["cohort_month"] == cell.cohort_month)
                   & (months["month_start"] == cell.month_start)).sum()  # fmt: skip
        size = sizes[cell.cohort_month]
        is_size_told = not pd.isna(cell.cohort_customers)
        limits = (ordered, ordered)
        if cell.is_withheld:
            limits = (0, size if is_size_told else len(months))
        cells[cell.cohort_month, cell.month_start] = attacker.count(ordered, *limits)
        if 0 < ordered < CELL or (0 < size - ordered < CELL and is_size_told):
            few[f"cohort {cell.cohort_month:%m}, {cell.month_start:%m}"] = cells[
                cell.cohort_month, cell.month_start
            ]
    others = attacker.count(never_ordered, 0, len(months) + never_ordered)
    total = sizes.sum() + never_ordered
    attacker.equal(
        [others, *(cells[cohort, cohort] for cohort in sizes.index)],
        [attacker.count(total, total, total)],
    )
    if 0 < never_ordered < CELL:
        few["never ordered"] = others
    for month, told in monthly.groupby("month_start"):
        own = months[months["month_start"] == month]
        repeated, retained, active = [], [], []
        for row in told.itertuples():
            members = own[own["persona_id"] == row.persona_id]
            size = len(members)
            limits = (0, len(months)) if row.is_withheld else (size, size)
            active.append(attacker.count(size, *limits))
            if 0 < size < CELL:
                few[f"{row.persona_id} in {month:%m}"] = active[-1]
            if row.is_withheld:
                continue
            hits = int(members["is_repeat_customer"].sum())
            repeated.append(attacker.count(hits, *around(row.repeat_rate, size)))
            if 0 < hits < CELL or 0 < size - hits < CELL:
                few[f"{row.persona_id} repeated in {month:%m}"] = repeated[-1]
            if month == first and not members["has_ordered_next_month"].isna().any():
                hits = int(members["has_ordered_next_month"].sum())
                retained.append(attacker.count(hits, *around(row.retention_rate, size)))
                if 0 < hits < CELL or 0 < size - hits < CELL:
                    few[f"{row.persona_id} came back after {month:%m}"] = retained[-1]
        # all who ordered, by persona and by cohort
        in_month = [place for (_, start), place in cells.items() if start == month]
        attacker.equal(active, in_month)
        if not told["is_withheld"].any():
            if (own.loc[own["cohort_month"] == month, "orders"] == 1).all():
                old = [cells[c, m] for c, m in cells if m == month and c < month]
                attacker.equal(repeated, old)
            following = cells.get((first, first + pd.DateOffset(months=1)))
            if month == first and retained and following is not None:
                attacker.equal(retained, [following])
    return {name: attacker.can_be(place) for name, place in few.items()}


@pytest.mark.parametrize("seed", range(40))
def test_months_of_personas_and_cohorts_together_tell_of_no_few(seed):
    months = company(seed)
    if months.empty:
        return
    found = small_counts(months, never_ordered=seed % 7)
    assert all(low < high for low, high in found.values()), found
