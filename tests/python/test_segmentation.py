"""K-means finds planted groups, and its SQL puts every customer where scikit-learn does."""

import json
from datetime import date

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from sklearn.metrics import adjusted_rand_score

from customer_personas.learning.segmentation import fit_segmentation, fit_segmentation_estimators

DAY = date(2024, 1, 1)


@pytest.fixture
def connection():
    return duckdb.connect()


def customers(count, seed=0):
    """Five groups, seen in five numbers beside noise; some values missing."""
    rng = np.random.default_rng(seed)
    group = rng.choice(5, count, p=[0.3, 0.25, 0.2, 0.15, 0.1])
    values = 3 * np.eye(5)[group] + rng.normal(size=(count, 5)) * 0.3
    columns = {
        "customer_id": [f"{number:06}" for number in range(count)],
        "observation_date": [DAY] * count,
        "orders": np.where(rng.random(count) < 0.05, None, np.expm1(np.abs(values[:, 0]))),
        "visits": values[:, 1],
        "category_share_home & garden": values[:, 2],
        "rating": values[:, 3],
        "age": values[:, 4],
        "noise": rng.normal(size=count),
        "device": rng.choice(["it's", "手机", None], count),
        "newsletter": rng.random(count) < 0.5,
        "constant": [1] * count,
        "nothing": pa.nulls(count, pa.float64()),
    }
    return pa.table(columns), group


def catalog(connection, table):
    types = {"device": "category", "newsletter": "boolean"}
    names = [name for name in table.column_names if name not in ("customer_id", "observation_date")]
    rows = pa.table(
        {
            "feature_name": names,
            "family": ["family"] * len(names),
            "unit": [""] * len(names),
            "value_type": [types.get(name, "numeric") for name in names],
            "transform": ["log1p" if name == "orders" else "none" for name in names],
            "in_segmentation": [True] * len(names),
        }
    )
    return connection.from_arrow(rows)


def fit(connection, table, **settings):
    return fit_segmentation_estimators(
        connection.from_arrow(table),
        catalog(connection, table),
        **{"observation_date": DAY, "seed": 7} | settings,
    )


def score(connection, table, row):
    return connection.from_arrow(table).query("features", row["scoring_sql"]).df()


def champion(fitted):
    (row,) = [row for row in fitted.table.to_pylist() if row["is_champion"]]
    return row


def test_planted_groups_are_recovered(connection):
    table, group = customers(3000)
    fitted = fit(connection, table)
    row = champion(fitted)
    scores = score(connection, table, row)
    assert adjusted_rand_score(group[scores["customer_id"].astype(int)], scores["cluster"]) > 0.9
    assert row["model_id"] == "kmeans_k5"
    assert "highest" in row["reason"]
    sizes = scores["cluster"].value_counts()
    assert list(sizes.index) == [0, 1, 2, 3, 4]
    assert "constant" not in json.loads(row["features"])
    assert "nothing" not in json.loads(row["features"])


def test_sql_agrees_with_scikit_learn_on_every_customer(connection):
    table, _ = customers(3000)
    unseen, _ = customers(5000, seed=1)
    fitted = fit(connection, table)
    for row in fitted.table.to_pylist():
        scores = score(connection, unseen, row).set_index("customer_id")
        expected = fitted.predict(row["model_id"], connection.from_arrow(unseen))
        assert (scores["cluster"].loc[expected["customer_id"]] == expected["cluster"].array).all()
        assert len(scores) == len(expected) == 5000
        assert scores["confidence"].between(0, 1).all()
        assert (scores["distance"] <= scores["second_distance"]).all()
        assert (scores["cluster"] != scores["second_cluster"]).all()


def test_only_buyers_are_grouped_where_frequency_is_known(connection):
    table, _ = customers(1000)
    frequency = [None if number % 5 == 0 else number % 3 for number in range(1000)]
    table = table.append_column("frequency", pa.array(frequency, pa.int64()))
    fitted = fit(connection, table)
    scores = score(connection, table, champion(fitted))
    assert set(scores["customer_id"]) == {
        f"{number:06}" for number, count in enumerate(frequency) if count
    }


def test_customers_without_any_value_get_no_cluster(connection):
    table, _ = customers(300)
    names = ["customer_id", "observation_date", "orders"]
    table = table.select(names)
    scores = score(connection, table, champion(fit(connection, table)))
    assert len(scores) == 300 - table["orders"].null_count


def test_few_customers_give_few_clusters(connection):
    table, _ = customers(10)
    fitted = fit(connection, table)
    row = champion(fitted)
    assert row["model_id"] == "kmeans_k2"
    assert "10 customers" in row["reason"]
    assert len(score(connection, table, row)) == 10


@pytest.mark.parametrize("count", [0, 1, 4])
def test_hardly_any_customers_give_one_cluster(connection, count):
    table, _ = customers(count)
    row = champion(fit(connection, table))
    assert row["model_id"] == "kmeans_k1"
    scores = score(connection, table, row)
    assert len(scores) == count
    assert (scores["confidence"] == 1).all()
    assert scores["second_cluster"].isna().all()


def test_no_usable_feature_gives_one_cluster_of_everybody(connection):
    table, _ = customers(50)
    table = table.select(["customer_id", "observation_date", "constant", "nothing"])
    row = champion(fit(connection, table))
    assert "No feature can be used" in row["reason"]
    scores = score(connection, table, row)
    assert len(scores) == 50
    assert set(scores["cluster"]) == {0}


def test_fewer_points_than_clusters(connection):
    table = pa.table(
        {
            "customer_id": [str(number) for number in range(100)],
            "observation_date": [DAY] * 100,
            "orders": [number % 2 for number in range(100)],
        }
    )
    row = champion(fit(connection, table))
    assert row["model_id"] == "kmeans_k2"
    assert score(connection, table, row)["distance"].max() == pytest.approx(0)


def test_fit_depends_on_nothing_but_the_input(connection):
    table, _ = customers(1500)
    shuffled = table.take(np.random.default_rng(3).permutation(1500))
    one_thread = duckdb.connect(config={"threads": 1})
    arguments = {"observation_date": DAY, "seed": 7, "sample_size": 1000}
    first = fit_segmentation(connection.from_arrow(table), catalog(connection, table), **arguments)
    second = fit_segmentation(
        one_thread.from_arrow(shuffled), catalog(one_thread, table), **arguments
    )
    assert first.equals(second)
