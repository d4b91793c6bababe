"""Targets are learnt without a look ahead, and their SQL predicts what scikit-learn predicts."""

import json
from datetime import date, timedelta

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from customer_personas.learning.classification import (
    CalibratedLinearSVC,
    fit_target,
    fit_target_estimators,
    grouped_folds,
)

HORIZON = 90
DATES = [date(2023, 1, 1) + timedelta(days=45 * step) for step in range(8)]


@pytest.fixture
def connection():
    return duckdb.connect()


def features(customer_count=400, dates=DATES, seed=0):
    rng = np.random.default_rng(seed)
    count = customer_count * len(dates)
    return pa.table(
        {
            "customer_id": [f"{n:05}" for n in range(customer_count)] * len(dates),
            "observation_date": np.repeat(np.array(dates, dtype="datetime64[D]"), customer_count),
            "recency_days": rng.gamma(2, 30, count),
            "orders": np.where(rng.random(count) < 0.2, None, rng.poisson(3, count)),
            "category_share_home & garden": rng.random(count),
            "device": rng.choice(["it's", "手机", None], count),
            "newsletter": rng.choice([True, False, None], count),
            "sworn_secret": rng.random(count),
            "constant": [1] * count,
            "nothing": pa.nulls(count, pa.float64()),
        }
    )


def catalog(connection, table):
    types = {"device": "category", "newsletter": "boolean"}
    names = [name for name in table.column_names if name not in ("customer_id", "observation_date")]
    rows = pa.table(
        {
            "feature_name": names,
            "family": ["family"] * len(names),
            "unit": [""] * len(names),
            "value_type": [types.get(name, "numeric") for name in names],
            "transform": ["log1p" if name == "recency_days" else "none" for name in names],
            "in_classification": [True] * len(names),
            "is_dated": [name != "sworn_secret" for name in names],
        }
    )
    return connection.from_arrow(rows)


