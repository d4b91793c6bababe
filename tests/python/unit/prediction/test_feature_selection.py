"""Features that say nothing, say the same or say too much are noticed."""

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from small_targets import DATES, declared, features, fit, labels

from customer_personas.features.encoding import Encoding
from customer_personas.features.inputs import Input
from customer_personas.prediction.feature_selection import select_features
from customer_personas.prediction.model_parts.interface import Target


@pytest.fixture
def connection():
    return duckdb.connect()


def test_a_copy_of_the_label_is_noticed(connection):
    table = features(300)
    labelled = labels(table, ["no", "yes"])
    copied = pc.if_else(pc.equal(labelled["label"], "yes"), 1, 0).combine_chunks()
    missing = pa.nulls(len(table) - len(labelled), copied.type)
    table = table.append_column("copy", pa.concat_arrays([copied, missing]))
    fitted = fit(connection, table, labelled)
    (published,) = [row for row in fitted.table.to_pylist() if row["is_published"]]
    suspicious = [each for each in published["feature_selection"] if each["is_suspicious"]]
    assert [each["feature_name"] for each in suspicious] == ["copy"]
    assert "copy of the label" in suspicious[0]["reason"]


def with_copy(table, labelled):
    copied = pc.if_else(pc.equal(labelled["label"], "yes"), 1, 0).combine_chunks()
    return table.append_column("copy", copied)


def test_a_copy_of_a_declared_label_is_withheld_until_it_is_confirmed(connection):
    plain = declared(features(800, DATES[:1]).slice(0, 800))
    labelled = labels(plain, ["no", "yes"], "churn", noise=1.5)
    table = with_copy(plain, labelled)
    settings = {"target": "churn", "kind": "declared"}

    def published(table, **more):
        fitted = fit(connection, table, labelled, **settings, **more)
        (row,) = [each for each in fitted.table.to_pylist() if each["is_published"]]
        return row

    row = published(table)
    (copy,) = [each for each in row["feature_selection"] if each["is_suspicious"]]
    assert (copy["feature_name"], copy["is_used"]) == ("copy", False)
    assert "confirmed_features" in copy["reason"]
    assert "Withheld as suspicious: copy." in row["reason"]
    # all the rest is as if the column were not there, the baselines too
    without = published(plain)
    assert (row["algorithm"], row["features"]) == (without["algorithm"], without["features"])
    assert row["metrics"] == without["metrics"]
    row = published(table, confirmed_features=["copy"])
    assert "copy" in row["features"]
    assert not [each for each in row["feature_selection"] if each["is_suspicious"]]


def test_twins_and_noise_are_left_out_with_a_reason(connection):
    table = features(400)
    twin = pc.multiply(table["recency_days"], 3.0)
    table = table.append_column("recency_times_three", twin)
    fitted = fit(connection, table, labels(table, ["no", "yes"]))
    (published,) = [row for row in fitted.table.to_pylist() if row["is_published"]]
    judged = {each["feature_name"]: each for each in published["feature_selection"]}
    pair = [judged["recency_days"], judged["recency_times_three"]]
    assert sorted(each["is_used"] for each in pair) == [False, True]
    (out,) = [each for each in pair if not each["is_used"]]
    assert out["reason"].startswith("Collinear")
    assert judged["constant"]["reason"].startswith("Left out: one value")
    assert judged["nothing"]["reason"] == "Left out: no value."


@pytest.mark.parametrize("share", [0.03, 0.1])
def test_of_few_positives_no_feature_of_noise_is_withheld_but_a_copy_is_where_some_are(share):
    """A hundred features of nothing: some rank three positives of thirty rows first by luck."""
    target = Target("churn", "declared", ["no", "yes"], [], 90, 7)
    names = [f"noise_{number}" for number in range(60)] + ["copy"]
    inputs = tuple(Input(name, name, "", "number", low=-9.0, high=9.0, fill=0.0) for name in names)
    copies = 0
    for seed in range(12):
        rng = np.random.default_rng(seed)
        for count in (60, 300):
            y = (rng.random(count) < share).astype(int)
            y[[1, 2]] = 1
            X = np.column_stack([rng.normal(size=(count, 60)), y])
            held_out = np.arange(count) % 3 == 0
            judged = select_features(target, Encoding(inputs), X, y, held_out)
            suspicious = {each.feature_name for each in judged if each.is_suspicious}
            assert suspicious <= {"copy"}
            if y[held_out].sum() >= 6:
                assert suspicious == {"copy"}
                copies += 1
    assert copies >= (0 if share < 0.1 else 10)
