"""The SQL of a clustering puts every customer where scikit-learn does."""

import json

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from companies import blobs, features_of, relations

from customer_personas.segmentation.clusterings import Clustering, fit_clustering
from customer_personas.segmentation.scoring import write_assignment, write_contributions
from customer_personas.segmentation.space import Space, find_population, fit_space

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
    population = find_population(features, catalog)
    sample = features.filter(population)
    space, points, customer_ids = fit_space("everything", sample, catalog, population)
    placed, placed_ids = space.place(features)
    assert placed.tolist() == points.tolist() and placed_ids == customer_ids
    return space, features


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_sql_agrees_with_scikit_learn_on_every_customer(connection, algorithm):
    table, _ = awkward(1500)
    unseen, _ = awkward(3000, seed=1)
    space, features = space_of(connection, table)
    points, _ = space.place(features)
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
        scores = customers.query("features", write_assignment(narrow, clustering)).df()
        scores = scores.set_index("customer_id")
        places, ids = narrow.place(customers)
        expected = clustering.estimator().predict(places)
        assert (scores["cluster"].loc[ids] == expected).all()
        assert len(scores) == len(ids) == 3000
        assert scores["confidence"].between(0, 1).all()
        assert (scores["cluster"] != scores["second_cluster"]).all()
        stored = Clustering.from_dict(json.loads(json.dumps(clustering.to_dict())))
        assert (stored.labels(places) == clustering.labels(places)).all()


def test_reasons_add_up_to_what_makes_a_customer_no_average_one(connection):
    table, _ = awkward(1000)
    space, features = space_of(connection, table)
    points, ids = space.place(features)
    clustering = fit_clustering("kmeans", points, 5, seed=1)
    assignments = features.query("features", write_assignment(space, clustering))
    connection.register("assigned", assignments.to_arrow_table())
    sql = write_contributions(space, clustering, "assigned")
    found = features.query("features", sql).df()
    own = clustering.squared_distances(points).min(axis=1)
    difference = dict(zip(ids, (points**2).sum(axis=1) - own, strict=True))
    # four reasons at most are part of the whole, and there is one for everybody
    assert set(found["customer_id"]) == set(ids)
    assert set(found["reason_rank"]) <= {1, 2, 3, 4}
    assert (found.loc[found["reason_rank"] > 1, "contribution"] > 0).all()
    first = found[found["reason_rank"] == 1].set_index("customer_id")["contribution"]
    assert (
        first.loc[ids] * len(space.encoding.features) >= [difference[each] for each in ids]
    ).all()
    second = found[found["reason_rank"] == 2].set_index("customer_id")["contribution"]
    assert (first.loc[second.index] >= second).all()


def test_a_reason_is_what_the_persona_has_and_most_have_not(connection):
    spend = [0.0] * 60 + [9.0] * 20
    table = features_of(
        np.column_stack([spend, np.arange(80) % 2]).astype(float), names=["spend", "parity"]
    )
    space, features = space_of(connection, table)
    points, ids = space.place(features)
    clustering = fit_clustering("kmeans", points, 4, seed=1)
    assignments = features.query("features", write_assignment(space, clustering))
    connection.register("assigned", assignments.to_arrow_table())
    found = features.query("features", write_contributions(space, clustering, "assigned")).df()
    # the nearest other persona differs in parity alone, which half of all customers share
    strongest = found[found["reason_rank"] == 1].set_index("customer_id")["feature_name"]
    assert set(strongest.loc[[ids[number] for number in range(60, 80)]]) == {"spend"}


def test_a_fit_depends_on_nothing_but_the_input(connection):
    table, _ = awkward(1500)
    shuffled = table.take(np.random.default_rng(3).permutation(1500))
    one_thread = duckdb.connect(config={"threads": 1})
    spaces = [space_of(connection, table), space_of(one_thread, shuffled)]
    texts = [
        write_assignment(space, fit_clustering("kmeans", space.place(features)[0], 5, seed=7))
        for space, features in spaces
    ]
    assert texts[0] == texts[1]


def test_only_buyers_are_grouped_where_frequency_is_known(connection):
    table, _ = awkward(1000)
    frequency = [None if number % 5 == 0 else number % 3 for number in range(1000)]
    table = table.append_column("frequency", pa.array(frequency, pa.int64()))
    space, features = space_of(connection, table)
    _, ids = space.place(features)
    assert set(ids) == {f"{number:06}" for number, count in enumerate(frequency) if count}
