"""BG/NBD finds the rates that purchases were simulated with."""

import numpy as np
import pytest
from small_targets import learn, sample

from customer_personas.prediction.models.bg_nbd import (
    HISTORY,
    BgNbd,
    PurchaseModel,
    fit_purchases,
)


def test_bg_nbd_finds_the_rate_it_was_simulated_with():
    rng = np.random.default_rng(1)
    repeats, last, bought = [], [], []
    for _ in range(4000):
        rate, leaves = rng.gamma(1.5, 1 / 60), rng.beta(1.0, 4.0)
        day, count, gone, then = 0.0, 0, False, False
        while not gone:
            gap = rng.exponential(1 / rate)
            if day + gap > 300 + 90:
                break
            day += gap
            if day > 300:
                then = True
                break
            count += 1
            gone = rng.random() < leaves
            seen = day
        repeats.append(count)
        last.append(seen if count else 0.0)
        bought.append(then)
    repeats, last, age = np.array(repeats), np.array(last), np.full(4000, 300.0)
    model = fit_purchases(repeats, last, age)
    found = model.probability(repeats, last, age, 90)
    assert found.mean() == pytest.approx(np.mean(bought), abs=0.03)
    for part in (repeats == 0, (repeats > 0) & (last < 150), last > 250):
        assert found[part].mean() == pytest.approx(np.array(bought)[part].mean(), abs=0.06)
    assert isinstance(model, PurchaseModel)


def test_who_never_bought_gets_the_rate_of_those_who_never_bought():
    drawn = sample(customer_count=200)
    model = learn(BgNbd(), drawn, {})
    assert model.encoding.features == list(HISTORY)
    scores = model.scores(np.array([[0.0, 0.0, 0.0], [3.0, 10.0, 200.0]]))
    assert scores[0, 1] == model.never_bought
    assert scores[1, 1] > scores[0, 1]
