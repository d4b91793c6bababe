"""Calibrated probabilities are as sure as they may be, and meet the shares that are expected."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.special import softmax

from customer_personas.prediction.calibration import (
    HeldOutScores,
    correct_prior_shift,
    fit_inverse_temperature,
    probabilities,
)


@given(st.integers(0, 10_000), st.integers(2, 8))
@settings(max_examples=30, deadline=None)
def test_class_shares_are_what_is_asked_for(seed, class_count):
    rng = np.random.default_rng(seed)
    scores = rng.normal(size=(200, class_count)) * 2
    shares = rng.dirichlet(np.full(class_count, 2.0)).clip(0.01)
    shares /= shares.sum()
    found = probabilities(scores, 1.0, correct_prior_shift(scores, shares))
    assert np.allclose(found.mean(axis=0), shares, atol=1e-4)


@given(st.integers(0, 10_000), st.integers(2, 8), st.sampled_from([10.0, 100.0, 1000.0]))
@example(5, 6, 100.0)
@settings(max_examples=60, deadline=None)
def test_they_are_met_where_scores_leave_no_doubt_too(seed, class_count, sureness):
    rng = np.random.default_rng(seed)
    scores = np.eye(class_count)[rng.integers(0, class_count, 200)] * sureness
    scores += rng.normal(size=scores.shape)
    shares = rng.dirichlet(np.full(class_count, 2.0)).clip(0.01)
    shares /= shares.sum()
    found = probabilities(scores, 1.0, correct_prior_shift(scores, shares))
    assert np.allclose(found.mean(axis=0), shares, atol=1e-6)


def test_scores_that_are_too_sure_are_flattened():
    rng = np.random.default_rng(0)
    truth = rng.normal(size=5000)
    y = (rng.random(5000) < 1 / (1 + np.exp(-truth))).astype(int)
    scores = np.column_stack([np.zeros(5000), 4 * truth])
    held_out = HeldOutScores(scores, y, scores, np.array([0.5, 0.5]), np.arange(len(y)))
    inverse_temperature, loss = fit_inverse_temperature([held_out])
    assert inverse_temperature == pytest.approx(0.25, abs=0.03)
    found = held_out.probabilities(inverse_temperature)[np.arange(len(y)), y]
    assert loss == pytest.approx(-np.log(found).mean(), abs=1e-6)


def test_probabilities_are_the_softmax_of_scaled_and_shifted_scores():
    scores = np.random.default_rng(3).normal(size=(50, 4)) * 300
    shift = np.array([0.3, -0.1, 0.0, -0.2])
    expected = softmax(2.5 * scores + shift, axis=1)
    assert np.array_equal(probabilities(scores, 2.5, shift), expected)
