"""The regression is the textbook's."""

import numpy as np
from sklearn.linear_model import LogisticRegression as Estimator
from sklearn.preprocessing import StandardScaler
from small_targets import learn, sample

from customer_personas.prediction.models.logistic_regression import LogisticRegression


def test_scores_are_log_odds():
    drawn = sample(customer_count=200)
    model = learn(LogisticRegression(), drawn, {"C": 0.1})
    X, _ = model.encoding.matrix(drawn[2], ["observation_date", "customer_id"])
    scaled = StandardScaler().fit_transform(X)
    expected = Estimator(C=0.1, max_iter=500, tol=1e-3).fit(scaled, drawn[3])
    assert np.allclose(model.scores(X)[:, 1], expected.decision_function(scaled))
    assert (model.scores(X)[:, 0] == 0).all()
