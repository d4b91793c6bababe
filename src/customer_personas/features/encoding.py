"""Features turned into model inputs, in SQL, once for fitting and for scoring.

Both sides run the same SELECT, so a model is scored on exactly the numbers it would have been
fitted on: winsorised, filled, logged and one-hot encoded inside the engine.
"""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from customer_personas.sql import identifier, literal, number

# What fewer than 1 % of the rows show is too rare to be learnt from: it bounds outliers,
# category levels, missing indicators and flags alike.
RARE_SHARE = 0.01
MAX_LEVELS = 20
# Beyond this a value is no measurement (and would overflow the single precision used below).
LARGEST = "1e30"


@dataclass(frozen=True)
class Input:
    """One model input: a column of numbers without gaps.

    Parameters
    ----------
    name : str
        Name of the input: letters, digits and underscores only.
    feature, family : str
        The feature it is made from, and the family of that feature.
    kind : str
        ``number`` (winsorised), ``flag`` (true), ``level`` (of a category) or ``missing``.
    transform : str
        The scale of a number: ``none``, ``log1p`` or ``sqrt``, with values below zero mirrored, or
        ``log`` where the lower bound is above zero.
    low, high, fill : float, optional
        Bounds of a number, and the value that stands in for a missing one.
    level : str, optional
        The level of a category.
    """

    name: str
    feature: str
    family: str
    kind: str
    transform: str = "none"
    low: float | None = None
    high: float | None = None
    fill: float | None = None
    level: str | None = None

    def expression(self) -> str:
        """Give the SQL expression of this input over the columns of the features.

        Returns
        -------
        str
            A DOUBLE expression that is never null.
        """
        column = identifier(self.feature)
        if self.kind == "missing":
            return f"case when {column} is null then 1e0 else 0e0 end"
        if self.kind == "flag":
            return f"case when try_cast({column} as boolean) then 1e0 else 0e0 end"
        if self.kind == "level":
            return (
                f"case when cast({column} as varchar) = {literal(self.level)} then 1e0 else 0e0 end"
            )
        # A kept champion meets later records: what was a number then may be a text now.
        value = (
            f"least(greatest(coalesce(try_cast({column} as double), {number(self.fill)}), "
            f"{number(self.low)}), {number(self.high)})"
        )
        value = transform_sql(self.transform, value, never_negative=self.low >= 0)
        # scikit-learn's trees compare in single precision: rounding here lets the comparison in
        # SQL see the same numbers.
        return f"cast(cast({value} as float) as double)"

    def in_units(self, value: float) -> float:
        """Turn a value of the input back into the unit of the feature.

        Parameters
        ----------
        value : float
            A value of the input.

        Returns
        -------
        float
            The value in the feature's unit; a share for flags, levels and missing indicators.
        """
        if self.transform == "log":
            return float(np.exp(value))
        size = {"none": abs, "log1p": np.expm1, "sqrt": np.square}[self.transform](abs(value))
        return float(np.sign(value) * size)


def transform_sql(transform: str, value: str, *, never_negative: bool = False) -> str:
    """Write the scale that a number is put on as SQL.

    Parameters
    ----------
    transform : {'none', 'log1p', 'sqrt', 'log'}
        The transform of the feature catalogue.
    value : str
        SQL expression of a number.
    never_negative : bool
        Whether the number is known to be zero or more; else values below zero are mirrored.

    Returns
    -------
    str
        A DOUBLE expression.
    """
    if transform == "none":
        return value
    if transform == "log":
        return f"ln({value})"
    size = value if never_negative else f"abs({value})"
    scaled = f"ln(1 + {size})" if transform == "log1p" else f"sqrt({size})"
    return scaled if never_negative else f"sign({value}) * {scaled}"


