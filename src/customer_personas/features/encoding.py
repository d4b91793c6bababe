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

from customer_personas.features.catalog import read_catalog
from customer_personas.features.inputs import Input
from customer_personas.features.statistics import (
    MAX_LEVELS,
    RARE_SHARE,
    ColumnStatistics,
    measure_columns,
)
from customer_personas.sql import identifier, query


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
        table = query(features, "features", sql).to_arrow_table()
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


def measure_features(
    features: duckdb.DuckDBPyRelation, catalog: duckdb.DuckDBPyRelation
) -> dict[str, ColumnStatistics]:
    """Measure what `fit_encoding` needs to know of each feature.

    Parameters
    ----------
    features : duckdb.DuckDBPyRelation
        The training rows, with ``customer_id`` and ``observation_date``.
    catalog : duckdb.DuckDBPyRelation
        The rows of the feature catalogue that models may use.

    Returns
    -------
    dict
        `ColumnStatistics` by feature_name.
    """
    catalogued = read_catalog(features, catalog)
    if not catalogued:
        return {}
    return measure_columns(
        features,
        catalogued,
        quantiles=(RARE_SHARE, 0.5, 1 - RARE_SHARE),
        keys=("customer_id", "observation_date"),
    )


def fit_encoding(
    features: duckdb.DuckDBPyRelation,
    catalog: duckdb.DuckDBPyRelation,
    statistics: dict[str, ColumnStatistics] | None = None,
) -> Encoding:
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
    statistics : dict of ColumnStatistics, optional
        What `measure_features` says of these rows; measured unless given.

    Returns
    -------
    Encoding
        The inputs, by family and feature name, and the features left out.
    """
    catalogued = read_catalog(features, catalog)
    if statistics is None:
        statistics = measure_features(features, catalog)
    inputs: list[Input] = []
    left_out: list[dict[str, str]] = []
    missing_patterns: set[int | None] = set()
    for row in catalogued:
        feature = row["feature_name"]
        found = statistics[feature]
        if found.known_share <= RARE_SHARE:
            reason = "no value" if found.known_share == 0 else "a value in 1 % of the rows or fewer"
            left_out.append({"feature": feature, "reason": reason})
            continue
        own = _make_inputs(row, found)
        partly_missing = 1 - found.known_share >= RARE_SHARE
        if partly_missing and found.missing_pattern not in missing_patterns:
            missing_patterns.add(found.missing_pattern)
            own.append(Input(f"{feature}_is_missing", feature, row["family"], "missing"))
        if not own:
            left_out.append({"feature": feature, "reason": "one value in 99 % of the rows or more"})
        inputs += own
    return Encoding(_give_plain_names(inputs), tuple(left_out))


def _make_inputs(row: dict[str, Any], found: ColumnStatistics) -> list[Input]:
    """Make the inputs of the values of one feature, none where they hardly vary."""
    feature, family = row["feature_name"], row["family"]
    least, most = RARE_SHARE * found.row_count, (1 - RARE_SHARE) * found.row_count
    if row["value_type"] == "numeric":
        low, middle, high = found.quantiles or (0.0, 0.0, 0.0)
        number = Input(feature, feature, family, "number", row["transform"], low, high, middle)
        return [number] if low < high else []
    if row["value_type"] == "boolean":
        varies = least <= dict(found.levels).get("true", 0) <= most
        return [Input(feature, feature, family, "flag")] if varies else []
    return [
        Input(f"{feature}_is_{level}", feature, family, "level", level=level)
        for level, count in found.levels[:MAX_LEVELS]
        if least <= count <= most
    ]


def _give_plain_names(inputs: list[Input]) -> tuple[Input, ...]:
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
