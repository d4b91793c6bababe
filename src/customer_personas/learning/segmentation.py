"""Customers grouped by K-means, and the groups written as SQL."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
from sklearn import metrics
from sklearn.cluster import KMeans
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from customer_personas.learning.encoding import Encoding, catalog_rows, fit_encoding
from customer_personas.learning.sampling import sample_customers
from customer_personas.sql_text import identifier, indent, number

SMALLEST_SHARE = 0.05
# Fewer customers per cluster than this, on average, and a cluster is a handful of people.
CUSTOMERS_PER_CLUSTER = 5
SILHOUETTE_ROWS = 5_000

SCHEMA = pa.schema(
    [
        ("model_id", pa.string()),
        ("algorithm", pa.string()),
        ("hyper_parameters", pa.string()),
        ("metrics", pa.string()),
        ("features", pa.string()),
        ("parameters", pa.string()),
        ("scoring_sql", pa.string()),
        ("is_champion", pa.bool_()),
        ("reason", pa.string()),
    ]
)


@dataclass(frozen=True)
class FittedSegmentation:
    """A segmentation fit with its scikit-learn estimators, to check the SQL against.

    Parameters
    ----------
    table : pyarrow.Table
        One row per candidate.
    encoding : Encoding
        The inputs of every candidate.
    population : str
        SQL condition on the customers who get a cluster.
    estimators : dict
        A fitted pipeline per ``model_id``; none where no feature can be used.
    """

    table: pa.Table
    encoding: Encoding
    population: str
    estimators: dict[str, Pipeline]

    def predict(self, model_id: str, features: duckdb.DuckDBPyRelation) -> pd.DataFrame:
        """Assign customers to clusters with scikit-learn.

        Parameters
        ----------
        model_id : str
            The candidate.
        features : duckdb.DuckDBPyRelation
            One row per customer.

        Returns
        -------
        pandas.DataFrame
            ``customer_id`` and ``cluster``, by customer.
        """
        X, rows = self.encoding.matrix(features.filter(self.population), ["customer_id"])
        return rows.to_pandas().assign(cluster=self.estimators[model_id].predict(X))


def fit_segmentation(
    features: duckdb.DuckDBPyRelation,
    catalog: duckdb.DuckDBPyRelation,
    *,
    observation_date: date,
    seed: int,
    k_values: Iterable[int] = range(4, 9),
    sample_size: int = 20_000,
) -> pa.Table:
    """Group customers by K-means, once for each number of clusters.

    Parameters
    ----------
    features : duckdb.DuckDBPyRelation
        One row per customer and observation date.
    catalog : duckdb.DuckDBPyRelation
        The feature catalogue.
    observation_date : datetime.date
        The date whose features are used.
    seed : int
        Seed of the sample and of the starting centroids.
    k_values : iterable of int
        Numbers of clusters to try.
    sample_size : int
        Largest number of customers to fit on.

    Returns
    -------
    pyarrow.Table
        One row per candidate, by number of clusters; one is the champion. ``scoring_sql`` is a
        SELECT over a relation ``features`` with one row per customer; it gives customer_id,
        cluster, distance, second_cluster, second_distance and confidence.
    """
    return fit_segmentation_estimators(
        features,
        catalog,
        observation_date=observation_date,
        seed=seed,
        k_values=k_values,
        sample_size=sample_size,
    ).table


def fit_segmentation_estimators(
    features: duckdb.DuckDBPyRelation,
    catalog: duckdb.DuckDBPyRelation,
    *,
    observation_date: date,
    seed: int,
    k_values: Iterable[int] = range(4, 9),
    sample_size: int = 20_000,
) -> FittedSegmentation:
    """Do the work of `fit_segmentation` and keep the fitted estimators.

    Parameters
    ----------
    features, catalog, observation_date, seed, k_values, sample_size
        As for `fit_segmentation`.

    Returns
    -------
    FittedSegmentation
        The table and the estimators.
    """
    usable = catalog.filter("in_segmentation")
    current = features.filter(f"observation_date = date '{observation_date}'")
    population = _population(current, usable)
    sample = sample_customers(current.filter(population), sample_size, seed)
    encoding = fit_encoding(sample, usable)
    if not encoding.inputs:
        population, sample = "true", sample_customers(current, sample_size, seed)
    X, _ = encoding.matrix(sample, ["customer_id"])
    scaler = _fit_scaler(X, encoding)
    points = scaler.transform(X) if encoding.inputs else X
    sizes, limits = _cluster_counts(points, k_values)
    fits = [_fit_clusters(points, k, seed) for k in sizes]
    measured = [
        _measure(points, clusters, _fit_clusters(points, clusters.n_clusters, seed + 1))
        for clusters in fits
    ]
    champion, reasons = _choose(measured, limits)
    common = {
        "encoding": encoding.to_dict(),
        "population": population,
        "observation_date": str(observation_date),
        "customers": len(X),
    }
    rows = [
        {
            "model_id": f"kmeans_k{clusters.n_clusters}",
            "algorithm": "kmeans",
            "hyper_parameters": _json({"n_clusters": clusters.n_clusters, "seed": seed}),
            "metrics": _json(values),
            "features": _json(encoding.features),
            "parameters": _json(common | _parameters(encoding, scaler, clusters)),
            "scoring_sql": _scoring_sql(encoding, scaler, clusters.cluster_centers_, population),
            "is_champion": position == champion,
            "reason": reason,
        }
        for position, (clusters, values, reason) in enumerate(
            zip(fits, measured, reasons, strict=True)
        )
    ]
    estimators = {
        row["model_id"]: make_pipeline(scaler, clusters)
        for row, clusters in zip(rows, fits, strict=True)
        if encoding.inputs
    }
    table = pa.Table.from_pylist(rows, schema=SCHEMA)
    return FittedSegmentation(table, encoding, population, estimators)


def _population(features: duckdb.DuckDBPyRelation, catalog: duckdb.DuckDBPyRelation) -> str:
    """Give the SQL condition on the customers to group: those with something to group them by."""
    if "frequency" in features.columns:
        ((count,),) = features.aggregate("count(frequency)").fetchall()
        if count:
            return "frequency > 0"
    names = [identifier(row["feature_name"]) for row in catalog_rows(features, catalog)]
    if not names:
        return "true"
    (counts,) = features.aggregate(", ".join(f"count({name})" for name in names)).fetchall()
    known = [f"{name} is not null" for name, count in zip(names, counts, strict=True) if count]
    return " or ".join(known) or "true"


def _fit_scaler(X: np.ndarray, encoding: Encoding) -> StandardScaler:
    """Standardise the numbers; flags, levels and missing indicators stay 0 and 1, centred.

    Measured on seven kinds of planted clusters (adjusted Rand index, mean of six draws each, five
    clusters): this recovers 0.56 on average and 0.44 at worst; standardising the 0/1 inputs as well
    0.23 and 0.00, for a rare flag then outweighs every number. Weighting each family by one over
    the square root of its inputs gives 0.48 and 0.09: better where a wide family is noise, much
    worse where it is not, and small families of noise gain the most.
    """
    scaler = StandardScaler()
    if X.size:
        scaler.fit(X)
        is_number = np.array([each.kind == "number" for each in encoding.inputs])
        scaler.scale_ = np.where(is_number, scaler.scale_, 1.0)
    return scaler


def _cluster_counts(points: np.ndarray, k_values: Iterable[int]) -> tuple[list[int], str]:
    """Give the numbers of clusters to try, and what limits them in words."""
    if points.shape[1] == 0:
        return [1], "No feature can be used (all are empty or constant): one cluster of everybody."
    asked = sorted(set(k_values))
    distinct = len(np.unique(points, axis=0))
    most = max(1, min(distinct, len(points) // CUSTOMERS_PER_CLUSTER))
    possible = [k for k in asked if k <= most]
    if len(possible) == len(asked):
        return possible, ""
    limit = (
        f"{len(points)} customers with {distinct} different profiles allow at most {most} "
        f"cluster{'s' if most > 1 else ''} ({CUSTOMERS_PER_CLUSTER} customers each, on average)."
    )
    return possible or list(range(min(2, most), most + 1)), limit


def _fit_clusters(points: np.ndarray, k: int, seed: int) -> KMeans:
    """Fit K-means and number its clusters by size, the largest 0, ties by centroid."""
    clusters = KMeans(k, n_init=5, random_state=seed)
    if points.shape[1] == 0:
        clusters.cluster_centers_ = np.zeros((1, 0))
        clusters.labels_ = np.zeros(len(points), dtype=int)
        clusters.inertia_ = 0.0
        return clusters
    clusters.fit(points)
    sizes = np.bincount(clusters.labels_, minlength=k)
    order = sorted(range(k), key=lambda old: (-sizes[old], *clusters.cluster_centers_[old]))
    clusters.cluster_centers_ = np.ascontiguousarray(clusters.cluster_centers_[order])
    clusters.labels_ = np.argsort(order)[clusters.labels_]
    return clusters


def _measure(points: np.ndarray, clusters: KMeans, other: KMeans) -> dict[str, float]:
    """Measure one candidate; a metric that is undefined is left out."""
    labels = clusters.labels_
    sizes = np.bincount(labels, minlength=1)
    values = {
        "inertia": float(clusters.inertia_),
        "smallest_share": float(sizes.min() / max(1, len(labels))),
    }
    # Customers are ordered by id: evenly spaced ones stand for all.
    some = np.linspace(0, len(points) - 1, min(SILHOUETTE_ROWS, len(points))).astype(int)
    if 1 < len(np.unique(labels[some])) < len(some):
        values["silhouette"] = float(metrics.silhouette_score(points[some], labels[some]))
        values["davies_bouldin"] = float(metrics.davies_bouldin_score(points, labels))
        values["calinski_harabasz"] = float(metrics.calinski_harabasz_score(points, labels))
        values["adjusted_rand_index_other_seed"] = float(
            metrics.adjusted_rand_score(labels, other.labels_)
        )
    return values


def _choose(measured: list[dict[str, Any]], limits: str) -> tuple[int, list[str]]:
    """Choose the champion and say in words why each candidate was chosen or not."""
    silhouettes = [values.get("silhouette", -1.0) for values in measured]
    large_enough = [values["smallest_share"] >= SMALLEST_SHARE for values in measured]
    among = [p for p, large in enumerate(large_enough) if large] or list(range(len(measured)))
    champion = max(among, key=lambda position: (silhouettes[position], -position))
    best = f"{silhouettes[champion]:.3f}"
    reasons = []
    for position, values in enumerate(measured):
        share = f"{100 * values['smallest_share']:.1f} %"
        if position == champion and "silhouette" not in values:
            reason = "Chosen: the only candidate."
        elif position == champion and large_enough[position]:
            reason = (
                f"Chosen: silhouette {best}, the highest where the smallest cluster holds at least "
                f"{SMALLEST_SHARE:.0%} of the customers (here {share})."
            )
        elif position == champion:
            reason = (
                f"Chosen: silhouette {best}, the highest; its smallest cluster holds {share} of "
                f"the customers, but no candidate's holds {SMALLEST_SHARE:.0%}."
            )
        elif large_enough[champion] and not large_enough[position]:
            reason = (
                f"Not chosen: its smallest cluster holds {share} of the customers, fewer than "
                f"{SMALLEST_SHARE:.0%}."
            )
        else:
            reason = (
                f"Not chosen: silhouette {silhouettes[position]:.3f} against {best} of the "
                "champion."
            )
        reasons.append(f"{reason} {limits}".strip())
    return champion, reasons


def _parameters(encoding: Encoding, scaler: StandardScaler, clusters: KMeans) -> dict[str, Any]:
    """Give the fitted numbers of one candidate."""
    if not encoding.inputs:
        return {"scaling": [], "centroids": [], "centroids_in_units": []}
    centers = clusters.cluster_centers_
    in_units = [
        {each.name: each.in_units(value) for each, value in zip(encoding.inputs, row, strict=True)}
        for row in scaler.inverse_transform(centers)
    ]
    scaling = [
        {"input": name, "mean": mean, "scale": scale}
        for name, mean, scale in zip(
            encoding.names, scaler.mean_.tolist(), scaler.scale_.tolist(), strict=True
        )
    ]
    sizes = np.bincount(clusters.labels_, minlength=len(centers)).tolist()
    return {
        "scaling": scaling,
        "centroids": centers.tolist(),
        "centroids_in_units": in_units,
        "cluster_sizes": sizes,
    }


def _scoring_sql(
    encoding: Encoding, scaler: StandardScaler, centers: np.ndarray, population: str
) -> str:
    """Write the assignment to the nearest centroid as a SELECT over ``features``."""
    scaled = [
        f"({identifier(name)} - {number(mean)}) / {number(scale)} as {identifier(name)}"
        for name, mean, scale in zip(
            encoding.names,
            getattr(scaler, "mean_", []),
            getattr(scaler, "scale_", []),
            strict=True,
        )
    ]
    distances = [
        (
            "\n        + ".join(
                f"({identifier(name)} - {number(c)}) * ({identifier(name)} - {number(c)})"
                for name, c in zip(encoding.names, center, strict=True)
            )
            or "0e0"
        )
        + f" as squared_{cluster}"
        for cluster, center in enumerate(centers)
    ]
    clusters = range(len(centers))
    nearest = ", ".join(f"squared_{c}" for c in clusters)
    others = ", ".join(f"case when cluster <> {c} then squared_{c} end" for c in clusters)
    cluster = " ".join(f"when squared_{c} = nearest then {c}" for c in clusters)
    second = " ".join(f"when cluster <> {c} and squared_{c} = second then {c}" for c in clusters)
    return f"""with inputs as (
{indent(encoding.select_sql("features", ["customer_id"], population))}
),

scaled as (
    select
        {_lines(["customer_id", *scaled])}
    from inputs
),

squared_distances as (
    select
        {_lines(["customer_id", *distances])}
    from scaled
),

nearest_cluster as (
    select *, case {cluster} end as cluster
    from (select *, least({nearest}) as nearest from squared_distances)
),

second_cluster as (
    select *, case {second} end as second_cluster
    from (select *, least({others}) as second from nearest_cluster)
)

select
    customer_id,
    cast(cluster as integer) as cluster,
    sqrt(nearest) as distance,
    cast(second_cluster as integer) as second_cluster,
    sqrt(second) as second_distance,
    case
        when second is null then 1e0
        when second = 0 then 0e0
        else 1 - sqrt(nearest) / sqrt(second)
    end as confidence
from second_cluster"""


def _lines(expressions: list[str]) -> str:
    """Put the expressions of a select list on lines of their own."""
    return ",\n        ".join(expressions)


def _json(value: Any) -> str:
    """Write a value as JSON text."""
    return json.dumps(value, ensure_ascii=False)
