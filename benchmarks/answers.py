"""Compares what ours and the peers computed: numbers of rows and sums of features.

``python -m benchmarks.answers FEATURES`` prints them as JSON; FEATURES is a Parquet file.
"""

import json
import sys

import duckdb

# of each part of the records one feature that is a plain sum, and those that are easily done wrong
COMPARED = (
    "recency_days",
    "frequency",
    "monetary_value",
    "orders_90d",
    "spend_90d",
    "spend_365d_year_before",
    "order_gap_stddev_days",
    "return_rate",
    "discount_share",
    "products_bought",
    "evening_order_share",
    "sessions_90d",
    "page_views_90d",
    "session_minutes_mean",
    "cart_rate",
    "feedback_count",
    "satisfaction",
    "complaints",
)
TOLERANCE = 1e-6


def answers_of(features: str) -> dict[str, float]:
    """Count rows and sum features up.

    Parameters
    ----------
    features : str
        Path of a Parquet file with one row per customer and observation date.

    Returns
    -------
    dict of str to float
        ``rows``, ``customers``, and the sum of each feature that is compared.
    """
    sums = ", ".join(f"sum(cast({name} as double)) as {name}" for name in COMPARED)
    result = duckdb.execute(
        f"select count(*) as rows, count(distinct customer_id) as customers, {sums} "
        f"from '{features}'"
    )
    names = [column[0] for column in result.description]
    return dict(zip(names, (float(value or 0) for value in result.fetchall()[0]), strict=True))


def differences(ours: dict[str, float], theirs: dict[str, float]) -> dict[str, float]:
    """Tell which answers are not the same.

    Parameters
    ----------
    ours, theirs : dict of str to float
        As :func:`answers_of` gives them.

    Returns
    -------
    dict of str to float
        Of each answer that differs by more than ``TOLERANCE``: by which share of ours.
    """
    shares = {
        name: abs(theirs.get(name, 0.0) - value) / max(abs(value), 1e-12)
        for name, value in ours.items()
    }
    return {name: share for name, share in shares.items() if share > TOLERANCE}


if __name__ == "__main__":
    print(json.dumps(answers_of(sys.argv[1])))
