"""Calibration errors without what chance adds to them."""

import numpy as np
import pytest

from customer_personas.prediction.evaluation.calibration_error import (
    BINS,
    equal_bins,
    measure_calibration,
)
from customer_personas.prediction.evaluation.resamples import Resamples


def two(positive):
    return np.column_stack([1 - positive, positive])


def draw(count, seed):
    rng = np.random.default_rng(seed)
    true = rng.beta(1, 3, count)
    return true, (rng.random(count) < true).astype(int)


def measure(y, said, seed=1):
    return measure_calibration(y, two(said), Resamples.draw(np.arange(len(y)), seed))


def test_what_is_certain_and_right_has_no_error():
    y = np.repeat([0, 1], [90, 10])
    error = measure(y, y.astype(float))
    assert error.values().max() == 0
    assert error.interval(1) == (0, 0)


def test_the_noise_floor_is_the_mean_error_of_right_probabilities():
    true, _ = draw(800, 0)
    found = [
        measure((np.random.default_rng(seed).random(800) < true).astype(int), true).values()[0]
        for seed in range(200)
    ]
    assert measure(np.zeros(800), true).noise_floor() == pytest.approx(np.mean(found), rel=0.05)


@pytest.mark.parametrize(
    "said",
    [
        lambda true: true,
        lambda true: np.clip(true - 0.03, 0.001, 1),
        lambda true: 1 / (1 + ((1 - true) / true) ** 1.4),
        lambda true: np.where(true < 0.1, 0.2, true),
    ],
    ids=["right", "too low", "too bold", "wrong in a few bins"],
)
def test_intervals_hold_the_error_without_chance(said):
    held, shares = 0, []
    for seed in range(100):
        true, y = draw(1000, seed)
        chance = said(true)
        error = measure(y, chance, seed)
        low, high = error.interval(seed)
        without = np.abs(np.bincount(equal_bins(chance), chance - true, BINS)).sum() / len(y)
        held += low - 1e-9 <= without <= high + 1e-9
        shares.append(low <= error.values()[0])
    assert held >= 88
    assert all(shares)
