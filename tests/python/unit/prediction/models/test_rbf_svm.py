"""A kernel machine is scored by its estimator; a linear model gives its reasons."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score
from small_targets import learn, sample

from customer_personas.prediction.models import REGISTRY
from customer_personas.prediction.models.rbf_svm import RbfSvm


def test_it_tells_classes_apart_and_has_no_contributions_of_its_own():
    drawn = sample(customer_count=200)
    model = learn(RbfSvm(), drawn)
    X, _ = model.encoding.matrix(drawn[2], ["observation_date", "customer_id"])
    assert roc_auc_score(drawn[3], model.scores(X)[:, 1]) > 0.8
    assert model.scores_sql() is None and not model.is_explained
    with pytest.raises(NotImplementedError):
        model.contributions(X, np.zeros(len(X), dtype=int))


def test_what_explains_it_is_explained():
    drawn = sample(customer_count=100)
    assert RbfSvm.explained_by
    assert all(learn(REGISTRY[name], drawn).is_explained for name in RbfSvm.explained_by)
