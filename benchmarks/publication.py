"""How often the gate publishes a model of companies in which nothing tells who buys.

The gate asks that the lower end of a 95 % interval lies above zero: at most 2.5 % of such companies
may pass it. Labels are drawn apart from all features, with a share of buyers that is the same on
all dates or wanders from date to date.

    python -m benchmarks.publication --companies 100
"""

import argparse
from collections.abc import Sequence
from datetime import date, timedelta

import duckdb
import numpy as np
import pyarrow as pa

from customer_personas.prediction.pipeline import fit_target

STATED = 0.025
HORIZON = 90
ALGORITHMS = ("decision_tree", "logistic_regression", "random_forest", "gradient_boosting")
# Features of a customer that stay, features that are another on each date, levels of a category.
LASTING, FLEETING, LEVELS = 4, 6, ("a", "b", "c", None)


def make_company(seed: int) -> tuple[pa.Table, pa.Table, pa.Table]:
    """Make a company without signal.

    Parameters
    ----------
    seed : int
        Another seed gives another company, of 80 to 600 customers and 6 to 12 dates; each second
        one has a share of buyers that wanders.

    Returns
    -------
    features, labels, catalog : pyarrow.Table
        As `fit_target` takes them.
    """
    rng = np.random.default_rng(seed)
    customers, dates = int(rng.integers(80, 600)), int(rng.integers(6, 13))
    days = [date(2024, 1, 1) + timedelta(days=30 * step) for step in range(dates)]
    rows = customers * dates
    lasting = np.tile(rng.normal(size=(customers, LASTING)), (dates, 1))
    fleeting = rng.lognormal(size=(rows, FLEETING))
    days_since = np.where(rng.random(rows) < 0.2, np.nan, rng.gamma(2, 40, rows).round())
    columns = {f"lasting_{n}": lasting[:, n] for n in range(LASTING)}
    columns |= {f"fleeting_{n}": fleeting[:, n] for n in range(FLEETING)}
    columns |= {
        "recency_days": pa.array(days_since, from_pandas=True),
        "device": rng.choice(np.array(LEVELS, dtype=object), rows),
    }
    who = [f"{n:05}" for n in range(customers)] * dates
    when = np.repeat(np.array(days, dtype="datetime64[D]"), customers)
    features = pa.table(
        {"customer_id": who, "observation_date": when, "is_as_of": [False] * rows, **columns}
    )
    steps = rng.normal(scale=0.5, size=dates) * (seed % 2)
    chance = 1 / (1 + np.exp(-(rng.normal() * 0.7 - 0.5 + np.cumsum(steps))))
    bought = rng.random(rows) < np.repeat(chance, customers)
    labels = pa.table(
        {
            "target": ["will_purchase"] * rows,
            "customer_id": who,
            "observation_date": when,
            "label": np.where(bought, "yes", "no"),
        }
    )
    catalog = pa.table(
        {
            "feature_name": list(columns),
            "family": ["made up"] * len(columns),
            "unit": [""] * len(columns),
            "value_type": ["category" if name == "device" else "numeric" for name in columns],
            "transform": ["log1p" if "fleeting" in name else "none" for name in columns],
            "in_classification": [True] * len(columns),
            "is_dated": [True] * len(columns),
            "product_category": pa.nulls(len(columns), pa.string()),
        }
    )
    return features, labels, catalog


def publishes(seed: int) -> bool:
    """Say whether the gate publishes a model of a company without signal.

    Parameters
    ----------
    seed : int
        The company.

    Returns
    -------
    bool
        Whether an algorithm takes the place of the baselines.
    """
    no_outlook = pa.schema(
        [
            ("target", pa.string()),
            ("observation_date", pa.date32()),
            ("label", pa.string()),
            ("expected_share", pa.float64()),
        ]
    ).empty_table()
    with duckdb.connect() as connection:
        features, labels, catalog = map(connection.from_arrow, make_company(seed))
        fitted = fit_target(
            features,
            labels,
            catalog,
            connection.from_arrow(no_outlook),
            target="will_purchase",
            kind="future",
            horizon_days=HORIZON,
            algorithms=ALGORITHMS,
            seed=seed,
        )
    return any(row["is_published"] and not row["is_baseline"] for row in fitted.table.to_pylist())


def main(arguments: Sequence[str] | None = None) -> None:
    """Count the companies of which a model is published.

    Parameters
    ----------
    arguments : sequence of str, optional
        Those of the command line without it.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--companies", type=int, default=100)
    count = parser.parse_args(arguments).companies
    passed = [seed for seed in range(count) if publishes(seed)]
    print(
        f"{len(passed)} of {count} companies without signal have a published model "
        f"({len(passed) / count:.1%}; at most {STATED:.1%} are to be expected): {passed}"
    )


if __name__ == "__main__":
    main()
