"""Clusters are found, and their SQL puts every customer where scikit-learn does."""

import json

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from companies import blobs, features_of, relations
from sklearn.metrics import adjusted_rand_score
from sklearn.mixture import GaussianMixture

from customer_personas.segmentation.clusterings import Clustering, fit_clustering, warm_start
from customer_personas.segmentation.scoring import assignment_sql, contributions_sql
from customer_personas.segmentation.space import Space, fit_space, scored_population

ALGORITHMS = ["kmeans", "minibatch_kmeans", "gaussian_mixture", "ward", "hdbscan"]


@pytest.fixture
def connection():
    return duckdb.connect()


def awkward(count, seed=0):
    """Five groups in five numbers, beside gaps, categories, flags and columns without use."""
    values, group = blobs([count // 5] * 5, width=5, seed=seed)
    rng = np.random.default_rng(seed)
    table = features_of(values)
    table = table.set_column(
        2,
        "orders",
        pa.array(np.where(rng.random(len(values)) < 0.05, None, np.expm1(abs(values[:, 0])))),
    )
    more = {
        "device": rng.choice(["it's", "手机", None], len(values)),
        "newsletter": rng.random(len(values)) < 0.5,
        "constant": [1] * len(values),
        "nothing": pa.nulls(len(values), pa.float64()),
    }
    for name, column in more.items():
        table = table.append_column(name, pa.array(column))
    return table, group


def space_of(connection, table):
    features, catalog, *_ = relations(
        connection,
        table,
        types={"device": "category", "newsletter": "boolean"},
        transforms={"orders": "log1p"},
    )
    return fit_space(
        "everything", features, catalog, scored_population(features, catalog)
    ), features


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_planted_groups_are_found(algorithm):
    points, group = blobs([300, 250, 200, 150, 100])
    found = fit_clustering(algorithm, points, 5, seed=1)
    assert found.count == 5
    assert adjusted_rand_score(group, found.labels(points)) > 0.99
    sizes = np.bincount(found.labels(points))
    assert list(sizes) == sorted(sizes, reverse=True)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_sql_agrees_with_scikit_learn_on_every_customer(connection, algorithm):
    table, _ = awkward(1500)
    unseen, _ = awkward(3000, seed=1)
    space, features = space_of(connection, table)
    points, _ = space.points(features)
    for width in (4, points.shape[1]):
        narrow = Space(
            "narrow",
            space.encoding.keep(space.encoding.names[:width]),
            "true",
            space.mean[:width],
            space.scale[:width],
        )
        clustering = fit_clustering(algorithm, points[:, :width], 4, seed=1)
        customers = connection.from_arrow(unseen)
        scores = customers.query("features", assignment_sql(narrow, clustering)).df()
        scores = scores.set_index("customer_id")
        places, ids = narrow.points(customers)
        expected = clustering.estimator().predict(places)
        assert (scores["cluster"].loc[ids] == expected).all()
        assert len(scores) == len(ids) == 3000
        assert scores["confidence"].between(0, 1).all()
        assert (scores["cluster"] != scores["second_cluster"]).all()
        stored = Clustering.from_dict(json.loads(json.dumps(clustering.to_dict())))
        assert (stored.labels(places) == clustering.labels(places)).all()


def test_gaussians_are_those_of_scikit_learn():
    points, _ = blobs([300, 200, 100])
    for width in (2, 4):
        fitted = GaussianMixture(3, random_state=0).fit(points[:, :width])
        clustering = Clustering(
            "gaussian_mixture", fitted.means_, fitted.weights_, fitted.precisions_cholesky_
        )
        assert (clustering.labels(points[:, :width]) == fitted.predict(points[:, :width])).all()


def test_reasons_add_up_to_the_difference_of_the_distances(connection):
    table, _ = awkward(1000)
    space, features = space_of(connection, table)
    points, ids = space.points(features)
    clustering = fit_clustering("kmeans", points, 5, seed=1)
    assignments = features.query("features", assignment_sql(space, clustering))
    connection.register("assigned", assignments.to_arrow_table())
    sql = contributions_sql(space, clustering, "assigned")
    found = features.query("features", sql).df()
    squares = np.sort(clustering.squared_distances(points), axis=1)
    difference = dict(zip(ids, squares[:, 1] - squares[:, 0], strict=True))
    totals = found.groupby("customer_id")["contribution"].sum()
    # the two strongest reasons are part of the whole, and there is one for everybody
    assert set(found["customer_id"]) == set(ids)
    assert set(found["reason_rank"]) <= {1, 2, 3, 4}
    first = found[found["reason_rank"] == 1].set_index("customer_id")["contribution"]
    assert (
        first.loc[ids] * len(space.encoding.features) >= [difference[each] for each in ids]
    ).all()
    assert (totals >= first.loc[totals.index]).all()


def test_fewer_distinct_points_than_clusters_give_fewer_clusters():
    points = np.repeat(np.array([[0.0, 0.0], [5.0, 5.0]]), 50, axis=0)
    assert fit_clustering("kmeans", points, 4, seed=1).count == 2


def test_a_warm_start_keeps_the_order_of_the_clusters():
    points, _ = blobs([300, 250, 200, 150])
    for algorithm in ("kmeans", "gaussian_mixture", "ward"):
        before = fit_clustering(algorithm, points, 4, seed=1)
        moved = warm_start(before, points + 0.2)
        assert (moved.labels(points + 0.2) == before.labels(points)).all()


def test_a_fit_depends_on_nothing_but_the_input(connection):
    table, _ = awkward(1500)
    shuffled = table.take(np.random.default_rng(3).permutation(1500))
    one_thread = duckdb.connect(config={"threads": 1})
    spaces = [space_of(connection, table), space_of(one_thread, shuffled)]
    texts = [
        assignment_sql(space, fit_clustering("kmeans", space.points(features)[0], 5, seed=7))
        for space, features in spaces
    ]
    assert texts[0] == texts[1]


def test_only_buyers_are_grouped_where_frequency_is_known(connection):
    table, _ = awkward(1000)
    frequency = [None if number % 5 == 0 else number % 3 for number in range(1000)]
    table = table.append_column("frequency", pa.array(frequency, pa.int64()))
    space, features = space_of(connection, table)
    _, ids = space.points(features)
    assert set(ids) == {f"{number:06}" for number, count in enumerate(frequency) if count}
