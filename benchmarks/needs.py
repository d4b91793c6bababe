"""Times the fits of all targets: ``python benchmarks/needs.py WAREHOUSE.duckdb`` (a built one).

The reference of the same run is what the textbook does: an unpruned tree and an RBF support vector
machine, three folds each, on the raw numbers of recency, frequency and monetary value.
"""

import argparse
import statistics
import time
from pathlib import Path

import duckdb
import yaml
from sklearn.model_selection import cross_val_score
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from customer_personas.prediction.pipeline import fit_target

VARIABLES = yaml.safe_load((Path(__file__).parents[1] / "dbt_project.yml").read_text())["vars"]


def fit_seconds(connection: duckdb.DuckDBPyConnection) -> float:
    """Fit every target as a build does; give the seconds."""
    start = time.perf_counter()
    for target, kind in VARIABLES["targets"].items():
        fit_target(
            connection.table("features.customer_features"),
            connection.table("features.target_labels"),
            connection.table("features.feature_catalog"),
            connection.table("features.season_outlook"),
            target=target,
            kind=kind,
            horizon_days=VARIABLES["horizon_days"],
            algorithms=VARIABLES["algorithms"],
            seed=VARIABLES["random_seed"],
            sample_size=VARIABLES["fit_sample_rows"],
            budget_seconds=VARIABLES["fit_budget_seconds"],
        )
    return time.perf_counter() - start


def reference_seconds(connection: duckdb.DuckDBPyConnection) -> float:
    """Do what the textbook does; give the seconds."""
    rows = connection.execute(
        "select recency_days, frequency, monetary_value, label from features.customer_features "
        "inner join features.target_will_purchase using (customer_id, observation_date) "
        "where frequency > 0 order by customer_id, observation_date limit 10000"
    ).fetchnumpy()
    X = [list(map(float, row)) for row in zip(*list(rows.values())[:3], strict=True)]
    start = time.perf_counter()
    for estimator in (DecisionTreeClassifier(random_state=1), SVC()):
        cross_val_score(estimator, X, rows["label"], cv=3)
    return time.perf_counter() - start


def main() -> None:
    """Print the medians over some runs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("warehouse")
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    with duckdb.connect(given.warehouse, read_only=True) as connection:
        pairs = [
            (fit_seconds(connection), reference_seconds(connection)) for _ in range(given.runs)
        ]
    fits, references = (statistics.median(each) for each in zip(*pairs, strict=True))
    print(f"all targets {fits:.1f} s, textbook {references:.1f} s, ratio {fits / references:.2f}")


if __name__ == "__main__":
    main()
