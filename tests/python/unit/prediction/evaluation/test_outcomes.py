"""Published probabilities against what happened."""

from datetime import date

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from sklearn.metrics import log_loss, roc_auc_score

from customer_personas.prediction.evaluation.outcomes import judge_outcomes

DAY = date(2026, 1, 1)
CUSTOMERS = 400
CHANCE = np.round(np.random.default_rng(5).random(CUSTOMERS), 1)  # with many ties
HAPPENED = np.random.default_rng(6).random(CUSTOMERS) < CHANCE


def published(probabilities, classes=("no", "yes"), target="a", day=DAY):
    """Rows of what was published, one per customer and class."""
    return [
        {
            "target": target,
            "as_of_date": day,
            "customer_id": f"c{number}",
            "class": name,
            "probability": chance,
        }
        for number, row in enumerate(probabilities)
        for name, chance in zip(classes, row, strict=True)
    ]


def happened(labels, target="a", day=DAY):
    """Rows of labels; a customer whose label is None has none."""
    return [
        {
            "target": target,
            "observation_date": day,
            "customer_id": f"c{number}",
            "label": label,
        }
        for number, label in enumerate(labels)
        if label is not None
    ]


def judge(predictions, labels, least=5):
    with duckdb.connect() as connection:
        return judge_outcomes(
            connection.from_arrow(pa.Table.from_pylist(predictions)),
            connection.from_arrow(pa.Table.from_pylist(labels)),
            seed=1,
            least=least,
        ).to_pylist()


def of_two(chance):
    return np.column_stack([1 - chance, chance])


def words(truth):
    return np.where(truth, "yes", "no").tolist()


def test_figures_are_those_of_scikit_learn():
    (row,) = judge(published(of_two(CHANCE)), happened(words(HAPPENED)))
    assert (row["target"], row["as_of_date"], row["customers"]) == ("a", DAY, CUSTOMERS)
    assert row["mean_probability"] == pytest.approx(CHANCE.mean())
    assert row["happened_share"] == pytest.approx(HAPPENED.mean())
    assert row["gap"] == pytest.approx(CHANCE.mean() - HAPPENED.mean())
    assert row["gap_low"] < row["gap"] < row["gap_high"]
    # the standard error of a mean, as the resamples have it
    error = (CHANCE - HAPPENED).std() / np.sqrt(CUSTOMERS)
    assert row["gap_high"] - row["gap_low"] == pytest.approx(2 * 1.96 * error, rel=0.2)
    assert row["roc_auc"] == pytest.approx(roc_auc_score(HAPPENED, CHANCE))
    assert row["roc_auc_low"] < row["roc_auc"] < row["roc_auc_high"]
    bounded = np.clip(of_two(CHANCE), 1e-4, 1)
    true = bounded[np.arange(CUSTOMERS), HAPPENED.astype(int)]
    assert row["log_loss"] == pytest.approx(-np.log(true).mean())
    share = np.full(CUSTOMERS, HAPPENED.mean())
    assert row["log_loss_of_shares"] == pytest.approx(log_loss(HAPPENED, share))
    assert sum(each["hits"] for each in row["calibration"]) == HAPPENED.sum()


def test_the_order_of_rows_says_nothing():
    predictions, labels = published(of_two(CHANCE)), happened(words(HAPPENED))
    assert judge(predictions[::-1], labels[::-1]) == judge(predictions, labels)


@pytest.mark.parametrize("truth", [True, False])
def test_what_came_true_of_everybody_or_nobody_has_no_figures(truth):
    (row,) = judge(published(of_two(CHANCE)), happened(words(np.full(CUSTOMERS, truth))))
    assert row.pop("customers") == CUSTOMERS
    assert {name for name, value in row.items() if value is not None} == {"target", "as_of_date"}


def test_few_who_are_told_apart_are_not_shown():
    truth = np.arange(CUSTOMERS) < 4
    predictions, labels = published(of_two(CHANCE)), happened(words(truth))
    assert judge(predictions, labels)[0]["gap"] is None
    assert judge(predictions, labels, least=4)[0]["gap"] is not None


def test_one_probability_for_everybody_ranks_nobody():
    (row,) = judge(published(of_two(np.full(CUSTOMERS, 0.5))), happened(words(HAPPENED)))
    assert row["roc_auc"] == row["roc_auc_low"] == row["roc_auc_high"] == 0.5


def test_who_was_erased_or_has_no_label_is_not_judged():
    predictions, labels = published(of_two(CHANCE)), happened([None, *words(HAPPENED)[1:]])
    gone = [row for row in predictions if row["customer_id"] != "c1"]
    assert judge(gone, labels)[0]["customers"] == CUSTOMERS - 2
    assert judge(predictions, happened(["yes"], target="b")) == []


def test_targets_and_dates_are_judged_apart():
    later = date(2026, 2, 1)
    predictions = published(of_two(CHANCE)) + published(of_two(1 - CHANCE), target="b")
    predictions += published(of_two(1 - CHANCE), day=later)
    labels = happened(words(HAPPENED)) + happened(words(HAPPENED), target="b")
    labels += happened(words(HAPPENED), day=later)
    rows = {
        (row["target"], row["as_of_date"]): row["roc_auc"] > 0.5
        for row in judge(predictions, labels)
    }
    assert rows == {("a", DAY): True, ("a", later): False, ("b", DAY): False}
    assert judge(published(of_two(CHANCE), target="c"), labels) == []


def test_of_several_classes_the_likeliest_is_held_to_what_it_said():
    rng = np.random.default_rng(7)
    chance = rng.dirichlet([1, 1, 1], CUSTOMERS)
    classes = ["books", "other", "toys"]
    drawn = [classes[rng.choice(3, p=row)] for row in chance]
    # what the model has no class for counts as other
    labels = ["garden" if each == "other" else each for each in drawn]
    (row,) = judge(published(chance, classes), happened(labels))
    y = np.array([classes.index(each) for each in drawn])
    assert row["mean_probability"] == pytest.approx(chance.max(axis=1).mean())
    assert row["happened_share"] == pytest.approx((chance.argmax(axis=1) == y).mean())
    assert row["roc_auc"] == pytest.approx(roc_auc_score(y, chance, multi_class="ovr"))
    assert row["log_loss_of_shares"] < np.log(3)
    assert {each["class"] for each in row["calibration"]} == set(classes)
