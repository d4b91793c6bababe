"""Fitted scikit-learn estimators written as SQL."""

import numpy as np
import orbital
import sqlglot
from orbital.types import DoubleColumnType, StringColumnType
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from sklearn.tree._tree import Tree

from customer_personas.sql_text import identifier, indent, literal, number


def softmax_scores_sql(
    inputs_sql: str,
    input_names: list[str],
    scaler: StandardScaler,
    scores: LinearRegression,
    classes: list[str],
) -> str:
    """Write a linear classifier as SQL: a score per class, then the softmax of the scores.

    orbital compiles the scores only. Its own softmax repeats every score for every pair of classes:
    1.1 MB of SQL for 30 classes and 100 inputs, where this needs 0.13 MB.

    Parameters
    ----------
    inputs_sql : str
        A SELECT of ``customer_id`` and the inputs.
    input_names : list of str
        The inputs, in the order of the scaler's columns.
    scaler : sklearn.preprocessing.StandardScaler
        Fitted scaler of the inputs.
    scores : sklearn.linear_model.LinearRegression
        The scores of the classes, from the scaled inputs.
    classes : list of str
        Names of the classes.

    Returns
    -------
    str
        A SELECT of ``customer_id``, ``class`` and ``probability``, one row per customer and class.
    """
    compiled = _compile(make_pipeline(scaler, scores), input_names)
    columns = [identifier(f"variable.out_{position}") for position in range(len(classes))]
    # The highest score is taken off first, so that no exponential overflows.
    exponentials = ",\n        ".join(
        f"exp({column} - highest) as exponential_{position}"
        for position, column in enumerate(columns)
    )
    total = " + ".join(f"exponential_{position}" for position in range(len(classes)))
    named = ",\n    ".join(
        f"exponential_{position} as {literal(name)}" for position, name in enumerate(classes)
    )
    return f"""with inputs as (
{indent(inputs_sql)}
),

scores as (
{indent(compiled)}
),

exponentials as (
    select
        customer_id,
        {exponentials}
    from (select *, greatest({", ".join(columns)}) as highest from scores)
),

totals as (
    select *, {total} as total
    from exponentials
)

select customer_id, class, exponential / total as probability
from totals
unpivot (exponential for class in (
    {named}
))"""


def tree_scores_sql(
    inputs_sql: str, input_names: list[str], tree: DecisionTreeClassifier, classes: list[str]
) -> str:
    """Write a decision tree as SQL: one nested CASE finds the leaf, a list gives its shares.

    Parameters
    ----------
    inputs_sql : str
        A SELECT of ``customer_id`` and at least the inputs that the tree compares.
    input_names : list of str
        All inputs, in the order of the tree's columns.
    tree : sklearn.tree.DecisionTreeClassifier
        Fitted tree; its classes are positions in `classes`.
    classes : list of str
        Names of the classes.

    Returns
    -------
    str
        A SELECT of ``customer_id``, ``class`` and ``probability``, one row per customer and class.
    """
    compiled = _compile(make_pipeline(_leaf_numbers(tree)), input_names)
    leaves = np.flatnonzero(tree.tree_.children_left == -1)
    shares = ",\n    ".join(
        f"({leaf}, {literal(name)}, {number(tree.tree_.value[leaf, 0, position])})"
        for leaf in leaves
        for position, name in enumerate(classes)
    )
    return f"""with inputs as (
{indent(inputs_sql)}
),

leaves as (
{indent(compiled)}
),

shares (leaf, class, probability) as (
    values
    {shares}
)

select
    leaves.customer_id,
    shares.class,
    cast(shares.probability as double) as probability
from leaves
inner join shares on leaves.variable = shares.leaf"""


def _leaf_numbers(tree: DecisionTreeClassifier) -> DecisionTreeRegressor:
    """Give the same tree with the number of the leaf as its prediction.

    orbital repeats a classification tree once per class, and the choice of the most likely class
    doubles in length with each: 15 classes are out of reach. The leaf's number needs one CASE.
    """
    state = tree.tree_.__getstate__()
    state["values"] = np.arange(tree.tree_.node_count, dtype=float).reshape(-1, 1, 1)
    numbered = Tree(tree.n_features_in_, np.array([1], dtype=np.intp), 1)
    numbered.__setstate__(state)
    regressor = DecisionTreeRegressor()
    regressor.tree_ = numbered
    regressor.n_features_in_ = tree.n_features_in_
    regressor.n_outputs_ = 1
    return regressor


def _compile(pipeline: Pipeline, input_names: list[str]) -> str:
    """Compile a pipeline over a relation ``inputs``, keeping the customer id."""
    # ONNX names its own variables too ("variable", "label"): a prefix keeps ours apart meanwhile.
    original = {f"model_input_{name}": name for name in input_names}
    columns = {name: DoubleColumnType() for name in original}
    columns["customer_id"] = StringColumnType(passthrough=True)
    sql = orbital.export_sql(
        "inputs",
        orbital.parse_pipeline(pipeline, columns),
        dialect="duckdb",
        projection=orbital.ResultsProjection(["customer_id"]),
    )
    query = sqlglot.parse_one(sql, dialect="duckdb")
    for node in query.find_all(sqlglot.exp.Identifier):
        node.set("this", original.get(node.name, node.name))
    return query.sql("duckdb", pretty=True)
