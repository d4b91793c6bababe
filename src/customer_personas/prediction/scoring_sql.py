"""Fitted models written as SQL over a relation ``features`` with one row per customer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from customer_personas.features.encoding import Encoding
from customer_personas.prediction.baselines import HABIT_PRIOR, Baseline
from customer_personas.prediction.bg_nbd import LEAST_PROBABILITY
from customer_personas.prediction.estimators import LINEAR, SHARE_FLOOR, Fitted
from customer_personas.sql import double, identifier, indent, literal, number


@dataclass(frozen=True)
class Tree:
    """A binary tree over inputs: below or at the threshold goes left.

    Parameters
    ----------
    feature, left, right : numpy.ndarray
        Input and children of each node; children are -1 in leaves.
    threshold : numpy.ndarray
        Threshold of each node.
    values : numpy.ndarray
        What a node says: one row per node, one column per class.
    """

    feature: np.ndarray
    threshold: np.ndarray
    left: np.ndarray
    right: np.ndarray
    values: np.ndarray


def trees_of(fitted: Fitted) -> list[Tree]:
    """Read the trees of a fitted tree, forest or boosting.

    Parameters
    ----------
    fitted : Fitted
        One of the algorithms with trees, which has seen every class.

    Returns
    -------
    list of Tree
        The trees: shares of the classes in their nodes, or what boosting adds to their scores.
    """
    estimator = fitted.estimator
    if fitted.algorithm == "gradient_boosting":
        # scikit-learn shows the trees of this estimator nowhere else
        rounds = estimator._predictors
        return [
            _boosted_tree(predictor.nodes, 1 if len(each) == 1 else position, fitted.class_count)
            for each in rounds
            for position, predictor in enumerate(each)
        ]
    trees = [estimator] if fitted.algorithm == "decision_tree" else estimator.estimators_
    return [
        Tree(
            each.tree_.feature,
            each.tree_.threshold,
            each.tree_.children_left,
            each.tree_.children_right,
            each.tree_.value[:, 0, :],
        )
        for each in trees
    ]


def _boosted_tree(nodes: np.ndarray, position: int, class_count: int) -> Tree:
    leaf = nodes["is_leaf"].astype(bool)
    left = np.where(leaf, -1, nodes["left"].astype(int))
    right = np.where(leaf, -1, nodes["right"].astype(int))
    weight = nodes["count"].astype(float)
    values = np.zeros((len(nodes), class_count))
    values[:, position] = nodes["value"]
    # children come after their parents: an inner node says the mean of its leaves
    for node in np.flatnonzero(~leaf)[::-1]:
        below = [left[node], right[node]]
        values[node] = weight[below] @ values[below] / weight[below].sum()
    return Tree(nodes["feature_idx"].astype(int), nodes["num_threshold"], left, right, values)


def used_inputs(model: Fitted | Baseline, encoding: Encoding) -> list[str]:
    """List the inputs that a model looks at: trees leave some aside.

    Parameters
    ----------
    model : Fitted or Baseline
        The model.
    encoding : Encoding
        Its inputs.

    Returns
    -------
    list of str
        Names of inputs, in their order.
    """
    if isinstance(model, Baseline) or model.algorithm in LINEAR or model.algorithm == "rbf_svm":
        return encoding.names
    used = {
        int(feature)
        for tree in trees_of(model)
        for feature, left in zip(tree.feature, tree.left, strict=True)
        if left >= 0
    }
    return [name for position, name in enumerate(encoding.names) if position in used]


def linear_terms(fitted: Fitted) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give a linear model in terms of the inputs as they are.

    Parameters
    ----------
    fitted : Fitted
        One of `LINEAR`.

    Returns
    -------
    weights : numpy.ndarray
        One row per class, one column per input. Of two classes the first has zeros, but in a
        choice model.
    intercepts : numpy.ndarray
        One number per class.
    means : numpy.ndarray
        Mean of each input among the training rows.
    """
    if fitted.algorithm == "choice_model":
        return fitted.estimator.coef_, fitted.estimator.intercept_, fitted.estimator.means_
    scaler, model = fitted.estimator
    weights = model.coef_ / scaler.scale_
    intercepts = model.intercept_ - weights @ scaler.mean_
    if fitted.class_count == 2:
        weights = np.vstack([np.zeros_like(weights), weights])
        intercepts = np.append(0.0, intercepts)
    return weights, intercepts, scaler.mean_


