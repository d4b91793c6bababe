"""A tree as SQL is the tree."""

import numpy as np
from small_targets import learn, sample

from customer_personas.prediction.model_parts.trees import Tree
from customer_personas.prediction.models.decision_tree import DecisionTree, tree_case


def test_a_tree_reads_as_nested_case():
    tree = Tree(
        np.array([0, -2, 1, -2, -2]),
        np.array([1.5, 0, 3, 0, 0]),
        np.array([1, -1, 3, -1, -1]),
        np.array([2, -1, 4, -1, -1]),
        np.zeros((5, 2)),
    )
    assert tree_case(tree, ["age", "it's"], str) == (
        'case when "age" <= 1.5e0 then 1 else case when "it\'s" <= 3 then 3 else 4 end end'
    )


def test_only_inputs_that_split_are_read():
    model = learn(DecisionTree(), sample(customer_count=200), {"max_leaf_nodes": 3})
    assert 0 < len(model.used_inputs()) <= 2
    assert all(f'"{name}"' in model.scores_sql() for name in model.used_inputs())
