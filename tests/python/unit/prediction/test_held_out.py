"""Customers whose labels were learnt from are scored by models that have not seen them."""

import duckdb
import numpy as np
import pyarrow.compute as pc
import pytest
from small_targets import DATES, declared, features, fit, labels

from customer_personas.prediction.data.rows import part_sql, read_rows
from customer_personas.prediction.scoring import score_customers

SEED = 7


@pytest.fixture(scope="module")
def connection():
    connection = duckdb.connect()
    customers = declared(features(1200, DATES[:1]).slice(0, 1200))
    labelled = labels(customers, ["no", "yes"], "churn", noise=1.5)
    # the last two hundred have not said anything yet
    labelled = labelled.slice(0, 1000)
    connection.execute("create table customers as from customers")
    connection.execute("create table labelled as from labelled")
    return connection


@pytest.fixture(scope="module", params=["logistic_regression", "random_forest"])
def fits(connection, request):
    fitted = fit(
        connection,
        connection.table("customers").to_arrow_table(),
        connection.table("labelled").to_arrow_table(),
        target="churn",
        kind="declared",
        algorithms=[request.param],
    )
    rows = fitted.table.to_pylist()
    assert [row["algorithm"] for row in rows if row["is_published"]] == [request.param]
    return rows


def score(connection, fits, labels="from labelled"):
    reader = score_customers(connection.cursor(), "from customers", fits, labels, SEED)
    table = reader.read_all().to_pandas()
    return table[table["class"] == "yes"].set_index("customer_id").sort_index()


def test_the_parts_are_those_of_the_folds(connection):
    rows = read_rows(
        connection.table("customers"), connection.table("labelled"), "churn", "declared", 9999, SEED
    )
    expected = np.where(rows.fifths < 4, rows.parts, -1)
    found = connection.execute(
        f"select coalesce({part_sql(rows.deal_seed)}, -1)::integer from labelled "
        "order by customer_id"
    ).fetchnumpy()
    assert (np.ma.filled(next(iter(found.values()))) == expected).all()


def test_who_was_learnt_from_is_marked_and_scored_by_another_model(connection, fits):
    plain, dealt = score(connection, fits, labels=None), score(connection, fits)
    assert not plain["is_in_training"].any()
    assert sorted(dealt.index) == sorted(plain.index)
    ((deal_seed,),) = {
        tuple(each["value"] for each in row["hyper_parameters"] if each["name"] == "deal_seed")
        for row in fits
    }
    dealt_parts = f"select customer_id, {part_sql(int(deal_seed))} from labelled"
    part = dict(connection.execute(dealt_parts).fetchall())
    learnt = [part.get(customer) is not None for customer in dealt.index]
    assert dealt["is_in_training"].tolist() == learnt
    same = (dealt["probability"] - plain["probability"]).abs() < 1e-12
    assert same[~dealt["is_in_training"]].all()
    assert same[dealt["is_in_training"]].mean() < 0.1


def test_their_own_labels_make_nobody_surer(connection, fits):
    """Out of fold a model is worth what it was worth on the folds; in sample it seems better."""
    (row,) = [each for each in fits if each["is_published"]]
    assert [each["part"] for each in row["held_out_models"]] == [0, 1, 2]
    (on_folds,) = [
        each["value"]
        for each in row["metrics"]
        if (each["split"], each["metric"]) == ("validation", "log_loss")
    ]
    truth = dict(connection.execute("select customer_id, label from labelled").fetchall())
    dealt = score(connection, fits)
    learnt = dealt.index[dealt["is_in_training"]]
    hit = np.array([truth[customer] == "yes" for customer in learnt])

    def loss(scores):
        chance = scores.loc[learnt, "probability"].to_numpy()
        return -np.log(np.where(hit, chance, 1 - chance)).mean()

    assert loss(dealt) == pytest.approx(on_folds, abs=0.005)
    if row["algorithm"] == "random_forest":
        assert loss(score(connection, fits, labels=None)) < on_folds - 0.02


def test_without_models_of_the_parts_customers_are_marked_only(connection, fits):
    earlier = [row | {"held_out_models": None} for row in fits]
    plain, dealt = score(connection, fits, labels=None), score(connection, earlier)
    assert np.allclose(plain["probability"], dealt["probability"])
    assert dealt["is_in_training"].any()


def test_labels_of_another_target_count_for_nothing(connection, fits):
    other = "select 'other' as target, customer_id from labelled"
    assert not score(connection, fits, labels=other)["is_in_training"].any()


@pytest.mark.parametrize(
    ("algorithm", "noise", "published"),
    [
        ("linear_svm", 1.0, "linear_svm"),
        ("decision_tree", 1.0, "decision_tree"),
        # nothing to learn: a baseline is published
        ("logistic_regression", 1e6, "majority"),
    ],
)
def test_who_was_learnt_from_has_the_level_of_the_others(algorithm, noise, published):
    """One customer in ten is positive: margins of a machine, or nothing, do not say so."""
    connection = duckdb.connect()
    customers = declared(features(1500, DATES[:1]).slice(0, 1500))
    tenths = labels(customers, [f"tenth {n}" for n in range(10)], "churn", noise=noise)
    label = pc.if_else(pc.equal(tenths["label"], "tenth 9"), "yes", "no")
    labelled = tenths.set_column(3, "label", label)
    fitted = fit(
        connection, customers, labelled, target="churn", kind="declared", algorithms=[algorithm]
    )
    rows = fitted.table.to_pylist()
    assert [row["algorithm"] for row in rows if row["is_published"]] == [published]
    connection.execute("create table customers as from customers")
    connection.execute("create table labelled as from labelled")
    dealt = score(connection, rows)
    mean = dealt.groupby("is_in_training")["probability"].mean()
    assert mean[True] == pytest.approx(0.1, abs=0.01)
    assert mean[False] == pytest.approx(0.1, abs=0.01)
    # what is said of shuffled labels is no matter of the level either
    for row in rows:
        for each in row["metrics"]:
            if (each["split"], each["metric"]) == ("shuffled labels", "log_loss"):
                assert each["value"] < each["baseline_value"] + 0.1