@dataclass(frozen=True)
class Encoding:
    """How the features become the inputs of a model.

    Parameters
    ----------
    inputs : tuple of Input
        The inputs, in the order of the model's columns.
    left_out : tuple of dict
        The features that give no input, each with the reason.
    """

    inputs: tuple[Input, ...]
    left_out: tuple[dict[str, str], ...] = ()

    @property
    def names(self) -> list[str]:
        """Names of the inputs."""
        return [each.name for each in self.inputs]

    @property
    def features(self) -> list[str]:
        """Names of the features used."""
        return list(dict.fromkeys(each.feature for each in self.inputs))

    def keep(self, names: Sequence[str]) -> "Encoding":
        """Keep only some inputs.

        Parameters
        ----------
        names : sequence of str
            Names of the inputs to keep.

        Returns
        -------
        Encoding
            The encoding of these inputs, in their present order.
        """
        return Encoding(tuple(each for each in self.inputs if each.name in names), self.left_out)

    def select_sql(
        self,
        relation_name: str = "features",
        keys: Sequence[str] = ("customer_id",),
        condition: str = "true",
    ) -> str:
        """Give the SELECT that turns features into inputs.

        Parameters
        ----------
        relation_name : str
            Name of the relation that holds the features, as SQL text.
        keys : sequence of str
            Columns to pass through.
        condition : str
            SQL condition on the rows.

        Returns
        -------
        str
            A SELECT of the keys and one DOUBLE column per input.
        """
        columns = [identifier(key) for key in keys]
        columns += [f"{each.expression()} as {identifier(each.name)}" for each in self.inputs]
        where = "" if condition == "true" else f"\nwhere {condition}"
        return "select\n    " + ",\n    ".join(columns) + f"\nfrom {relation_name}{where}"

    def matrix(
        self, features: duckdb.DuckDBPyRelation, keys: Sequence[str]
    ) -> tuple[np.ndarray, pa.Table]:
        """Read features as a matrix of inputs.

        Parameters
        ----------
        features : duckdb.DuckDBPyRelation
            The features.
        keys : sequence of str
            Columns to read beside the inputs; the rows are ordered by them.

        Returns
        -------
        X : numpy.ndarray
            One row per row of `features`, one column per input.
        rows : pyarrow.Table
            The keys of these rows.
        """
        order = ", ".join(identifier(key) for key in keys)
        sql = f"{self.select_sql('features', keys)}\norder by {order}"
        table = features.query("features", sql).to_arrow_table()
        X = np.empty((table.num_rows, len(self.inputs)))
        for position, name in enumerate(self.names):
            X[:, position] = table[name].to_numpy()
        return X, table.select(list(keys))

    def to_dict(self) -> dict[str, Any]:
        """Give the encoding as plain lists and dictionaries.

        Returns
        -------
        dict
            What `from_dict` reads.
        """
        inputs = [
            {key: value for key, value in asdict(each).items() if value is not None}
            for each in self.inputs
        ]
        return {"inputs": inputs, "left_out": list(self.left_out)}

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> "Encoding":
        """Read an encoding written by `to_dict`.

        Parameters
        ----------
        content : dict
            What `to_dict` gave.

        Returns
        -------
        Encoding
            The same encoding.
        """
        return cls(tuple(Input(**each) for each in content["inputs"]), tuple(content["left_out"]))


def catalog_rows(
    features: duckdb.DuckDBPyRelation, catalog: duckdb.DuckDBPyRelation
) -> list[dict[str, Any]]:
    """List the features of the catalogue that the relation has, in a fixed order.

    Parameters
    ----------
    features : duckdb.DuckDBPyRelation
        The features.
    catalog : duckdb.DuckDBPyRelation
        The feature catalogue, or the rows of it that a model may use.

    Returns
    -------
    list of dict
        Rows of the catalogue, by family and name.
    """
    rows = catalog.query(
        "catalog",
        "select feature_name, value_type, transform, coalesce(family, '') as family, "
        "coalesce(unit, '') as unit from catalog order by family, feature_name",
    )
    columns = set(features.columns)
    return [row for row in rows.to_arrow_table().to_pylist() if row["feature_name"] in columns]