def probabilities_sql(
    model: Fitted | Baseline,
    encoding: Encoding,
    classes: Sequence[str],
    sharpness: float,
    offsets: np.ndarray,
) -> str:
    """Write a model with its calibration as SQL.

    Parameters
    ----------
    model : Fitted or Baseline
        The model; it has seen every class.
    encoding : Encoding
        Its inputs.
    classes : sequence of str
        Names of the classes.
    sharpness : float
        Factor on the scores.
    offsets : numpy.ndarray
        One number per class.

    Returns
    -------
    str
        A SELECT of ``customer_id``, ``class`` and ``probability``, one row per customer and class.
    """
    scaled = [
        f"{number(sharpness)} * score_{position} + {number(offset)} as level_{position}"
        for position, offset in enumerate(offsets)
    ]
    levels = [f"level_{position}" for position in range(len(classes))]
    # The highest is taken off first, so that no exponential overflows.
    exponentials = [
        f"exp(level_{position} - highest) as exponential_{position}"
        for position in range(len(classes))
    ]
    total = " + ".join(f"exponential_{position}" for position in range(len(classes)))
    named = [f"exponential_{position} as {literal(name)}" for position, name in enumerate(classes)]
    return f"""with inputs as (
{indent(encoding.keep(used_inputs(model, encoding)).select_sql("features", ["customer_id"]))}
),

{_scores_sql(model, encoding)},

levels as (
    select
        customer_id,
        {_lines(scaled)}
    from scores
),

exponentials as (
    select
        customer_id,
        {_lines(exponentials)}
    from (select *, greatest({", ".join(levels)}) as highest from levels)
),

totals as (
    select *, {total} as total
    from exponentials
)

select customer_id, class, exponential / total as probability
from totals
unpivot (exponential for class in (
    {_lines(named, 4)}
))"""


def _lines(expressions: Sequence[str], spaces: int = 8) -> str:
    return (",\n" + " " * spaces).join(expressions)


def _scores_sql(model: Fitted | Baseline, encoding: Encoding) -> str:
    """Write the scores: CTEs of which the last is called ``scores``."""
    if isinstance(model, Baseline):
        if model.algorithm == "recency_only":
            return _scores_sql(model.recency, encoding)
        if model.algorithm == "bg_nbd":
            return _bg_nbd_sql(model)
        if model.algorithm == "own_habit":
            return _habit_sql(model, encoding)
        return _select_scores(["0e0"] * model.class_count)
    if model.algorithm in LINEAR:
        weights, intercepts, _ = linear_terms(model)
        return _select_scores(
            [
                _sum([number(intercept), *_products(row, encoding.names)])
                for row, intercept in zip(weights, intercepts, strict=True)
            ]
        )
    if model.algorithm == "rbf_svm":
        return _kernel_sql(model, encoding)
    return _trees_sql(model, encoding)


def _select_scores(expressions: Sequence[str], relation: str = "inputs") -> str:
    columns = [f"{each} as score_{position}" for position, each in enumerate(expressions)]
    return f"""scores as (
    select
        customer_id,
        {_lines(columns)}
    from {relation}
)"""


def _products(weights: np.ndarray, names: Sequence[str]) -> list[str]:
    return [
        f"{number(weight)} * {identifier(name)}"
        for weight, name in zip(weights, names, strict=True)
        if weight != 0
    ]


def _sum(terms: Sequence[str]) -> str:
    return " + ".join(f"({term})" if term.startswith("-") else term for term in terms)


def tree_case(tree: Tree, names: Sequence[str], node: int, leaf: Callable[[int], str]) -> str:
    """Write a tree as nested CASE.

    Parameters
    ----------
    tree : Tree
        The tree.
    names : sequence of str
        Names of the inputs.
    node : int
        Where to start; 0 is the root.
    leaf : callable
        Gives the SQL of a leaf from its number.

    Returns
    -------
    str
        An expression.
    """
    if tree.left[node] < 0:
        return leaf(node)
    column = identifier(names[tree.feature[node]])
    left = tree_case(tree, names, int(tree.left[node]), leaf)
    right = tree_case(tree, names, int(tree.right[node]), leaf)
    return f"case when {column} <= {number(tree.threshold[node])} then {left} else {right} end"