def labels(table, names, target="will_purchase", noise=0.5):
    """Cut a score that the features explain into as many parts as there are names."""
    rng = np.random.default_rng(1)
    score = (
        -np.log1p(table["recency_days"].to_numpy())
        + np.array([value or 0 for value in table["orders"].to_pylist()]) * 0.4
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


def fit(connection, table, labelled, **settings):
    defaults = {"target": "will_purchase", "kind": "future", "horizon_days": HORIZON, "seed": 7}
    return fit_target_estimators(
        connection.from_arrow(table),
        connection.from_arrow(labelled),
        catalog(connection, table),
        **defaults | settings,
    )


def assert_sql_agrees(connection, fitted, table):
    now = connection.from_arrow(table)
    for row in fitted.table.to_pylist():
        keys = ["customer_id", "class"]
        scores = now.query("features", row["scoring_sql"]).df().set_index(keys)["probability"]
        expected = fitted.models[row["model_id"]].predict(now).set_index(keys)["probability"]
        assert len(scores) == len(expected) > 0
        assert np.abs(scores.loc[expected.index] - expected).max() < 1e-6
        assert np.allclose(scores.groupby("customer_id").sum(), 1, atol=1e-9)


def test_sql_agrees_with_scikit_learn_for_two_classes(connection):
    table = features()
    fitted = fit(connection, table, labels(table, ["no", "yes"]))
    assert fitted.table["algorithm"].to_pylist() == ["decision_tree", "linear_svm"]
    assert sum(fitted.table["is_champion"].to_pylist()) == 1
    assert_sql_agrees(connection, fitted, features(3000, DATES[:1], seed=5))
    for row in fitted.table.to_pylist():
        metrics = {(each["split"], each["metric"]): each for each in json.loads(row["metrics"])}
        assert {split for split, _ in metrics} == {"train", "validation", "test"}
        assert metrics["test", "roc_auc"]["value"] > 0.8
        assert metrics["test", "log_loss"]["value"] < metrics["test", "log_loss"]["baseline_value"]
        used = json.loads(row["features"])
        assert "recency_days" in used
        assert not {"sworn_secret", "constant", "nothing"} & set(used)


@pytest.mark.parametrize("class_count", [3, 12])
def test_sql_agrees_with_scikit_learn_for_several_classes(connection, class_count):
    table = features(2000, DATES[:1])
    labelled = labels(table, [f"need {n}: it's '需要'" for n in range(class_count)], "need")
    fitted = fit(connection, table, labelled, target="need", kind="declared")
    assert len(fitted.models) == 2
    assert_sql_agrees(connection, fitted, features(2000, DATES[:1], seed=5))
    metrics = json.loads(fitted.table.to_pylist()[1]["metrics"])
    assert ("top_3_hit_rate" in {each["metric"] for each in metrics}) == (class_count > 3)


def test_no_training_row_can_see_the_test_or_validation_dates(connection):
    table = features(300)
    fitted = fit(connection, table, labels(table, ["no", "yes"]))
    parameters = json.loads(fitted.table.to_pylist()[0]["parameters"])
    dates = {part: sorted(days) for part, days in parameters["dates"].items()}
    assert dates["test"] == [str(DATES[-1])]
    assert dates["validation"] == [str(DATES[-3])]
    assert date.fromisoformat(dates["training"][-1]) <= DATES[-1] - timedelta(days=HORIZON)
    assert date.fromisoformat(dates["selection"][-1]) <= DATES[-3] - timedelta(days=HORIZON)
    rows = parameters["rows"]
    assert rows == {"training": 1800, "selection": 1200, "validation": 300, "test": 300}


def test_later_rows_change_nothing_but_the_test_metrics(connection):
    table = features(300)
    labelled = labels(table, ["no", "yes"])
    late = pc.greater(table["observation_date"], DATES[-3])
    tampered = table.set_column(
        table.column_names.index("recency_days"),
        "recency_days",
        pc.if_else(late, 1e6, table["recency_days"]),
    )
    swapped = labelled.set_column(3, "label", pc.if_else(late, "no", labelled["label"]))
    kept = ["hyper_parameters", "features", "scoring_sql", "is_champion", "reason"]
    honest = fit(connection, table, labelled).table.select(kept)
    assert fit(connection, tampered, swapped).table.select(kept).equals(honest)


def test_too_few_dates_for_validation_are_cross_validated(connection):
    table = features(300, [DATES[0], DATES[2]])
    fitted = fit(connection, table, labels(table, ["no", "yes"]))
    assert len(fitted.models) == 2
    assert all("cross-validation" in reason for reason in fitted.table["reason"].to_pylist())
    parameters = json.loads(fitted.table.to_pylist()[0]["parameters"])
    assert parameters["dates"] == {"training": [str(DATES[0])], "test": [str(DATES[2])]}


@pytest.mark.parametrize("dates", [DATES[:1], DATES[:2]])
def test_no_training_date_is_explained(connection, dates):
    table = features(50, dates)
    (row,) = fit(connection, table, labels(table, ["no", "yes"])).table.to_pylist()
    assert (row["algorithm"], row["is_champion"], row["scoring_sql"]) == ("none", False, None)
    assert str(DATES[0] + timedelta(days=HORIZON)) in row["reason"]
    assert str(DATES[0] + timedelta(days=2 * HORIZON)) in row["reason"]


def test_no_labels_are_explained(connection):
    table = features(50)
    other = labels(table, ["no", "yes"], target="something else")
    assert (
        "no observation date has labels" in fit(connection, table, other).table["reason"][0].as_py()
    )
    declared = fit(connection, table, other, kind="declared").table.to_pylist()
    assert declared[0]["reason"] == "No customer with a label has features."
    nobody = fit(connection, table.slice(0, 0), other.slice(0, 0)).table.to_pylist()
    assert nobody[0]["algorithm"] == "none"


def test_one_class_is_explained(connection):
    table = features(300)
    (row,) = fit(connection, table, labels(table, ["yes"])).table.to_pylist()
    assert row["algorithm"] == "none"
    assert row["reason"] == "All training rows have one class: yes."


def test_no_usable_feature_is_explained(connection):
    table = features(300)
    labelled = labels(table, ["no", "yes"])
    table = table.select(["customer_id", "observation_date", "constant", "sworn_secret"])
    (row,) = fit(connection, table, labelled).table.to_pylist()
    assert "No feature can be used" in row["reason"]


def test_single_feature_is_enough(connection):
    table = features(300)
    labelled = labels(table, ["no", "yes"])
    table = table.select(["customer_id", "observation_date", "recency_days"])
    fitted = fit(connection, table, labelled)
    assert_sql_agrees(connection, fitted, table.slice(0, 300))


def test_features_that_shadow_names_in_the_sql(connection):
    table = features(300)
    labelled = labels(table, ["no", "yes"])
    names = ["input", "variable", "class", "probability", "leaf"]
    columns = ["recency_days", "orders", "category_share_home & garden", "device", "newsletter"]
    table = table.select(["customer_id", "observation_date", *columns]).rename_columns(
        ["customer_id", "observation_date", *names]
    )
    entries = catalog(connection, table).project(
        "* replace (case feature_name when 'probability' then 'category' "
        "when 'leaf' then 'boolean' else 'numeric' end as value_type)"
    )
    fitted = fit_target_estimators(
        connection.from_arrow(table),
        connection.from_arrow(labelled),
        entries,
        target="will_purchase",
        kind="future",
        horizon_days=HORIZON,
        seed=7,
    )
    assert_sql_agrees(connection, fitted, table.slice(0, 300))


def test_declared_needs_of_few_customers_end_in_words_not_in_an_error(connection):
    for count in (1, 2, 5, 10, 25):
        table = features(count, DATES[:1])
        labelled = labels(table, ["a", "b"], "need")
        fitted = fit(connection, table, labelled, target="need", kind="declared")
        assert all(fitted.table["reason"].to_pylist())


def test_few_declared_needs_are_cross_validated(connection):
    table = features(150, DATES[:1])
    fitted = fit(
        connection, table, labels(table, ["a", "b"], "need"), target="need", kind="declared"
    )
    assert len(fitted.models) == 2
    assert "150 labels are fewer than 200" in fitted.table["reason"][0].as_py()
    # Undated attributes may explain what customers said themselves.
    features_used = {
        name for row in fitted.table.to_pylist() for name in json.loads(row["features"])
    }
    assert "sworn_secret" in features_used


def test_rare_classes_become_other(connection):
    table = features(1500, DATES[:1])
    labelled = labels(table, ["a", "b", "c"], "need")
    names = np.array(labelled["label"].to_pylist(), dtype=object)
    names[:30] = [f"rare {number % 3}" for number in range(30)]
    labelled = labelled.set_column(3, "label", pa.array(names))
    fitted = fit(connection, table, labelled, target="need", kind="declared")
    row = fitted.table.to_pylist()[0]
    assert json.loads(row["classes"]) == ["a", "b", "c", "other"]
    assert "rare 0, rare 1, rare 2" in row["reason"]
    names[12:30] = "a"
    labelled = labelled.set_column(3, "label", pa.array(names))
    fitted = fit(connection, table, labelled, target="need", kind="declared")
    row = fitted.table.to_pylist()[0]
    assert json.loads(row["classes"]) == ["a", "b", "c"]
    assert "Left out" in row["reason"]


def test_fit_depends_on_nothing_but_the_input(connection):
    table = features(300)
    labelled = labels(table, ["no", "yes"])
    order = np.random.default_rng(3).permutation(len(table))
    one_thread = duckdb.connect(config={"threads": 1})
    arguments = {
        "target": "will_purchase",
        "kind": "future",
        "horizon_days": HORIZON,
        "seed": 7,
        "sample_size": 1000,
    }
    first, second = (
        fit_target(each.from_arrow(rows), each.from_arrow(own), catalog(each, rows), **arguments)
        for each, rows, own in (
            (connection, table, labelled),
            (one_thread, table.take(order), labelled.take(order[::-1])),
        )
    )
    assert first.equals(second)


def test_folds_keep_customers_together_and_spread_rare_classes():
    rng = np.random.default_rng(0)
    customers = np.repeat(np.arange(90), 5)
    y = (customers < 3).astype(int) + 2 * (rng.random(450) < 0.3) * (customers >= 3)
    fold = grouped_folds(y, customers, seed=1)
    assert all(len(set(fold[customers == customer])) == 1 for customer in range(90))
    assert set(fold[y == 1]) == {0, 1, 2}
    assert np.bincount(fold).tolist() == [150, 150, 150]


def test_calibrated_svm_is_a_softmax_of_linear_scores():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(600, 4))
    for class_count in (2, 3):
        y = np.digitize(X[:, 0] + rng.normal(size=600), [0, 1][: class_count - 1])
        estimator = CalibratedLinearSVC(C=0.1).fit(X, y, np.arange(600) // 2)
        scores = np.exp(estimator.scores().predict(estimator.scaler_.transform(X)))
        assert np.allclose(
            scores / scores.sum(axis=1, keepdims=True), estimator.predict_proba(X), atol=1e-12
        )
        assert (estimator.predict(X) == y).mean() > 0.6
