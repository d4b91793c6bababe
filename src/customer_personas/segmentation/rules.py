"""Personas described by rules that a person can read and the engine can count.

A shallow decision tree imitates the assignment of personas on the features in their own units. Its
thresholds are rounded to readable figures, and the counts are those of the rounded rules.
"""

import math
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa
from sklearn.tree import DecisionTreeClassifier

from customer_personas.features.encoding import LARGEST, MAX_LEVELS, catalog_rows
from customer_personas.features.sampling import sample_customers
from customer_personas.sql import identifier, literal, number

SMALLEST_SHARE = 0.01
SAMPLE_SIZE = 20_000
# Whole numbers below this are shown as they are (a year, a count of days), others rounded.
LARGEST_EXACT = 10_000

SCHEMA = pa.schema(
    [
        ("persona_id", pa.string()),
        ("rule_number", pa.int32()),
        ("condition", pa.string()),
        ("condition_sql", pa.string()),
    ]
)


@dataclass(frozen=True)
class Question:
    """Something the tree may ask about a customer.

    Parameters
    ----------
    feature, unit : str
        The feature, and its unit.
    kind : str
        ``number``, ``flag`` or ``level``.
    level : str, optional
        The level of a category.
    is_whole, has_missing : bool
        Whether all values of a number are whole, and whether some are missing.
    """

    feature: str
    unit: str
    kind: str
    level: str | None = None
    is_whole: bool = False
    has_missing: bool = False

    def expression(self) -> str:
        """Give the SQL expression of the answer.

        Returns
        -------
        str
            A DOUBLE; null for a missing number, 0 for a missing flag or level.
        """
        column = identifier(self.feature)
        if self.kind == "number":
            value = f"cast({column} as double)"
            return f"case when abs({value}) < {LARGEST} then {value} end"
        return f"case when {self.condition_sql(Bounds(above=0.5))} then 1e0 else 0e0 end"

    def condition_sql(self, bounds: "Bounds") -> str:
        """Give the SQL condition for answers within some bounds.

        Parameters
        ----------
        bounds : Bounds
            The bounds.

        Returns
        -------
        str
            A condition that is true or, where it does not hold, false or null.
        """
        column = identifier(self.feature)
        if self.kind != "number":
            holds = bounds.above is not None
            if self.kind == "flag":
                return f"{column} is {'' if holds else 'not '}true"
            operator = "is not distinct from" if holds else "is distinct from"
            return f"cast({column} as varchar) {operator} {literal(self.level)}"
        if bounds.only_missing:
            return f"{column} is null"
        parts = []
        if bounds.above is not None:
            parts.append(f"{column} > {number(bounds.above)}")
        if bounds.at_most is not None:
            parts.append(f"{column} <= {number(bounds.at_most)}")
        within = " and ".join(parts) or f"{column} is not null"
        return f"({within} or {column} is null)" if bounds.or_missing else within

    def condition(self, bounds: "Bounds") -> str:
        """Say in words what `condition_sql` says.

        Parameters
        ----------
        bounds : Bounds
            The bounds.

        Returns
        -------
        str
            The condition, in the unit of the feature.
        """
        name = self.feature.replace("_", " ")
        if self.kind != "number":
            holds = bounds.above is not None
            if self.kind == "flag":
                return f"{name}: {'yes' if holds else 'not yes'}"
            return f"{name} is {'' if holds else 'not '}{self.level}"
        if bounds.only_missing:
            return f"{name} is unknown"
        # Above 3 is at least 4 where only whole numbers occur.
        exact = self.is_whole and abs(bounds.above or 0) < LARGEST_EXACT
        low, high = bounds.above, bounds.at_most
        # a share reads as per cent
        unit, times = ("%", 100) if self.unit == "share" else (self.unit, 1)
        parts = []
        if low is not None:
            lowest = f"at least {_figure(times * (low + 1))}"
            parts.append(lowest if exact else f"above {_figure(times * low)}")
        if high is not None:
            parts.append(f"at most {_figure(times * high)}")
        if exact and low is not None and low + 1 == high:
            parts = [_figure(times * high)]
        within = f"{' and '.join(parts)} {unit}".strip() if parts else "known"
        return f"{name} {within}{' or unknown' if bounds.or_missing else ''}"


