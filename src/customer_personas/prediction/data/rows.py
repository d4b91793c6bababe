"""The rows that a target is learnt from, read once."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

import duckdb
import numpy as np
import pyarrow as pa

from customer_personas.features.encoding import Encoding, Input
from customer_personas.features.sampling import customer_hash, sample_customers
from customer_personas.prediction.data.splits import (
    FIFTHS,
    PARTS,
    Plan,
    plan_declared,
    plan_future,
)
from customer_personas.sql import literal, query

# So many inputs are kept once read, in single precision, as the engine rounded them.
MOST_INPUTS_KEPT = 600


@dataclass(frozen=True)
class Rows:
    """What is known of customers on each date, with the label where there is one.

    Parameters
    ----------
    table : pyarrow.Table
        Features, ordered by ``row_number``.
    labels : numpy.ndarray of shape (rows,)
        The labels, None where there is none.
    customers, days : numpy.ndarray of shape (rows,)
        Customer and date of each row.
    parts, fifths : numpy.ndarray of shape (rows,)
        Two ways to deal customers into folds.
    as_of : numpy.ndarray of shape (rows,)
        Mask of the rows that are to be scored.
    inputs : dict
        Values of inputs that were read last, NaN where there is none: many models look at the same
        ones, or at some that differ only by what fills the gaps.
    """

    table: pa.Table
    labels: np.ndarray
    customers: np.ndarray
    days: np.ndarray
    parts: np.ndarray
    fifths: np.ndarray
    as_of: np.ndarray
    inputs: dict[Input, np.ndarray] = field(default_factory=dict)

    @cached_property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """An engine of their own, which knows them as ``customer_rows``."""
        connection = duckdb.connect()
        connection.register("customer_rows", self.table)
        return connection

    @cached_property
    def labelled(self) -> np.ndarray:
        """Mask of the rows with a label."""
        return np.array([label is not None for label in self.labels], dtype=bool)

    def relation(self, mask: np.ndarray | None = None) -> duckdb.DuckDBPyRelation:
        """Give rows to the engine.

        Parameters
        ----------
        mask : numpy.ndarray, optional
            Which rows; all without it.

        Returns
        -------
        duckdb.DuckDBPyRelation
            Their features.
        """
        table = self.table if mask is None else self.table.filter(pa.array(mask))
        return self.connection.from_arrow(table)

    def matrix(self, encoding: Encoding, mask: np.ndarray | None = None) -> np.ndarray:
        """Read inputs.

        Parameters
        ----------
        encoding : Encoding
            The inputs.
        mask : numpy.ndarray, optional
            Which rows; all without it.

        Returns
        -------
        numpy.ndarray of shape (rows, inputs)
            The rows in their order.
        """
        unfilled = [replace(each, fill=None) for each in encoding.inputs]
        missing = [each for each in unfilled if each not in self.inputs]
        if missing:
            while self.inputs and len(self.inputs) + len(missing) > MOST_INPUTS_KEPT:
                self.inputs.pop(next(iter(self.inputs)))
            missing = [each for each in unfilled if each not in self.inputs]
            # a statement, not a relation, which would be planned three times
            sql = Encoding(tuple(missing)).select_sql("customer_rows", ["row_number"])
            read = self.connection.execute(f"{sql} order by row_number").fetchnumpy()
            for each in missing:
                values = np.ma.filled(read[each.name], np.nan)
                self.inputs[each] = values.astype(np.float32)
        places = np.arange(len(self.labels)) if mask is None else np.flatnonzero(mask)
        X = np.empty((len(places), len(unfilled)))
        for position, (each, known) in enumerate(zip(encoding.inputs, unfilled, strict=True)):
            values = self.inputs[known][places]
            if each.fill is not None and (gaps := np.isnan(values)).any():
                values[gaps] = each.scaled_fill()
            X[:, position] = values
        return X

    def plan(self, kind: Literal["future", "declared"], horizon_days: int) -> Plan | str:
        """Decide which rows choose, train and test.

        Parameters
        ----------
        kind : {"future", "declared"}
            The kind of the target.
        horizon_days : int
            Length of a label window.

        Returns
        -------
        Plan or str
            Masks over all rows, true for labelled ones only; or why nothing can be trained.
        """
        if kind == "future":
            return plan_future(self.days, self.labelled, self.parts, horizon_days)
        return plan_declared(self.parts, self.fifths)


def read_rows(
    features: duckdb.DuckDBPyRelation,
    labels: duckdb.DuckDBPyRelation,
    target: str,
    kind: Literal["future", "declared"],
    sample_size: int,
    seed: int,
) -> Rows:
    """Read a sample of customers with their features and labels.

    Parameters
    ----------
    features : duckdb.DuckDBPyRelation
        One row per customer and observation date.
    labels : duckdb.DuckDBPyRelation
        The labels of all targets.
    target : str
        Name of the target.
    kind : {"future", "declared"}
        Its kind: of declared labels only the labelled rows count.
    sample_size : int
        Largest number of rows.
    seed : int
        Seed of the sample and of the folds.

    Returns
    -------
    Rows
        The rows, by customer and date.
    """
    own = query(
        labels,
        "labels",
        f"""
        select customer_id, observation_date, cast(label as varchar) as label_of_target
        from labels where target = {literal(target)} and label is not null
        """,
    )
    keys = features.project("customer_id, observation_date")
    how = "left" if kind == "future" else "inner"
    labelled = _join(keys, own, how)
    # sampled while the rows are narrow: features come to the rows that are taken only
    taken = sample_customers(labelled, sample_size, seed)
    hashed = customer_hash(seed)
    table = query(
        _join(features, taken, "inner"),
        "rows",
        f"""
        select
            *,
            row_number() over (order by customer_id, observation_date) as row_number,
            cast({hashed} // 7919 % {PARTS} as integer) as part_of_customer,
            cast({hashed} % {FIFTHS} as integer) as fifth_of_customer
        from rows
        order by row_number
        """,
    ).to_arrow_table()

    def column(name: str) -> np.ndarray:
        return np.array(table[name].to_pylist(), dtype=object)

    return Rows(
        table,
        column("label_of_target"),
        column("customer_id"),
        column("observation_date"),
        column("part_of_customer").astype(int),
        column("fifth_of_customer").astype(int),
        column("is_as_of").astype(bool),
    )


def _join(
    left: duckdb.DuckDBPyRelation, right: duckdb.DuckDBPyRelation, how: str
) -> duckdb.DuckDBPyRelation:
    """Join on customer and date."""
    return left.set_alias("rows_left").join(
        right.set_alias("rows_right"), "customer_id, observation_date", how
    )
