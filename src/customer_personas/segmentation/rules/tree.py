"""The tree that repeats the personas: fitted, and read as one condition for each leaf."""

import math
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from sklearn.tree import DecisionTreeClassifier

from customer_personas.features.catalog import read_catalog
from customer_personas.features.sampling import sample_customers
from customer_personas.features.statistics import MAX_LEVELS, measure_columns
from customer_personas.segmentation.rules.conditions import Bounds, Question, round_threshold
from customer_personas.sql import query

SMALLEST_SHARE = 0.01
SAMPLE_SIZE = 20_000

SCHEMA = pa.schema(
    [
        ("persona_id", pa.string()),
        ("rule_number", pa.int32()),
        ("condition", pa.string()),
        ("condition_sql", pa.string()),
        ("published_sql", pa.string()),
    ]
)


def fit_rules(
    features: duckdb.DuckDBPyRelation,
    memberships: duckdb.DuckDBPyRelation,
    catalog: duckdb.DuckDBPyRelation,
    *,
    seed: int,
    max_depth: int = 4,
) -> pa.Table:
    """Find rules that describe the personas.

    A surrogate tree, as in Craven and Shavlik, Extracting tree-structured representations of
    trained networks (NIPS 1996).

    Parameters
    ----------
    features : duckdb.DuckDBPyRelation
        One row per customer.
    memberships : duckdb.DuckDBPyRelation
        ``customer_id`` and ``persona_id``, one row per customer.
    catalog : duckdb.DuckDBPyRelation
        The feature catalogue; the features that may enter segmentation are used.
    seed : int
        Seed of the sample and of the tree.
    max_depth : int
        Largest number of questions in a rule.

    Returns
    -------
    pyarrow.Table
        ``persona_id``, ``rule_number`` (by coverage, from 1 within a persona), ``condition`` in
        words, ``condition_sql`` over the columns of `features`, and ``published_sql``, what of it
        anybody can ask who has what is published of customers. Every rule holds for at least
        1 % of the customers, and most of them belong to its persona; no customer meets two rules.
    """
    own = query(
        memberships,
        "memberships",
        "select customer_id, cast(persona_id as varchar) as persona_id from memberships "
        "where persona_id is not null",
    )
    customers = features.set_alias("features").join(own.set_alias("own"), "customer_id")
    sample = sample_customers(customers, SAMPLE_SIZE, seed)
    questions = _list_questions(sample, catalog.filter("in_segmentation"))
    X, personas = _read_answers(sample, questions)
    if len(X) == 0:
        return SCHEMA.empty_table()
    leaves: list[dict[int, Bounds]] = [{}]
    if questions:
        tree = DecisionTreeClassifier(
            max_depth=max_depth, min_samples_leaf=SMALLEST_SHARE, random_state=seed
        )
        tree.fit(X, personas)
        leaves = _read_leaves(tree, questions, X)
    rules = []
    conditions = [_write_sql(leaf, questions) for leaf in leaves]
    for leaf, condition, persona, covered in _find_majorities(customers, leaves, conditions):
        words = "; ".join(questions[column].write_words(bounds) for column, bounds in leaf.items())
        published = {
            column: bounds for column, bounds in leaf.items() if questions[column].is_published
        }
        rules.append(
            (
                persona,
                -covered,
                words or "all customers",
                condition,
                _write_sql(published, questions),
            )
        )
    rules.sort()
    rows: list[dict[str, Any]] = []
    for persona, _, words, condition, published_condition in rules:
        place = 1 + sum(row["persona_id"] == persona for row in rows)
        rows.append(
            {
                "persona_id": persona,
                "rule_number": place,
                "condition": words,
                "condition_sql": condition,
                "published_sql": published_condition,
            }
        )
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def _write_sql(leaf: dict[int, Bounds], questions: list[Question]) -> str:
    return (
        " and ".join(questions[column].write_sql(bounds) for column, bounds in leaf.items())
        or "true"
    )


