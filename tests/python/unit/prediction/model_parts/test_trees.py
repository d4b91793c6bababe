"""Contributions along the paths of trees, against a walk node by node."""

import numpy as np
import pytest
from small_targets import learn, sample

from customer_personas.prediction.model_parts.trees import NEGLIGIBLE
from customer_personas.prediction.models import REGISTRY

TREES = ["decision_tree", "random_forest", "gradient_boosting"]


@pytest.fixture(scope="module", params=[["no", "yes"], ["a", "b", "c", "d"]], ids=["two", "four"])
def drawn(request):
    return sample(request.param, customer_count=200)


def slow_contributions(tree, row, predicted, input_count):
    """Walk one row down one tree."""
    added = np.zeros(input_count)
    node = 0
    while tree.left[node] >= 0:
        feature = tree.feature[node]
        left = np.float32(row[feature]) <= tree.threshold[node]
        child = tree.left[node] if left else tree.right[node]
        beyond = [tree.values[k][predicted] - tree.values[k].mean() for k in (node, child)]
        added[feature] += beyond[1] - beyond[0]
        node = child
    added[np.abs(added) < NEGLIGIBLE] = 0
    return added


@pytest.mark.parametrize("name", TREES)
def test_contributions_are_those_of_a_walk(drawn, name):
    model = learn(REGISTRY[name], drawn)
    X, _ = model.encoding.matrix(drawn[2], ["observation_date", "customer_id"])
    X = X[:40]
    predicted = np.arange(40) % model.class_count
    expected = [
        sum(slow_contributions(tree, row, k, X.shape[1]) for tree in model.trees)
        for row, k in zip(X, predicted, strict=True)
    ]
    assert np.allclose(model.contributions(X, predicted), expected, atol=1e-9)


@pytest.mark.parametrize("name", TREES)
def test_contributions_add_up_to_what_the_trees_say_beyond_their_roots(drawn, name):
    model = learn(REGISTRY[name], drawn)
    X, _ = model.encoding.matrix(drawn[2], ["observation_date", "customer_id"])
    # what is negligible in each tree adds up, a little
    leaves = model.leaves(X)
    said = sum(
        tree.values[own] - tree.values[0] for tree, own in zip(model.trees, leaves.T, strict=True)
    )
    for k in range(model.class_count):
        found = model.contributions(X, np.full(len(X), k)).sum(axis=1)
        expected = said[:, k] - said.mean(axis=1)
        assert np.abs(found - expected).max() < NEGLIGIBLE * len(model.trees) * 10


@pytest.mark.parametrize("name", TREES)
def test_a_tree_without_a_split_says_the_same_of_everybody(drawn, name):
    target, encoding, relation, y = drawn
    one_row = encoding.keep(encoding.names[:1])
    settings = {"ccp_alpha": 10.0} if name == "decision_tree" else None
    few = np.arange(len(y)) < 4
    model = learn(REGISTRY[name], (target, one_row, relation, y), settings, rows=few)
    X = np.zeros((3, 1))
    assert (model.contributions(X, np.zeros(3, dtype=int)) == 0).all()
    assert model.used_inputs() == []
