"""A forest is scored by its estimator, and says the logarithm of the mean share."""

import numpy as np
from small_targets import learn, sample

from customer_personas.prediction.model_parts.estimator_model import SHARE_FLOOR
from customer_personas.prediction.models.random_forest import TREES, RandomForest


def test_scores_are_logarithms_of_mean_shares_in_leaves():
    drawn = sample(["a", "b", "c"], customer_count=200)
    model = learn(RandomForest(), drawn)
    X, _ = model.encoding.matrix(drawn[2], ["observation_date", "customer_id"])
    leaves = model.leaves(X)
    shares = [tree.values[own] for tree, own in zip(model.trees, leaves.T, strict=True)]
    assert len(shares) == TREES
    assert np.allclose(model.scores(X), np.log(np.mean(shares, axis=0) + SHARE_FLOOR))
    assert model.scores_sql() is None
