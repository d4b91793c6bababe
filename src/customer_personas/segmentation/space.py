"""The space in which distances between customers are measured, kept with the personas it made."""

from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
from sklearn.preprocessing import StandardScaler

from customer_personas.features.catalog import read_catalog
from customer_personas.features.encoding import Encoding, fit_encoding
from customer_personas.features.statistics import ColumnStatistics, measure_columns
from customer_personas.sql import identifier, indent, number


@dataclass(frozen=True)
class Space:
    """Features of a set, encoded and standardised.

    Parameters
    ----------
    feature_set : str
        Name of the set of features.
    encoding : Encoding
        How features become inputs.
    population : str
        SQL condition on the customers who have a place in it.
    mean, scale : numpy.ndarray
        What is taken off each input, and what it is then divided by.
    """

    feature_set: str
    encoding: Encoding
    population: str
    mean: np.ndarray
    scale: np.ndarray

    @property
    def groups(self) -> list[np.ndarray]:
        """Positions of the inputs of each feature, in the order of the features."""
        features = np.array([each.feature for each in self.encoding.inputs])
        return [np.flatnonzero(features == name) for name in self.encoding.features]

    def place(self, features: duckdb.DuckDBPyRelation) -> tuple[np.ndarray, list[str]]:
        """Place customers in the space.

        Parameters
        ----------
        features : duckdb.DuckDBPyRelation
            One row per customer.

        Returns
        -------
        points : numpy.ndarray
            One row per customer of the population, one column per input.
        customer_ids : list of str
            These customers, in order.
        """
        X, rows = self.encoding.matrix(features.filter(self.population), ["customer_id"])
        return (X - self.mean) / self.scale, rows["customer_id"].to_pylist()

    def write_points(self, relation_name: str = "features") -> str:
        """Write `place` as a SELECT of customer_id and the inputs.

        Parameters
        ----------
        relation_name : str
            Name of the relation of features, as SQL text.

        Returns
        -------
        str
            The SELECT.
        """
        columns = [
            f"({identifier(name)} - {number(mean)}) / {number(scale)} as {identifier(name)}"
            for name, mean, scale in zip(self.encoding.names, self.mean, self.scale, strict=True)
        ]
        inputs = self.encoding.select_sql(relation_name, ["customer_id"], self.population)
        listed = ",\n    ".join(["customer_id", *columns])
        return f"select\n    {listed}\nfrom (\n{indent(inputs)}\n)"

    def to_dict(self) -> dict[str, Any]:
        """Give the space as plain lists and dictionaries.

        Returns
        -------
        dict
            What `from_dict` reads.
        """
        return {
            "feature_set": self.feature_set,
            "encoding": self.encoding.to_dict(),
            "population": self.population,
            "mean": self.mean.tolist(),
            "scale": self.scale.tolist(),
        }

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> "Space":
        """Read a space written by `to_dict`.

        Parameters
        ----------
        content : dict
            What `to_dict` gave.

        Returns
        -------
        Space
            The same space.
        """
        return cls(
            content["feature_set"],
            Encoding.from_dict(content["encoding"]),
            content["population"],
            np.array(content["mean"]),
            np.array(content["scale"]),
        )


def fit_space(
    feature_set: str,
    sample: duckdb.DuckDBPyRelation,
    catalog: duckdb.DuckDBPyRelation,
    population: str,
    statistics: dict[str, ColumnStatistics] | None = None,
) -> tuple[Space, np.ndarray, list[str]]:
    """Learn how to encode and standardise the features of a set.

    Numbers are standardised; flags, levels and missing indicators stay 0 and 1, centred. Measured
    on seven kinds of planted clusters (adjusted Rand index, mean of six draws each, five clusters),
    this recovers 0.56 on average and 0.44 at worst; standardising the 0/1 inputs as well 0.23 and
    0.00, for a rare flag then outweighs every number.

    Parameters
    ----------
    feature_set : str
        Name of the set.
    sample : duckdb.DuckDBPyRelation
        The customers to learn from.
    catalog : duckdb.DuckDBPyRelation
        The rows of the feature catalogue that belong to the set.
    population : str
        SQL condition that `sample` meets.
    statistics : dict of ColumnStatistics, optional
        What `measure_features` says of the sample, where it has been measured already.

    Returns
    -------
    space : Space
        The space; without inputs where no feature of the set can be used.
    points : numpy.ndarray
        Where the customers of the sample are in it, as `Space.place` gives them.
    customer_ids : list of str
        These customers, in order.
    """
    encoding = fit_encoding(sample, catalog, statistics)
    X, rows = encoding.matrix(sample, ["customer_id"])
    customer_ids = rows["customer_id"].to_pylist()
    if not X.size:
        nothing = Space(feature_set, Encoding(()), population, np.zeros(0), np.zeros(0))
        return nothing, np.zeros((len(customer_ids), 0)), customer_ids
    scaler = StandardScaler().fit(X)
    is_number = np.array([each.kind == "number" for each in encoding.inputs])
    scale = np.where(is_number, scaler.scale_, 1.0)
    space = Space(feature_set, encoding, population, scaler.mean_, scale)
    return space, (X - space.mean) / space.scale, customer_ids


def find_population(features: duckdb.DuckDBPyRelation, catalog: duckdb.DuckDBPyRelation) -> str:
    """Find the SQL condition on the customers to group: those with something to group them by.

    Parameters
    ----------
    features : duckdb.DuckDBPyRelation
        One row per customer.
    catalog : duckdb.DuckDBPyRelation
        The features that personas may be formed on.

    Returns
    -------
    str
        Buyers, where orders are known; else who has a value in one feature at least.
    """
    if "frequency" in features.columns:
        ((count,),) = features.aggregate("count(frequency)").fetchall()
        if count:
            return "frequency > 0"
    measured = measure_columns(features, read_catalog(features, catalog))
    known = [
        f"{identifier(name)} is not null" for name, each in measured.items() if each.known_count
    ]
    return " or ".join(known) or "true"
