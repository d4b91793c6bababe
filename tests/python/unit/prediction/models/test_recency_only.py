"""The baseline of recency looks at recency alone."""

import numpy as np
from small_targets import learn, sample

from customer_personas.prediction.models.recency_only import RecencyOnly


def test_the_longer_ago_the_last_order_the_less_likely_the_next():
    drawn = sample(customer_count=200)
    model = learn(RecencyOnly(), drawn, {})
    assert model.encoding.features == ["recency_days"]
    X, _ = model.encoding.matrix(drawn[2], ["observation_date", "customer_id"])
    bought = X[:, 1] == 0 if X.shape[1] > 1 else np.ones(len(X), dtype=bool)
    score = model.scores(X)[bought, 1]
    assert np.corrcoef(X[bought, 0], score)[0, 1] < -0.99


def test_it_suits_two_classes_that_look_ahead():
    target, encoding, *_ = sample(customer_count=50)
    three, *_ = sample(["a", "b", "c"], customer_count=50)
    declared, *_ = sample(kind="declared", customer_count=50)
    baseline = RecencyOnly()
    assert baseline.suits(target, encoding)
    assert not baseline.suits(three, encoding) and not baseline.suits(declared, encoding)
    others = [name for name in encoding.names if not name.startswith("recency")]
    assert not baseline.suits(target, encoding.keep(others))