def fit_encoding(features: duckdb.DuckDBPyRelation, catalog: duckdb.DuckDBPyRelation) -> Encoding:
    """Learn from the training rows how to encode each feature.

    Numbers are winsorised to their 1st and 99th percentile (values that occur, so the same on every
    run), filled with the median and, where the catalogue says ``log1p``, put on a logarithmic
    scale. Flags become 0 and 1, categories one input per level with at least 1 % of the rows (20 at
    most). A missing indicator is added where 1 % to 99 % of the rows have no value; features that
    are missing together share one. Inputs with a single value are left out.

    Parameters
    ----------
    features : duckdb.DuckDBPyRelation
        The training rows, with ``customer_id`` and ``observation_date``.
    catalog : duckdb.DuckDBPyRelation
        The rows of the feature catalogue that the model may use.

    Returns
    -------
    Encoding
        The inputs, by family and feature name, and the features left out.
    """
    catalogued = catalog_rows(features, catalog)
    if not catalogued:
        return Encoding(())
    row_count, statistics = _statistics(features, catalogued)
    inputs: list[Input] = []
    left_out: list[dict[str, str]] = []
    missing_patterns: set[int] = set()
    for row, statistic in zip(catalogued, statistics, strict=True):
        feature = row["feature_name"]
        known_share = statistic["known"] / row_count if row_count else 0.0
        if known_share <= RARE_SHARE:
            reason = "no value" if known_share == 0 else "a value in 1 % of the rows or fewer"
            left_out.append({"feature": feature, "reason": reason})
            continue
        own = _value_inputs(row, statistic, row_count)
        partly_missing = 1 - known_share >= RARE_SHARE
        if partly_missing and statistic["missing_pattern"] not in missing_patterns:
            missing_patterns.add(statistic["missing_pattern"])
            own.append(Input(f"{feature}_is_missing", feature, row["family"], "missing"))
        if not own:
            left_out.append({"feature": feature, "reason": "one value in 99 % of the rows or more"})
        inputs += own
    return Encoding(_with_plain_names(inputs), tuple(left_out))


def _statistics(
    features: duckdb.DuckDBPyRelation, catalogued: list[dict[str, Any]]
) -> tuple[int, list[dict[str, Any]]]:
    """Read what is needed of every feature, in one pass."""
    columns = []
    for position, row in enumerate(catalogued):
        column = identifier(row["feature_name"])
        # A feature's pattern of missing rows, as one number: equal patterns give equal numbers.
        columns.append(f"count({column}) as known_{position}")
        columns.append(
            f"bit_xor(case when {column} is null then hash(customer_id, observation_date) end) "
            f"as missing_pattern_{position}"
        )
        if row["value_type"] == "numeric":
            value = f"cast({column} as double)"
            columns.append(
                f"quantile_disc(case when abs({value}) < {LARGEST} then {value} end, "
                f"[{RARE_SHARE}, 0.5, {1 - RARE_SHARE}]) as quantiles_{position}"
            )
        elif row["value_type"] == "boolean":
            columns.append(f"count(*) filter (where {column}) as true_{position}")
        else:
            columns.append(f"histogram(cast({column} as varchar)) as levels_{position}")
    sql = f"select count(*) as row_count, {', '.join(columns)} from features"
    (result,) = features.query("features", sql).to_arrow_table().to_pylist()
    names = ("known", "missing_pattern", "quantiles", "true", "levels")
    return result["row_count"], [
        {name: result.get(f"{name}_{position}") for name in names}
        for position in range(len(catalogued))
    ]


def _value_inputs(row: dict[str, Any], statistic: dict[str, Any], row_count: int) -> list[Input]:
    """Give the inputs made from the values of one feature, none where they hardly vary."""
    feature, family = row["feature_name"], row["family"]
    least, most = RARE_SHARE * row_count, (1 - RARE_SHARE) * row_count
    if row["value_type"] == "numeric":
        low, middle, high = statistic["quantiles"] or (0.0, 0.0, 0.0)
        varies = low < high
        return [
            Input(feature, feature, family, "number", row["transform"], low, high, middle)
        ] * varies
    if row["value_type"] == "boolean":
        varies = least <= statistic["true"] <= most
        return [Input(feature, feature, family, "flag")] * varies
    levels = sorted(statistic["levels"], key=lambda level: (-level[1], level[0]))
    return [
        Input(f"{feature}_is_{level}", feature, family, "level", level=level)
        for level, count in levels[:MAX_LEVELS]
        if least <= count <= most
    ]


def _with_plain_names(inputs: list[Input]) -> tuple[Input, ...]:
    """Rename inputs to names that survive ONNX and SQL unquoted, unique whatever their case."""
    taken: set[str] = set()
    renamed = []
    for each in inputs:
        plain = re.sub(r"\W+", "_", each.name).strip("_") or "unnamed"
        name, suffix = plain, 2
        while name.lower() in taken:
            name, suffix = f"{plain}_{suffix}", suffix + 1
        taken.add(name.lower())
        renamed.append(Input(**(asdict(each) | {"name": name})))
    return tuple(renamed)
