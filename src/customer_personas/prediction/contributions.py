"""How much each feature adds to a customer's score, written as SQL.

Linear models: weight times the distance of the input from its mean. Trees: along the path from the
root to the leaf, each split adds what the node below says beyond the node above; the sum over the
features is exactly the score less that of the root. For several classes a contribution is counted
beyond the mean over the classes.
"""

from collections.abc import Sequence

import numpy as np

from customer_personas.features.encoding import Encoding
from customer_personas.prediction.estimators import LINEAR, TREES, Fitted
from customer_personas.prediction.scoring_sql import (
    Tree,
    linear_terms,
    tree_case,
    trees_of,
    used_inputs,
)
from customer_personas.sql import double, identifier, indent, literal

# Less than this changes no reason.
NEGLIGIBLE = 1e-4


def contributions_sql(model: Fitted, encoding: Encoding, classes: Sequence[str]) -> str | None:
    """Write the contributions of features to the score of each customer's likeliest class.

    Parameters
    ----------
    model : Fitted
        A linear model or one of trees; others have no exact contributions.
    encoding : Encoding
        Its inputs.
    classes : sequence of str
        Names of the classes.

    Returns
    -------
    str or None
        A SELECT over ``features`` and ``predicted`` (customer_id, class) that gives customer_id,
        feature_name and contribution; positive speaks for the class.
    """
    if model.algorithm in LINEAR:
        return _linear_sql(model, encoding, classes)
    if model.algorithm in TREES:
        return _trees_sql(model, encoding, classes)
    return None


def _linear_sql(model: Fitted, encoding: Encoding, classes: Sequence[str]) -> str:
    weights, _, means = linear_terms(model)
    weights = weights - weights.mean(axis=0)
    terms = [
        f"({literal(name)}, {literal(each.name)}, {literal(each.feature)}, "
        f"{double(weights[row, column])}, {double(means[column])})"
        for row, name in enumerate(classes)
        for column, each in enumerate(encoding.inputs)
    ]
    names = ", ".join(map(identifier, encoding.names))
    return f"""with inputs as (
{indent(encoding.select_sql("features", ["customer_id"]))}
),

long as (
    select customer_id, input_name, input_value
    from inputs
    unpivot (input_value for input_name in ({names}))
),

terms (class, input_name, feature_name, weight, mean) as (
    values
    {_rows(terms)}
)

select
    long.customer_id,
    terms.feature_name,
    sum(cast(terms.weight * (long.input_value - terms.mean) as decimal(28, 9))) as contribution
from long
inner join predicted on long.customer_id = predicted.customer_id
inner join terms on long.input_name = terms.input_name and predicted.class = terms.class
group by long.customer_id, terms.feature_name"""


def _trees_sql(model: Fitted, encoding: Encoding, classes: Sequence[str]) -> str:
    trees = trees_of(model)
    leaves = ",\n        ".join(
        f"{tree_case(tree, encoding.names, 0, str)} as tree_{place}"
        for place, tree in enumerate(trees)
    )
    terms = [
        f"('tree_{place}', {leaf}, {literal(classes[position])}, "
        f"{literal(encoding.inputs[feature].feature)}, {double(value)})"
        for place, tree in enumerate(trees)
        for leaf, feature, position, value in _path_terms(tree)
    ]
    # a forest of stumps without a split says the same of everybody
    terms = terms or [f"('tree_0', -1, {literal(classes[0])}, '', 0e0)"]
    kept = encoding.keep(used_inputs(model, encoding))
    return f"""with inputs as (
{indent(kept.select_sql("features", ["customer_id"]))}
),

leaves as (
    select
        customer_id,
        {leaves}
    from inputs
),

long as (
    select customer_id, tree, leaf
    from leaves
    unpivot (leaf for tree in ({", ".join(f"tree_{place}" for place in range(len(trees)))}))
),

terms (tree, leaf, class, feature_name, contribution) as (
    values
    {_rows(terms)}
)

select
    long.customer_id,
    terms.feature_name,
    sum(cast(terms.contribution as decimal(28, 9))) as contribution
from long
inner join predicted on long.customer_id = predicted.customer_id
inner join terms
    on long.tree = terms.tree and long.leaf = terms.leaf and predicted.class = terms.class
group by long.customer_id, terms.feature_name"""


def _path_terms(tree: Tree) -> list[tuple[int, int, int, float]]:
    """List leaf, input, class and what the input adds on the way to the leaf."""
    values = tree.values - tree.values.mean(axis=1, keepdims=True)
    found = []
    stack: list[tuple[int, dict[int, np.ndarray]]] = [(0, {})]
    while stack:
        node, added = stack.pop()
        if tree.left[node] < 0:
            found += [
                (node, feature, position, float(value))
                for feature, by_class in sorted(added.items())
                for position, value in enumerate(by_class)
                if abs(value) >= NEGLIGIBLE
            ]
            continue
        feature = int(tree.feature[node])
        for child in (int(tree.left[node]), int(tree.right[node])):
            step = values[child] - values[node]
            stack.append((child, added | {feature: added.get(feature, 0) + step}))
    return found


def _rows(rows: Sequence[str]) -> str:
    return ",\n    ".join(rows)
