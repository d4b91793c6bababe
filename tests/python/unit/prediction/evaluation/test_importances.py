"""What a model loses without a feature, against shuffling feature by feature."""

import numpy as np
from small_targets import learn, sample

from customer_personas.prediction.calibration import probabilities
from customer_personas.prediction.evaluation.importances import REPEATS, permutation_importances
from customer_personas.prediction.models.decision_tree import DecisionTree


def slow_importances(predict, X, y, encoding, seed):
    rng = np.random.default_rng(seed)
    before = -np.log(np.maximum(predict(X)[np.arange(len(y)), y], 1e-4))
    found = {}
    for feature in encoding.features:
        own = [each.feature == feature for each in encoding.inputs]
        increases = []
        for _ in range(REPEATS):
            shuffled = X.copy()
            shuffled[:, own] = X[rng.permutation(len(X))][:, own]
            after = -np.log(np.maximum(predict(shuffled)[np.arange(len(y)), y], 1e-4))
            increases.append(np.mean(after - before))
        found[feature] = np.mean(increases)
    return found


def test_it_is_the_mean_increase_of_the_log_loss():
    drawn = sample(customer_count=60)
    model = learn(DecisionTree(), drawn)
    X, _ = model.encoding.matrix(drawn[2], ["observation_date", "customer_id"])

    def predict(inputs):
        return probabilities(model.scores(inputs), 1.0, np.zeros(2))

    used = model.used_inputs()
    found = permutation_importances(predict, X, drawn[3], model.encoding, used, 3)
    expected = slow_importances(predict, X, drawn[3], model.encoding, 3)
    assert [each["feature_name"] for each in found] == sorted(
        expected, key=lambda name: (-expected[name], name)
    )
    assert all(
        np.isclose(each["log_loss_increase"], expected[each["feature_name"]]) for each in found
    )
    assert found[0]["log_loss_increase"] > 0 and found[-1]["log_loss_increase"] == 0
    assert permutation_importances(predict, X[:0], drawn[3][:0], model.encoding, used, 3) == []
