"""Weights and contributions of linear models are those of their scores."""

import numpy as np
import pytest
from small_targets import learn, sample

from customer_personas.prediction.models import REGISTRY

LINEAR = ["logistic_regression", "linear_svm"]


@pytest.fixture(scope="module", params=[["no", "yes"], ["a", "b", "c"]], ids=["two", "three"])
def drawn(request):
    return sample(request.param, customer_count=200)


@pytest.mark.parametrize("name", LINEAR)
def test_terms_give_the_scores(drawn, name):
    model = learn(REGISTRY[name], drawn)
    X, _ = model.encoding.matrix(drawn[2], ["observation_date", "customer_id"])
    terms = model.terms()
    assert np.allclose(X @ terms.weights.T + terms.intercepts, model.scores(X))
    assert np.allclose(terms.means, X.mean(axis=0))


@pytest.mark.parametrize("name", LINEAR)
def test_contributions_add_up_to_the_score_beyond_that_of_the_mean_customer(drawn, name):
    model = learn(REGISTRY[name], drawn)
    X, _ = model.encoding.matrix(drawn[2], ["observation_date", "customer_id"])
    scores = model.scores(X) - model.scores(X.mean(axis=0, keepdims=True))
    beyond = scores - scores.mean(axis=1, keepdims=True)
    for k in range(model.class_count):
        found = model.contributions(X, np.full(len(X), k)).sum(axis=1)
        assert np.allclose(found, beyond[:, k])
