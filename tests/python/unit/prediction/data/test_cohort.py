"""Everybody of a date is scored in batches, as in one piece."""

import duckdb
import numpy as np
import pyarrow.compute as pc
import pytest
from small_targets import DATES, features, fit, labels, learn, sample

from customer_personas.prediction.data import cohort as module
from customer_personas.prediction.data.cohort import Cohort
from customer_personas.prediction.models.bg_nbd import BgNbd
from customer_personas.prediction.models.decision_tree import DecisionTree
from customer_personas.prediction.models.logistic_regression import LogisticRegression
from customer_personas.prediction.models.majority import Majority

DAY = DATES[-1]


@pytest.mark.parametrize("batch_rows", [7, 1000])
def test_scores_are_those_of_the_models_whatever_the_batches(batch_rows, monkeypatch):
    monkeypatch.setattr(module, "BATCH_ROWS", batch_rows)
    drawn = sample(customer_count=80)
    models = {
        each.name: learn(each, drawn)
        for each in (Majority(), BgNbd(), DecisionTree(), LogisticRegression())
    }
    connection = duckdb.connect()
    table = features(80)
    labelled = labels(table, ["no", "yes"])
    # a third has no label
    known = labelled.filter(np.arange(len(labelled)) % 3 > 0)
    then = connection.from_arrow(table.filter(pc.equal(table["observation_date"], DAY)))
    cohort = Cohort.of_day(
        connection.from_arrow(table), connection.from_arrow(known), "will_purchase", DAY
    )
    is_labelled, y, scores = cohort.score(models, ["no", "yes"])
    for name, model in models.items():
        X, _ = model.encoding.matrix(then, ["customer_id"])
        assert np.allclose(scores[name], model.scores(X))
    own = {
        row["customer_id"]: row["label"]
        for row in known.to_pylist()
        if row["observation_date"] == DAY
    }
    order = sorted(set(table["customer_id"].to_pylist()))
    assert cohort.customers() == [each for each in order if each in own]
    assert is_labelled.tolist() == [each in own for each in order]
    assert y.tolist() == [["no", "yes"].index(own[each]) if each in own else -1 for each in order]


def test_models_are_judged_on_everybody_however_small_the_sample():
    connection = duckdb.connect()
    table = features(600)
    labelled = labels(table, ["no", "yes"])
    for row in fit(connection, table, labelled, sample_size=1200).table.to_pylist():
        assert row["test_rows"] == 600 and row["training_rows"] < 1200
        judged = {each["customers"] for each in row["metrics"] if each["split"] == "test"}
        assert judged == {600}


def test_nobody_is_scored_where_there_is_nobody():
    connection = duckdb.connect()
    table = features(20)
    cohort = Cohort.of_day(
        connection.from_arrow(table.slice(0, 0)),
        connection.from_arrow(labels(table, ["no", "yes"])),
        "will_purchase",
        DAY,
    )
    model = learn(Majority(), sample(customer_count=40))
    is_labelled, y, scores = cohort.score({"majority": model}, ["no", "yes"])
    assert len(is_labelled) == len(y) == len(scores["majority"]) == 0