def _list_questions(
    customers: duckdb.DuckDBPyRelation, catalog: duckdb.DuckDBPyRelation
) -> list[Question]:
    """List what may be asked: numbers and flags as they are, categories level by level."""
    catalogued = read_catalog(customers, catalog)
    statistics = measure_columns(customers, catalogued)
    questions = []
    for row in catalogued:
        feature, unit, found = row["feature_name"], row["unit"], statistics[row["feature_name"]]
        label = row["label"][:1].lower() + row["label"][1:]
        shown = row["is_published"]
        unit = "" if unit == "as received" else unit
        if found.known_count == 0:
            continue
        if row["value_type"] == "boolean":
            questions.append(Question(feature, unit, "flag", label=label, is_published=shown))
        elif row["value_type"] == "numeric":
            has_missing = found.known_count < found.row_count
            questions.append(
                Question(feature, unit, "number", None, found.is_whole, has_missing, label, shown)
            )
        else:
            questions += [
                Question(feature, unit, "level", level, label=label, is_published=shown)
                for level, _ in found.levels[:MAX_LEVELS]
            ]
    return questions


def _read_answers(
    customers: duckdb.DuckDBPyRelation, questions: list[Question]
) -> tuple[np.ndarray, list[str]]:
    """Read the answers of each customer, missing numbers as NaN, and the persona."""
    answers = [f"{each.write_answer()} as answer_{n}" for n, each in enumerate(questions)]
    table = query(
        customers,
        "customers",
        f"select {', '.join(['persona_id', *answers])} from customers order by customer_id",
    ).to_arrow_table()
    X = np.empty((table.num_rows, len(questions)))
    for position in range(len(questions)):
        X[:, position] = table[f"answer_{position}"].to_numpy()
    return X, table["persona_id"].to_pylist()


def _read_leaves(
    tree: DecisionTreeClassifier, questions: list[Question], X: np.ndarray
) -> list[dict[int, Bounds]]:
    """Collect the bounds on the way to each leaf, one entry per question asked."""
    nodes = tree.tree_
    asked = tree.decision_path(X).tocsc()
    persona = nodes.value[:, 0].argmax(axis=1)
    leaves: list[dict[int, Bounds]] = []

    def personas_below(node: int) -> set[int]:
        if nodes.children_left[node] == -1:
            return {persona[node]}
        return personas_below(nodes.children_left[node]) | personas_below(
            nodes.children_right[node]
        )

    def descend(node: int, admitted: dict[int, Bounds]) -> None:
        # Splits below which every leaf has the same persona would only lengthen its rules.
        if len(personas_below(node)) == 1:
            leaves.append(admitted)
            return
        column = int(nodes.feature[node])
        missing_left = bool(nodes.missing_go_to_left[node])
        before = admitted.get(column, Bounds(or_missing=questions[column].has_missing))
        answers = X[asked[:, [node]].nonzero()[0], column]
        threshold = round_threshold(nodes.threshold[node], questions[column], answers)
        left = _narrow(before, threshold, True, missing_left)
        right = _narrow(before, threshold, False, not missing_left)
        descend(nodes.children_left[node], admitted | {column: left})
        descend(nodes.children_right[node], admitted | {column: right})

    descend(0, {})
    return leaves


def _narrow(before: Bounds, threshold: float, is_left: bool, missing_goes_here: bool) -> Bounds:
    """Add one comparison to the bounds on a question."""
    or_missing = before.or_missing and missing_goes_here
    if math.isinf(threshold):
        # The tree asked only whether the value is known: all known values go left.
        return (
            Bounds(before.above, before.at_most, or_missing)
            if is_left
            else Bounds(or_missing=True, only_missing=True)
        )
    if before.only_missing:
        return before
    if is_left:
        at_most = threshold if before.at_most is None else min(before.at_most, threshold)
        return Bounds(before.above, at_most, or_missing)
    above = threshold if before.above is None else max(before.above, threshold)
    return Bounds(above, before.at_most, or_missing)


def _find_majorities(
    customers: duckdb.DuckDBPyRelation, leaves: list[dict[int, Bounds]], conditions: list[str]
) -> list[tuple[dict[int, Bounds], str, str, int]]:
    """Give for each leaf that holds enough customers its most frequent persona and how many."""
    counts = ", ".join(
        f"count(*) filter (where {condition}) as leaf_{position}"
        for position, condition in enumerate(conditions)
    )
    table = query(
        customers,
        "customers",
        f"select persona_id, count(*) as customers, {counts} from customers "
        "group by persona_id order by persona_id",
    ).to_arrow_table()
    personas = table["persona_id"].to_pylist()
    total = sum(table["customers"].to_pylist())
    found = []
    for position, (leaf, condition) in enumerate(zip(leaves, conditions, strict=True)):
        matched = table[f"leaf_{position}"].to_pylist()
        if sum(matched) >= SMALLEST_SHARE * total:
            most = matched.index(max(matched))
            found.append((leaf, condition, personas[most], matched[most]))
    return found