@dataclass(frozen=True)
class Bounds:
    """The answers to one question that a rule admits.

    Parameters
    ----------
    above, at_most : float, optional
        Bounds of the value.
    or_missing, only_missing : bool
        Whether a missing value is admitted, and whether nothing else is.
    """

    above: float | None = None
    at_most: float | None = None
    or_missing: bool = False
    only_missing: bool = False


def fit_rules(
    features: duckdb.DuckDBPyRelation,
    memberships: duckdb.DuckDBPyRelation,
    catalog: duckdb.DuckDBPyRelation,
    *,
    seed: int,
    max_depth: int = 4,
) -> pa.Table:
    """Find rules that describe the personas.

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
        words and ``condition_sql`` over the columns of `features`. Every rule holds for at least
        1 % of the customers, and most of them belong to its persona; no customer meets two rules.
    """
    own = memberships.query(
        "memberships",
        "select customer_id, cast(persona_id as varchar) as persona_id from memberships "
        "where persona_id is not null",
    )
    customers = features.set_alias("features").join(own.set_alias("own"), "customer_id")
    sample = sample_customers(customers, SAMPLE_SIZE, seed)
    questions = _questions(sample, catalog.filter("in_segmentation"))
    X, personas = _read(sample, questions)
    if len(X) == 0:
        return SCHEMA.empty_table()
    leaves = [{}]
    if questions:
        tree = DecisionTreeClassifier(
            max_depth=max_depth, min_samples_leaf=SMALLEST_SHARE, random_state=seed
        )
        tree.fit(X, personas)
        leaves = _leaves(tree, questions)
    rules = []
    conditions = [
        " and ".join(questions[column].condition_sql(bounds) for column, bounds in leaf.items())
        for leaf in leaves
    ]
    for leaf, condition, persona, covered in _majorities(customers, leaves, conditions):
        words = "; ".join(questions[column].condition(bounds) for column, bounds in leaf.items())
        rules.append((persona, -covered, words or "all customers", condition or "true"))
    rules.sort()
    rows = []
    for persona, _, words, condition in rules:
        place = 1 + sum(row["persona_id"] == persona for row in rows)
        rows.append(
            {
                "persona_id": persona,
                "rule_number": place,
                "condition": words,
                "condition_sql": condition,
            }
        )
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def rules_sql(rules: pa.Table, features: str = "features", memberships: str = "memberships") -> str:
    """Write the count of every rule over all customers as SQL.

    Parameters
    ----------
    rules : pyarrow.Table
        The rules, from `fit_rules`.
    features : str
        Relation with one row per customer, as SQL text.
    memberships : str
        Relation with ``customer_id`` and ``persona_id``, as SQL text.

    Returns
    -------
    str
        A SELECT of ``persona_id``, ``rule_number``, ``condition``, ``customer_count`` (who meet
        it), ``coverage`` (share of the persona's customers who do), ``precision`` (share of those
        who meet it that belong to the persona) and ``lift`` (precision over the persona's share).
    """
    listed = rules.to_pylist()
    matches = ",\n".join(
        f"        count(*) filter (where {row['condition_sql']}) as matched_{position}"
        for position, row in enumerate(listed)
    )
    counted = "\n    union all\n".join(
        f"    select {literal(row['persona_id'])} as persona_id, {row['rule_number']} as "
        f"rule_number, {literal(row['condition'])} as condition,\n"
        f"        sum(matched_{position}) as customer_count,\n"
        f"        sum(case when persona_id = {literal(row['persona_id'])} "
        f"then matched_{position} end) as matched_customers\n"
        "    from matches"
        for position, row in enumerate(listed)
    )
    if not listed:
        matches = "        0 as matched"
        counted = (
            "    select '' as persona_id, 0 as rule_number, '' as condition, 0 as customer_count,\n"
            "        0 as matched_customers\n    where false"
        )
    return f"""with customers as (
    select features.*, cast(memberships.persona_id as varchar) as persona_id
    from {features} as features
    inner join {memberships} as memberships on features.customer_id = memberships.customer_id
    where memberships.persona_id is not null
),

matches as (
    select
        persona_id,
        count(*) as persona_customers,
{matches}
    from customers
    group by persona_id
),

rules as (
{counted}
)

select
    rules.persona_id,
    cast(rules.rule_number as integer) as rule_number,
    rules.condition,
    cast(rules.customer_count as bigint) as customer_count,
    rules.matched_customers / matches.persona_customers as coverage,
    rules.matched_customers / nullif(rules.customer_count, 0) as precision,
    rules.matched_customers / nullif(rules.customer_count, 0)
        / (matches.persona_customers / (select sum(persona_customers) from matches)) as lift
from rules
inner join matches on rules.persona_id = matches.persona_id
order by rules.persona_id, rules.rule_number"""


