"""A small company whose labels its features explain, and models fitted to it."""

from datetime import date, timedelta

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from customer_personas.features.encoding import fit_encoding
from customer_personas.prediction.calibrated_model import CalibratedModel
from customer_personas.prediction.calibration import bounded_shares, probabilities
from customer_personas.prediction.model_parts.interface import Target, TrainingRows
from customer_personas.prediction.model_parts.sql import probabilities_sql
from customer_personas.prediction.pipeline import fit_target

HORIZON = 90
DATES = [date(2023, 1, 1) + timedelta(days=45 * step) for step in range(8)]
AS_OF = DATES[-1] + timedelta(days=100)
QUICK = ["decision_tree", "logistic_regression"]
NO_OUTLOOK = pa.schema(
    [
        ("target", pa.string()),
        ("observation_date", pa.date32()),
        ("label", pa.string()),
        ("expected_share", pa.float64()),
    ]
).empty_table()


def features(customer_count=400, dates=DATES, seed=0):
    rng = np.random.default_rng(seed)
    count = customer_count * (len(dates) + 1)
    first = rng.integers(50, 500, count).astype(float)
    orders = np.where(rng.random(count) < 0.2, 0, rng.poisson(3, count))
    recency = np.where(orders == 0, np.nan, np.minimum(rng.gamma(2, 30, count).round(), first))
    return pa.table(
        {
            "customer_id": [f"{n:05}" for n in range(customer_count)] * (len(dates) + 1),
            "observation_date": np.repeat(
                np.array([*dates, AS_OF], dtype="datetime64[D]"), customer_count
            ),
            "is_as_of": np.repeat([False] * len(dates) + [True], customer_count),
            "recency_days": pa.array(recency, from_pandas=True),
            "order_days": orders,
            "days_since_first_order": pa.array(
                np.where(orders == 0, np.nan, first), from_pandas=True
            ),
            "category_share_home & garden": rng.random(count),
            "device": rng.choice(["it's", "手机", None], count),
            "newsletter": rng.choice([True, False, None], count),
            "sworn_secret": rng.random(count),
            "constant": [1] * count,
            "nothing": pa.nulls(count, pa.float64()),
        }
    )


KEYS = ("customer_id", "observation_date", "is_as_of")


def catalog(connection, table, shares=None):
    types = {"device": "category", "newsletter": "boolean"}
    names = [name for name in table.column_names if name not in KEYS]
    shares = shares or {}
    rows = pa.table(
        {
            "feature_name": names,
            "family": [
                "categories" if name.startswith("category_share_") and name in shares else "family"
                for name in names
            ],
            "unit": [""] * len(names),
            "value_type": [types.get(name, "numeric") for name in names],
            "transform": ["log1p" if name == "recency_days" else "none" for name in names],
            "in_classification": [True] * len(names),
            "is_dated": [name != "sworn_secret" for name in names],
            "product_category": pa.array([shares.get(name) for name in names], pa.string()),
        }
    )
    return connection.from_arrow(rows)


def labels(table, names, target="will_purchase", noise=0.5):
    """Cut a score that the features explain into as many parts as there are names."""
    table = table.filter(pc.invert(table["is_as_of"]))
    rng = np.random.default_rng(1)
    recency = np.nan_to_num(table["recency_days"].to_numpy(zero_copy_only=False), nan=300)
    score = (
        -np.log1p(recency)
        + table["order_days"].to_numpy() * 0.4
        + np.array([value == "手机" for value in table["device"].to_pylist()])
        + rng.normal(size=len(table)) * noise
    )
    edges = np.quantile(score, np.arange(1, len(names)) / len(names)) if len(score) else []
    return pa.table(
        {
            "target": [target] * len(table),
            "customer_id": table["customer_id"],
            "observation_date": table["observation_date"],
            "label": np.array(names)[np.digitize(score, edges)],
        }
    )


def fit(connection, table, labelled, *, shares=None, outlook=NO_OUTLOOK, **settings):
    defaults = {
        "target": "will_purchase",
        "kind": "future",
        "horizon_days": HORIZON,
        "seed": 7,
        "algorithms": QUICK,
    }
    return fit_target(
        connection.from_arrow(table),
        connection.from_arrow(labelled),
        catalog(connection, table, shares),
        connection.from_arrow(outlook),
        **defaults | settings,
    )


def declared(table):
    """Only what is known today, and labels of that."""
    return table.set_column(2, "is_as_of", pa.array([False] * len(table)))


def rows_of(fitted):
    return {row["algorithm"]: row for row in fitted.table.to_pylist()}


def sample(names=("no", "yes"), kind="future", customer_count=400):
    """A target and rows to learn it from: encoding, relation of features, positions of classes."""
    connection = duckdb.connect()
    table = features(customer_count)
    known = table.filter(pc.invert(table["is_as_of"]))
    classes = sorted(names)
    y = np.array([classes.index(name) for name in labels(table, names)["label"].to_pylist()])
    relation = connection.from_arrow(known)
    encoding = fit_encoding(relation, catalog(connection, table))
    return Target("need", kind, classes, [], HORIZON, 7), encoding, relation, y


def learn(algorithm, drawn, settings=None, rows=None):
    """Fit an algorithm to a sample, or to some of its rows."""
    target, encoding, relation, y = drawn
    own = algorithm.inputs(target, encoding, bounded_shares(np.bincount(y)))
    # the sample's own order: by date, then by customer
    X, keys = own.matrix(relation, ["observation_date", "customer_id"])
    days = np.array(keys["observation_date"].to_pylist())
    taken = np.ones(len(y), dtype=bool) if rows is None else rows
    training = TrainingRows(X[taken], y[taken], (days == days.max())[taken], target.class_count)
    if settings is None:
        settings = algorithm.settings(target.class_count)[-1]
    return algorithm.fit(target, own, training, settings)


def assert_sql_agrees(model, classes, now):
    """The SQL of a model gives the probabilities that scikit-learn gives."""
    shift = np.linspace(-0.5, 0.5, len(classes))
    X, keys = model.encoding.matrix(now, ["customer_id"])
    expected = probabilities(model.scores(X), 0.7, shift)
    sql = probabilities_sql(model, classes, 0.7, shift)
    found = (
        now.query("features", sql)
        .df()
        .pivot(index="customer_id", columns="class", values="probability")
    )
    assert list(found.index) == keys["customer_id"].to_pylist()
    assert np.abs(found[list(classes)].to_numpy() - expected).max() < 1e-6
    assert np.allclose(found.sum(axis=1), 1, atol=1e-9)


def assert_kept_models_agree(connection, fitted, table):
    """What the table of fits holds scores as the fitted models do, by SQL or by estimator."""
    now = connection.from_arrow(table)
    for row in fitted.table.to_pylist():
        if not (row["scoring_sql"] or row["estimator"]):
            continue  # only what is published has to be scored again
        keys = ["customer_id", "class"]
        scores = (
            now.query("features", row["scoring_sql"]).df()
            if row["scoring_sql"]
            else CalibratedModel.restore(row).predict(now)
        )
        scores = scores.set_index(keys)["probability"]
        expected = fitted.models[row["model_id"]].predict(now).set_index(keys)["probability"]
        assert len(scores) == len(expected) > 0
        assert np.abs(scores.loc[expected.index] - expected).max() < 1e-6, row["algorithm"]
        assert np.allclose(scores.groupby("customer_id").sum(), 1, atol=1e-9)
