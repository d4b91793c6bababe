"""The machine tells classes apart, the less freely the stronger its penalty."""

import numpy as np
from sklearn.metrics import roc_auc_score
from small_targets import learn, sample

from customer_personas.prediction.models.linear_svm import LinearSvm


def test_a_stronger_penalty_gives_smaller_weights():
    drawn = sample(customer_count=200)
    strong, weak = (learn(LinearSvm(), drawn, {"C": C}) for C in (0.0001, 0.1))
    X, _ = weak.encoding.matrix(drawn[2], ["observation_date", "customer_id"])
    assert roc_auc_score(drawn[3], weak.scores(X)[:, 1]) > 0.8
    sizes = [np.abs(each.estimator[-1].coef_).sum() for each in (strong, weak)]
    assert sizes[0] < sizes[1] / 2