def _questions(
    customers: duckdb.DuckDBPyRelation, catalog: duckdb.DuckDBPyRelation
) -> list[Question]:
    """List what may be asked: numbers and flags as they are, categories level by level."""
    catalogued = catalog_rows(customers, catalog)
    columns = ["count(*) as row_count"]
    for position, row in enumerate(catalogued):
        column = identifier(row["feature_name"])
        columns.append(f"count({column}) as known_{position}")
        if row["value_type"] == "numeric":
            columns.append(f"bool_and({column} = trunc({column})) as is_whole_{position}")
        elif row["value_type"] != "boolean":
            columns.append(f"histogram(cast({column} as varchar)) as levels_{position}")
    (found,) = customers.aggregate(", ".join(columns)).to_arrow_table().to_pylist()
    questions = []
    for position, row in enumerate(catalogued):
        feature, unit, known = row["feature_name"], row["unit"], found[f"known_{position}"]
        if known == 0:
            continue
        if row["value_type"] == "boolean":
            questions.append(Question(feature, unit, "flag"))
        elif row["value_type"] == "numeric":
            is_whole, has_missing = found[f"is_whole_{position}"], known < found["row_count"]
            questions.append(Question(feature, unit, "number", None, is_whole, has_missing))
        else:
            levels = sorted(found[f"levels_{position}"], key=lambda each: (-each[1], each[0]))
            questions += [
                Question(feature, unit, "level", level) for level, _ in levels[:MAX_LEVELS]
            ]
    return questions


def _read(
    customers: duckdb.DuckDBPyRelation, questions: list[Question]
) -> tuple[np.ndarray, list[str]]:
    """Read the answers of each customer, missing numbers as NaN, and the persona."""
    answers = [f"{each.expression()} as answer_{n}" for n, each in enumerate(questions)]
    table = customers.query(
        "customers",
        f"select {', '.join(['persona_id', *answers])} from customers order by customer_id",
    ).to_arrow_table()
    X = np.empty((table.num_rows, len(questions)))
    for position in range(len(questions)):
        X[:, position] = table[f"answer_{position}"].to_numpy()
    return X, table["persona_id"].to_pylist()


def _leaves(tree: DecisionTreeClassifier, questions: list[Question]) -> list[dict[int, Bounds]]:
    """Collect the bounds on the way to each leaf, one entry per question asked."""
    nodes = tree.tree_
    persona = nodes.value[:, 0].argmax(axis=1)
    leaves = []

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
        threshold = _readable(nodes.threshold[node], questions[column])
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


def _majorities(
    customers: duckdb.DuckDBPyRelation, leaves: list[dict[int, Bounds]], conditions: list[str]
) -> list[tuple[dict[int, Bounds], str, str, int]]:
    """Give for each leaf that holds enough customers its most frequent persona and how many."""
    counts = ", ".join(
        f"count(*) filter (where {condition or 'true'}) as leaf_{position}"
        for position, condition in enumerate(conditions)
    )
    table = customers.query(
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


def _readable(threshold: float, question: Question) -> float:
    """Round a threshold to a figure that a person would write."""
    if math.isinf(threshold):
        return threshold
    if question.is_whole and abs(threshold) < LARGEST_EXACT:
        return float(math.floor(threshold))
    return float(f"{threshold:.3g}")


def _figure(value: float) -> str:
    """Write a figure with thousands separators and no needless zeros."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.12g}"
