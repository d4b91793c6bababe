"""Times the fit of personas: ``python benchmarks/personas.py WAREHOUSE.duckdb`` (a built one).

The reference of the same run is what the textbook does: K-means for k = 2 to 10 with twenty starts
each on recency, frequency and monetary value, and the silhouette of each.
"""

import argparse
import statistics
import time

import duckdb
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score
from sklearn.preprocessing import StandardScaler

from customer_personas.segmentation.fits import fit_personas


def fit_seconds(connection: duckdb.DuckDBPyConnection) -> tuple[float, float]:
    """Fit personas as a first build does; give the seconds, and those of the processor."""
    ((day,),) = connection.execute(
        "select observation_date from intermediate.observation_dates where is_as_of"
    ).fetchall()
    start, processor_start = time.perf_counter(), time.process_time()
    fit_personas(
        connection.table("features.customer_features"),
        connection.table("features.feature_catalog"),
        connection.table("reference.segmentation_feature_sets"),
        connection.table("reference.rfm_segments"),
        connection.table("features.later_purchases"),
        champion=None,
        observation_date=day,
        seed=1,
        fewest=4,
        most=8,
        margin=0.1,
        sample_size=10_000,
    )
    return time.perf_counter() - start, time.process_time() - processor_start


def reference_seconds(connection: duckdb.DuckDBPyConnection) -> float:
    """Do what the textbook does; give the seconds."""
    rows = connection.execute(
        "select ln(1 + recency_days), ln(1 + frequency), ln(1 + greatest(monetary_value, 0)) "
        "from features.customer_features where is_as_of and frequency > 0 "
        "order by customer_id limit 10000"
    ).fetchall()
    start = time.perf_counter()
    points = StandardScaler().fit_transform(rows)
    for k in range(2, 11):
        silhouette_score(points, KMeans(k, n_init=20, random_state=1).fit_predict(points))
    return time.perf_counter() - start


def main() -> None:
    """Print the medians over some runs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("warehouse")
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    with duckdb.connect(arguments.warehouse, read_only=True) as connection:
        runs = [
            (*fit_seconds(connection), reference_seconds(connection)) for _ in range(arguments.runs)
        ]
    fit, processor, reference = (statistics.median(each) for each in zip(*runs, strict=True))
    print(
        f"personas {fit:.1f} s ({processor:.1f} s of the processor), textbook {reference:.1f} s, "
        f"ratio {fit / reference:.1f}"
    )


if __name__ == "__main__":
    main()
