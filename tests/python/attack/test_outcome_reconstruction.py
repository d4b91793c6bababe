"""What came of predictions: metrics beside bins tell of no few of whom it came true, or did not."""

from datetime import date

import duckdb
import numpy as np
import pandas as pd
from test_model_reconstruction import CELL, sql_of
from test_ranking_reconstruction import judged

from customer_personas.prediction.evaluation.outcomes import judge_outcomes

DAY = date(2025, 6, 1)
NAMES = ("prediction_outcomes", "prediction_outcomes_by_bin")
QUERIES = {name: sql_of(f"monitoring/{name}.sql") for name in NAMES}


def publish(y: np.ndarray, chance: np.ndarray) -> dict[str, pd.DataFrame]:
    """Judge what came of probabilities of yes, and give what both tables tell of it."""
    known = pd.DataFrame({"customer_id": [f"c{n:04}" for n in range(len(y))]})
    known = known.assign(target="t", label=np.where(y == 1, "yes", "no"), day=DAY)
    rows = pd.concat(
        [known.assign(**{"class": name, "probability": probability})
         for name, probability in (("no", 1 - chance), ("yes", chance))]
    )  # fmt: skip
    with duckdb.connect() as connection:
        connection.register("given", rows)
        outcomes = judge_outcomes(
            connection.sql(
                "select target, day::date as as_of_date, customer_id, class, probability from given"
            ),
            connection.sql(
                "select distinct target, customer_id, day::date as observation_date, label "
                "from given"
            ),
            seed=1,
            least=CELL,
        )
        connection.register("outcomes", outcomes)
        connection.execute(
            "create table prediction_outcomes_known as select *, as_of_date as horizon_end, "
            "'m' as model_id, as_of_date as fitted_on, customers as published_customers, "
            "as_of_date as judged_on, 'as promised' as verdict, roc_auc as promised_roc_auc, "
            "roc_auc_low as promised_roc_auc_low, roc_auc_high as promised_roc_auc_high, "
            "log_loss as promised_log_loss, expected_calibration_error as "
            "promised_calibration_error from outcomes"
        )
        return {name: connection.sql(query).df() for name, query in QUERIES.items()}


def told_values(told: dict[str, pd.DataFrame]) -> list[list]:
    """Give all figures that are told, without bounds: these are drawn."""
    bins = told["prediction_outcomes_by_bin"].sort_values("probability_bin")
    figures = told["prediction_outcomes"].drop(columns=["judged_on", "as_of_date", "fitted_on"])
    figures = figures[[name for name in figures if not name.endswith(("_low", "_high"))]]
    # the mean of the probabilities is of sums, which may differ in their last digits
    return [
        frame.round(9).astype("object").fillna("none").values.tolist()
        for frame in (figures, bins[["probability_bin", "hit_rate"]])
    ]


def swapped(y: np.ndarray, pair: list[int]) -> np.ndarray:
    """Give outcomes with those of two customers changed for one another."""
    other = y.copy()
    other[pair] = other[pair[::-1]]
    return other


def bins_in_doubt(y: np.ndarray, chance: np.ndarray) -> dict[int, bool]:
    """Say of each bin of few that hits leave open whether metrics do: two customers swapped."""
    published = publish(y, chance)
    metrics, hits = told_values(published)
    sizes = published["prediction_outcomes_by_bin"].sort_values("probability_bin")
    order = np.argsort(chance, kind="stable")
    bins = np.empty(len(y), dtype=int)
    bins[order] = np.repeat(sizes["probability_bin"].to_numpy(), sizes["customers"])
    rank = np.argsort(order)
    found = {}
    for number in np.unique(bins):
        own = bins == number
        if not (0 < y[own].sum() < CELL or 0 < (1 - y[own]).sum() < CELL):
            continue
        pairs = [
            (abs(rank[one] - rank[two]), one, two)
            for one in np.flatnonzero(own)
            for two in np.flatnonzero(~own & (y != y[one]))
        ]
        for _, *pair in sorted(pairs)[:40]:
            other_metrics, other_hits = told_values(publish(swapped(y, pair), chance))
            if other_hits == hits:
                found[int(number)] = other_metrics == metrics
                if found[int(number)]:
                    break
    return found


def test_metrics_beside_bins_of_few_leave_others():
    """Of one bin in ten two customers are not enough: its swap needs another to make up for it."""
    found = [
        is_open
        for customers, seed in [(60, 0), (200, 0)]
        for is_open in bins_in_doubt(*judged(customers, seed)).values()
    ]
    assert len(found) > 10 and sum(found) >= 0.9 * len(found), found


def test_bounds_are_as_coarse_as_what_they_are_of():
    y, chance = judged(60, 0)
    (figures,) = publish(y, chance)["prediction_outcomes"].to_dict("records")
    told = [figures[name] for name in figures if name.endswith(("_low", "_high"))]
    assert len(told) == 6 and np.allclose(told, np.round(told, 2))
    assert np.isnan([figures["log_loss"], figures["log_loss_of_shares"]]).all()
