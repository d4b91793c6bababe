"""Algorithms race on the newest dates; who is behind beyond chance is left behind, few others."""

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_targets import features, fit, labels

from customer_personas.prediction.budget import FEWEST_ROWS, rows_within
from customer_personas.prediction.calibration import HeldOutScores
from customer_personas.prediction.data.classes import LEAST_CUSTOMERS
from customer_personas.prediction.model_parts.interface import Target
from customer_personas.prediction.models import REGISTRY
from customer_personas.prediction.search import Candidate, Task, keep_evenly, mark_left_behind

ALGORITHMS = [each for each in REGISTRY.values() if not each.is_baseline]


def candidate(algorithm, scores, y):
    halves = [slice(None, len(y) // 2), slice(len(y) // 2, None)]
    customers = np.arange(len(y))
    folds = [
        HeldOutScores(scores[half], y[half], scores[half], None, customers[half]) for half in halves
    ]
    return Candidate.calibrate(algorithm, {}, folds)


def drawn(noises, row_count=500, seed=0):
    """Candidates that see the truth with more or less noise."""
    rng = np.random.default_rng(seed)
    truth = rng.normal(size=row_count) * 2
    y = (rng.random(row_count) < 1 / (1 + np.exp(-truth))).astype(int)
    seen = [truth + rng.normal(size=row_count) * noise for noise in noises]
    return [
        candidate(algorithm, np.column_stack([np.zeros(row_count), one]), y)
        for algorithm, one in zip(ALGORITHMS, seen, strict=False)
    ]


def test_one_that_knows_nothing_is_left_behind_and_says_of_whom():
    marked = mark_left_behind(drawn([0.1, 50]), 6)
    assert marked[0].left_behind == ""
    assert f"of {ALGORITHMS[0].name} there" in marked[1].left_behind
    assert "on 2 of 6 folds" in marked[1].left_behind


@given(st.integers(0, 10_000), st.lists(st.floats(0, 5), min_size=1, max_size=6))
@settings(max_examples=30, deadline=None)
def test_the_best_and_its_equals_are_never_left_behind(seed, noises):
    tried = drawn(noises, seed=seed)
    marked = mark_left_behind(tried, 6)
    assert [each.algorithm for each in marked] == [each.algorithm for each in tried]
    best = min(each.loss for each in tried)
    assert all(not each.left_behind for each in marked if each.loss == best)


def test_nobody_is_left_behind_for_bad_luck():
    left = [
        each.left_behind
        for seed in range(60)
        for each in mark_left_behind(drawn([1, 1], row_count=200, seed=seed), 6)
    ]
    assert np.mean([bool(each) for each in left]) < 0.05


def test_many_settings_are_tried_on_one_date_and_few_on_many(monkeypatch):
    tried = []
    algorithm = type(REGISTRY["logistic_regression"])
    honest = algorithm.fit
    monkeypatch.setattr(
        algorithm,
        "fit",
        lambda *given: tried.append((len(given[3].X), given[4]["C"])) or honest(*given),
    )
    table = features(customer_count=400)
    # without the features of the baseline that is a regression itself
    table = table.drop_columns(["recency_days"])
    fit(
        duckdb.connect(),
        table,
        labels(features(customer_count=400), ["no", "yes"]),
        algorithms=["logistic_regression"],
    )
    fold_count = len({rows for rows, _ in tried}) - 1
    newest, second = tried[:5], tried[5:8]
    assert [C for _, C in newest] == algorithm.grid["C"]
    assert len({rows for rows, _ in newest}) == len({rows for rows, _ in second}) == 1
    assert {C for _, C in second} < {C for _, C in newest}
    # one setting on the other folds, and for the fits that are kept
    assert fold_count > 2 and len({C for _, C in tried[8:]}) == 1


def test_what_was_left_behind_is_reported_and_never_chosen():
    connection = duckdb.connect()
    table = features(customer_count=400)
    # a tree of steps is behind where the score is a sum
    labelled = labels(table, ["no", "yes"], noise=0.1)
    fitted = fit(
        connection, table, labelled, algorithms=["decision_tree", "linear_svm", "rbf_svm"]
    ).table.to_pylist()
    behind = [row for row in fitted if row["reason"].startswith("Left behind: log loss")]
    assert behind and not any(row["is_champion"] or row["is_published"] for row in behind)
    for row in behind:
        splits = {each["split"] for each in row["metrics"]}
        assert {"validation", "test"} <= splits


@given(st.lists(st.booleans(), max_size=300), st.integers(1, 50))
def test_rows_are_taken_evenly(mask, most):
    mask = np.array(mask, dtype=bool)
    kept = keep_evenly(mask, most)
    assert kept.sum() == min(most, mask.sum())
    assert not (kept & ~mask).any()
    if 1 < most < mask.sum():
        places = np.flatnonzero(mask)
        assert kept[places[0]] and kept[places[-1]]


@given(
    st.lists(st.tuples(st.booleans(), st.integers(0, 3)), min_size=1, max_size=300),
    st.integers(1, 50),
)
def test_thinned_rows_show_every_class_and_hardly_more_rows(rows, most):
    mask, y = np.array([each for each, _ in rows]), np.array([label for _, label in rows])
    task = Task(Target("need", "future", list("abcd"), [], 90, 7), None, y, {}, most)
    kept = task.thin(mask, most)
    assert not (kept & ~mask).any()
    assert set(y[kept]) == set(y[mask])
    assert kept.sum() <= most + 4 * LEAST_CUSTOMERS
    if set(y[keep_evenly(mask, most)]) == set(y[mask]):
        assert (kept == keep_evenly(mask, most)).all()


@pytest.mark.parametrize("classes", [2, 5, 30])
def test_more_time_and_fewer_classes_allow_more_rows(classes):
    assert rows_within(60, classes) > rows_within(30, classes)
    assert rows_within(30, classes + 1) < rows_within(30, classes)
    assert rows_within(0, classes) == FEWEST_ROWS


def test_a_fit_sees_no_more_rows_than_the_budget_allows(monkeypatch):
    seen = []
    algorithm = type(REGISTRY["logistic_regression"])
    honest = algorithm.fit
    monkeypatch.setattr(
        algorithm, "fit", lambda *given: seen.append(len(given[3].X)) or honest(*given)
    )
    table = features(customer_count=1500)
    fit(
        duckdb.connect(),
        table,
        labels(table, ["no", "yes"]),
        algorithms=["logistic_regression"],
        budget_seconds=1,
    )
    # the champion learns once from more; so does the baseline, a regression too
    assert sorted(seen)[len(seen) // 2] == FEWEST_ROWS
