"""Features that say nothing, say the same or say too much are noticed."""

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from small_targets import features, fit, labels


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
