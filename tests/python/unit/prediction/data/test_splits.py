"""What is learnt from never reaches into what is judged."""

from datetime import date, timedelta

import numpy as np
import pytest

from customer_personas.prediction.data.splits import plan_declared, plan_future

HORIZON = 90
DAYS = [date(2024, 1, 1) + timedelta(days=30 * step) for step in range(12)]


def future(days=DAYS, customers=60):
    on = np.repeat(np.array(days, dtype=object), customers)
    parts = np.tile(np.arange(customers) % 3, len(days))
    fifths = np.tile(np.arange(customers) % 5, len(days))
    return on, parts, plan_future(on, np.ones(len(on), dtype=bool), parts, fifths, HORIZON)


def test_label_windows_end_before_the_date_that_is_judged():
    on, _, plan = future()
    for split in [*plan.folds, plan.selection, plan.test, *plan.earlier]:
        assert max(on[split.learn]) + timedelta(days=HORIZON) <= min(on[split.judge])
        assert (split.population | ~split.judge).all()


def test_no_customer_is_on_both_sides_of_a_fold():
    _, parts, plan = future()
    assert len(plan.folds) == 5
    for fold in plan.folds:
        assert not set(parts[fold.learn]) & set(parts[fold.judge])


@pytest.mark.parametrize("count", [4, 5, 6, 7, 8, 9, 12])
def test_features_of_a_fold_are_selected_without_what_it_judges_by(count):
    on, parts, plan = future(DAYS[:count])
    for fold in plan.folds:
        assert fold.selection is not None
        seen = fold.selection.learn | fold.selection.judge
        assert fold.selection.learn.any() and fold.selection.judge.any()
        if fold.day:
            assert max(on[seen]) < fold.day
        else:  # cross-validated over customers
            assert not set(parts[seen]) & set(parts[fold.judge])


def test_a_fold_counts_half_as_much_a_horizon_earlier():
    _, _, plan = future()
    weights = {fold.day: fold.weight for fold in plan.folds}
    assert weights[DAYS[8]] == 1
    assert weights[DAYS[5]] == pytest.approx(0.5)
    assert list(weights.values()) == sorted(weights.values())


def test_the_test_date_chooses_nothing():
    on, _, plan = future()
    for split in [*plan.folds, plan.selection]:
        assert max(on[split.judge]) + timedelta(days=HORIZON) <= plan.test.day
        assert not (split.learn & plan.test.judge).any()


@pytest.mark.parametrize("count", [1, 2, 3])
def test_without_a_date_far_enough_before_there_is_no_plan(count):
    _, _, plan = future(DAYS[:count])
    assert "labelled date" in plan


def test_declared_labels_are_tested_on_a_fifth_of_the_customers():
    fifths, parts = np.arange(100) % 5, np.arange(100) % 3
    plan = plan_declared(parts, fifths)
    assert plan.test.judge.sum() == 20 and not (plan.test.judge & plan.test.learn).any()
    for fold in plan.folds:
        assert not (fold.judge & plan.test.judge).any()
        seen = fold.selection.learn | fold.selection.judge
        assert not (seen & (fold.judge | plan.test.judge)).any()
    assert plan_declared(np.zeros(0), np.zeros(0)) == "No customer with a label has features."