def _trees_sql(model: Fitted, encoding: Encoding) -> str:
    """Trees side by side, then their sum (boosting) or the logarithm of their mean."""
    trees = trees_of(model)
    boosted = model.algorithm == "gradient_boosting"
    two = model.class_count == 2

    def said(tree: Tree, own: int) -> str:
        if boosted:
            return tree_case(tree, encoding.names, 0, lambda node: number(tree.values[node, own]))
        if two:
            return tree_case(tree, encoding.names, 0, lambda node: number(tree.values[node, 1]))
        return tree_case(tree, encoding.names, 0, lambda node: _list(tree.values[node]))

    owns = [int(np.abs(tree.values).sum(axis=0).argmax()) for tree in trees] if boosted else []
    columns = [
        f"{said(tree, owns[number_] if boosted else 0)} as tree_{number_}"
        for number_, tree in enumerate(trees)
    ]
    side_by_side = f"""trees as (
    select
        customer_id,
        {_lines(columns)}
    from inputs
)"""
    if boosted:
        starts = np.ravel(model.estimator._baseline_prediction)
        starts = np.append(0.0, starts) if two else starts
        expressions = [
            _sum([number(start), *(f"tree_{t}" for t, own in enumerate(owns) if own == position)])
            for position, start in enumerate(starts)
        ]
    elif two:
        mean = f"({' + '.join(f'tree_{t}' for t in range(len(trees)))}) / {len(trees)}e0"
        floor = number(SHARE_FLOOR)
        expressions = ["0e0", f"ln({mean} + {floor}) - ln(1 - {mean} + {floor})"]
    else:
        expressions = [
            f"ln(({' + '.join(f'tree_{t}[{position + 1}]' for t in range(len(trees)))}) "
            f"/ {len(trees)}e0 + {number(SHARE_FLOOR)})"
            for position in range(model.class_count)
        ]
    return f"{side_by_side},\n\n{_select_scores(expressions, 'trees')}"


def _list(values: np.ndarray) -> str:
    return f"[{', '.join(map(double, values))}]"


def _kernel_sql(model: Fitted, encoding: Encoding) -> str:
    """Similarities to the landmarks, then their weighted sum per class."""
    scaler, landmarks, svm = model.estimator
    weights = svm.coef_ @ landmarks.normalization_
    intercepts = svm.intercept_
    if model.class_count == 2:
        weights = np.vstack([np.zeros_like(weights), weights])
        intercepts = np.append(0.0, intercepts)
    width = len(encoding.names)
    standardised = [
        f"({identifier(name)} - {number(mean)}) / {number(scale)}"
        for name, mean, scale in zip(encoding.names, scaler.mean_, scaler.scale_, strict=True)
    ]
    similarities = [
        f"exp({number(-landmarks.gamma)} * "
        f"pow(array_distance(point, cast({_list(landmark)} as double[{width}])), 2)) "
        f"as near_{place}"
        for place, landmark in enumerate(landmarks.components_)
    ]
    near = [f"near_{place}" for place in range(len(landmarks.components_))]
    expressions = [
        _sum([number(intercept), *_products(row, near)])
        for row, intercept in zip(weights, intercepts, strict=True)
    ]
    return f"""points as (
    select
        customer_id,
        cast([{", ".join(standardised)}] as double[{width}]) as point
    from inputs
),

similarities as (
    select
        customer_id,
        {_lines(similarities)}
    from points
),

{_select_scores(expressions, "similarities")}"""


def _bg_nbd_sql(model: Baseline) -> str:
    """Write the probability of a purchase under BG/NBD, as log-odds."""
    r, alpha, a, b = (
        number(value)
        for value in (model.bg_nbd.r, model.bg_nbd.alpha, model.bg_nbd.a, model.bg_nbd.b)
    )
    least = number(LEAST_PROBABILITY)
    horizon = number(model.horizon_days)
    expressions = [
        "0e0",
        f"case when bought then ln(probability / (1 - probability)) "
        f"else {number(model.never_bought)} end",
    ]
    return f"""histories as (
    select
        customer_id,
        order_days > 0 as bought,
        greatest(order_days - 1, 0) as repeats,
        greatest(days_since_first_order - recency_days, 0) as last_at,
        days_since_first_order as age
    from inputs
),

chances as (
    select
        customer_id,
        bought,
        1 - exp(({r} + repeats) * ln(({alpha} + age) / ({alpha} + age + {horizon}))) as would_buy,
        case when repeats > 0
            then {a} / ({b} + repeats - 1)
                * exp(({r} + repeats) * ln(({alpha} + age) / ({alpha} + last_at)))
            else 0e0
        end as odds_gone
    from histories
),

bounded as (
    select
        customer_id,
        bought,
        least(greatest(would_buy / (1 + odds_gone), {least}), 1 - {least}) as probability
    from chances
),

{_select_scores(expressions, "bounded")}"""


def _habit_sql(model: Baseline, encoding: Encoding) -> str:
    """Write the own shares of spend, as logarithms."""
    own = dict(zip(model.own, encoding.names, strict=True))
    rest = f"greatest(1 - ({' + '.join(map(identifier, encoding.names))}), 0)"
    expressions = []
    for position, weight in enumerate(model.rest_weights()):
        share = identifier(own[position]) if position in own else f"rest * {number(weight)}"
        prior = number(HABIT_PRIOR * model.shares[position])
        expressions.append(f"ln(({share} + {prior}) / {number(1 + HABIT_PRIOR)})")
    return f"""shares as (
    select *, {rest} as rest
    from inputs
),

{_select_scores(expressions, "shares")}"""
