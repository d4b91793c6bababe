"""Effects of simulated campaigns: the interval covers the truth, and looking often does not lie."""

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from rendered import render
from scipy.stats import norm

CAMPAIGNS, CUSTOMERS, WEEKS = 500, 600, 4
EFFECTS = render("{{ treatment_effects('sums') }}")
LEVEL = render("{{ interval_error_rate('is_over', 1) }}", campaign_days=7 * WEEKS)
LEVELS = dict(
    duckdb.sql(f"select is_over, {LEVEL} from (values (true), (false)) as t (is_over)").fetchall()
)
QUANTILE = render("{{ normal_quantile('p') }}")


def draw_by_lot(rng: np.random.Generator, customers: int = CUSTOMERS) -> np.ndarray:
    """Draw who of each campaign's customers is treated: all but every tenth."""
    order = np.argsort(rng.random((CAMPAIGNS, customers)), axis=1)
    return order >= customers // 10


def effects(outcome, earlier, treated, is_share, error_rate=0.05) -> dict[str, np.ndarray]:
    """Run the macro over campaigns, one row of customers each."""
    sums: dict[str, np.ndarray] = {
        "is_share": np.full(len(outcome), is_share),
        "is_adjusted": np.full(len(outcome), True),
        "error_rate": np.full(len(outcome), error_rate),
    }
    for group, members in (("treated", treated), ("holdout", ~treated)):
        y, x = outcome * members, earlier * members
        columns = {"n": members, "y": y, "yy": y * y, "x": x, "xx": x * x, "xy": x * y}
        sums |= {f"{name}_{group}": column.sum(axis=1) for name, column in columns.items()}
    with duckdb.connect() as connection:
        connection.register("sums", pa.table(sums))
        return connection.sql(EFFECTS).fetchnumpy()


def covered(found: dict[str, np.ndarray], truth: float) -> float:
    """Return the share of intervals with the truth in them."""
    return np.mean((found["effect_low"] <= truth) & (truth <= found["effect_high"]))


def claimed(found: dict[str, np.ndarray]) -> np.ndarray:
    """Return whose interval leaves out zero."""
    return (found["effect_low"] > 0) | (found["effect_high"] < 0)


@pytest.fixture(scope="module")
def buyers() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Customers' chances of an order, their orders before, and who is treated."""
    rng = np.random.default_rng(17)
    keenness = rng.gamma(2, 0.5, (CAMPAIGNS, CUSTOMERS))
    return np.clip(0.1 + 0.2 * keenness, 0, 0.9), rng.poisson(3 * keenness), draw_by_lot(rng)


def test_the_interval_of_a_share_covers_an_effect_of_five_points(buyers):
    chance, earlier, treated = buyers
    rng = np.random.default_rng(18)
    ordered = (rng.random(chance.shape) < chance + 0.05 * treated) * 1.0
    found = effects(ordered, earlier, treated, is_share=True)
    assert 0.93 <= covered(found, 0.05) <= 0.97
    assert abs(found["effect"].mean() - 0.05) < 0.01


def test_earlier_figures_narrow_the_interval_and_never_widen_it(buyers):
    chance, earlier, treated = buyers
    rng = np.random.default_rng(19)
    orders = rng.poisson(3 * chance) * 1.0
    plain = effects(orders, 0 * earlier, treated, is_share=False)
    adjusted = effects(orders, earlier, treated, is_share=False)
    unrelated = effects(orders, rng.permuted(earlier, axis=1), treated, is_share=False)
    assert np.all(adjusted["standard_error"] < plain["standard_error"])
    assert np.all(unrelated["standard_error"] < 1.001 * plain["standard_error"])
    assert 0.93 <= covered(plain, 0) <= 0.97
    assert 0.93 <= covered(adjusted, 0) <= 0.97


@pytest.mark.parametrize("customers", [200, 600])
def test_a_holdout_of_skewed_spending_does_not_lie(customers):
    rng = np.random.default_rng(customers)
    treated = draw_by_lot(rng, customers)
    has_bought = rng.random((2, CAMPAIGNS, customers)) < 0.3
    spend, earlier = has_bought * rng.lognormal(3, 1.2, has_bought.shape)
    found = effects(spend, earlier, treated, is_share=False)
    assert claimed(found).mean() <= 0.07


def test_looking_each_week_claims_no_more(buyers):
    """Orders add up week by week, and who orders much does so in every week."""
    chance, earlier, treated = buyers
    rng = np.random.default_rng(20)
    weekly = rng.random((WEEKS, *chance.shape)) < chance / WEEKS
    counts = np.cumsum(weekly, axis=0)
    ordered = np.minimum(counts, 1)
    for outcome, is_share in ((ordered, True), (counts, False)):
        ever = np.zeros(CAMPAIGNS, dtype=bool)
        for week in range(WEEKS):
            level = LEVELS[week == WEEKS - 1]
            ever |= claimed(effects(outcome[week] * 1.0, earlier, treated, is_share, level))
        assert ever.mean() <= 0.07
        assert ever.any()


def test_small_groups_and_what_never_varies_have_no_interval():
    outcome = np.array([[1.0, 0, 1, 0, 1, 0], [7, 7, 7, 7, 7, 7], [1, 0, 1, 0, 0, 1]])
    treated = np.array([[1, 1, 1, 1, 0, 0], [1, 1, 1, 0, 0, 0], [1, 1, 1, 1, 1, 1]], dtype=bool)
    found = effects(outcome, outcome * 0, treated, is_share=False)
    assert np.ma.getmaskarray(found["effect_low"]).all()
    assert np.ma.getmaskarray(found["effect_high"]).all()


def test_the_normal_quantile_is_that_of_scipy():
    tails = [0.5, 0.2, 0.025, 0.005, 1e-4, 1e-5, 1e-8]
    rows = ", ".join(f"({tail!r})" for tail in tails)
    query = f"select {QUANTILE} from (values {rows}) as t (p)"
    quantiles = [value for (value,) in duckdb.sql(query).fetchall()]
    assert quantiles == pytest.approx(norm.isf(tails), abs=0.00045)
