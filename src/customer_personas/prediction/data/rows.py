"""The rows that a target is learnt from, read once."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

import duckdb
import numpy as np
import pyarrow as pa

from customer_personas.features.encoding import Encoding, Input
from customer_personas.features.sampling import customer_hash, sample_customers
from customer_personas.features.statistics import LARGEST, RARE_SHARE
from customer_personas.prediction.data.splits import (
    FIFTHS,
    PARTS,
    Plan,
    plan_declared,
    plan_future,
)
from customer_personas.prediction.model_parts.interface import Kind
from customer_personas.sql import literal, query

# Declared labels are dealt many times where they are few, and so many rows in all where not; the
# deal is taken that treats all classes most alike.
MOST_DEALS = 256
ROWS_DEALT = 500_000
# So many inputs are kept once read, scaled, in single precision, as the engine rounded them.
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
    deal_seed : int
        Seed of the hash that dealt customers.
    inputs : dict
        Values of inputs that were read last, NaN where there is none: many models look at the same
        ones, or at some that differ only by their bounds and by what fills the gaps.
    """

    table: pa.Table
    labels: np.ndarray
    customers: np.ndarray
    days: np.ndarray
    parts: np.ndarray
    fifths: np.ndarray
    as_of: np.ndarray
    deal_seed: int
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
        places = np.arange(len(self.labels)) if mask is None else np.flatnonzero(mask)
        X = np.empty((len(places), len(encoding.inputs)))
        for position, (each, known) in enumerate(self._read(encoding)):
            values = known[places]
            if each.kind == "number":
                # bounds and what is rounded keep their order, so either may come first
                values = np.clip(values, each.scale(-np.inf), each.scale(np.inf))
                if each.fill is not None and (gaps := np.isnan(values)).any():
                    values[gaps] = each.scale(each.fill)
            X[:, position] = values
        return X

    def fit_encoding(self, encoding: Encoding, mask: np.ndarray) -> Encoding:
        """Fit inputs to some rows only: what others say of them is not to be known.

        Parameters
        ----------
        encoding : Encoding
            Inputs that were found on more rows.
        mask : numpy.ndarray of shape (rows,)
            The rows to fit to.

        Returns
        -------
        Encoding
            The same inputs with bounds and fills of these rows; levels, flags and missing values
            that fewer than 1 % of them show, or lack, are left out, unless nothing else is left of
            their feature.
        """
        places = np.flatnonzero(mask)
        inputs, varies = [], []
        for each, known in self._read(encoding):
            values = known[places]
            if each.kind == "number":
                values = np.sort(values[~np.isnan(values)])
                if len(values):
                    steps = np.array([RARE_SHARE, 0.5, 1 - RARE_SHARE])
                    found = values[np.ceil(steps * len(values)).astype(int) - 1]
                    low, fill, high = (each.in_units(float(value)) for value in found)
                    each = replace(each, low=low, fill=fill, high=high)
                varies.append(True)
            else:
                varies.append(bool(RARE_SHARE <= values.mean() <= 1 - RARE_SHARE))
            inputs.append(each)
        left = {each.feature for each, own in zip(inputs, varies, strict=True) if own}
        kept = [
            each
            for each, own in zip(inputs, varies, strict=True)
            if own or each.feature not in left
        ]
        return Encoding(tuple(kept), encoding.left_out)

    def _read(self, encoding: Encoding) -> Iterator[tuple[Input, np.ndarray]]:
        """Give each input with its values of all rows, numbers without bounds and fills."""
        plain = [without_bounds(each) for each in encoding.inputs]
        missing = [each for each in plain if each not in self.inputs]
        if missing:
            while self.inputs and len(self.inputs) + len(missing) > MOST_INPUTS_KEPT:
                self.inputs.pop(next(iter(self.inputs)))
            missing = [each for each in plain if each not in self.inputs]
            # a statement, not a relation, which would be planned three times
            sql = Encoding(tuple(missing)).select_sql("customer_rows", ["row_number"])
            read = self.connection.execute(f"{sql} order by row_number").fetchnumpy()
            for each in missing:
                values = np.ma.filled(read[each.name], np.nan)
                self.inputs[each] = values.astype(np.float32)
        for each, known in zip(encoding.inputs, plain, strict=True):
            yield each, self.inputs[known]

    def plan(self, kind: Kind, horizon_days: int) -> Plan | str:
        """Decide which rows choose, train and test.

        Parameters
        ----------
        kind : Kind
            The kind of the target.
        horizon_days : int
            Length of a label window.

        Returns
        -------
        Plan or str
            Masks over all rows, true for labelled ones only; or why nothing can be trained.
        """
        if kind != "declared":
            return plan_future(self.days, self.labelled, self.parts, self.fifths, horizon_days)
        return plan_declared(self.parts, self.fifths)


def without_bounds(each: Input) -> Input:
    """Free an input of what depends on the rows that it was fitted to.

    Parameters
    ----------
    each : Input
        An input.

    Returns
    -------
    Input
        The same with no bounds but those of a measurement, and with its gaps. The logarithm keeps
        its bounds, which are no row's: it has no value beyond them.
    """
    if each.kind != "number" or each.transform == "log":
        return replace(each, fill=None)
    return replace(each, low=-float(LARGEST), high=float(LARGEST), fill=None)


def read_rows(
    features: duckdb.DuckDBPyRelation,
    labels: duckdb.DuckDBPyRelation,
    target: str,
    kind: Kind,
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
    kind : Kind
        Its kind: only the labelled rows count where it is not about the future of everybody.
    sample_size : int
        Largest number of rows.
    seed : int
        Seed of the sample and of the folds.

    Returns
    -------
    Rows
        The rows, by customer and date.
    """
    keys = features.project("customer_id, observation_date")
    how = "left" if kind == "future" else "inner"
    labelled = join_labels(keys, read_labels(labels, target), how)
    # sampled while the rows are narrow: features come to the rows that are taken only
    taken = sample_customers(labelled, sample_size, seed)
    deal_seed = _choose_deal(taken, seed) if kind == "declared" else seed
    hashed = customer_hash(deal_seed)
    table = query(
        join_labels(features, taken, "inner"),
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
        deal_seed,
    )


def part_sql(seed: int | str) -> str:
    """Write the SQL that deals customers with a declared label into those learnt from, and others.

    Parameters
    ----------
    seed : int or str
        The seed of the deal, or the SQL of one.

    Returns
    -------
    str
        The part of each ``customer_id``, a number from 0; null for those who judge.
    """
    hashed = customer_hash(seed)
    return f"case when {hashed} % {FIFTHS} < {FIFTHS - 1} then {hashed} // 7919 % {PARTS} end"


def _choose_deal(labelled: duckdb.DuckDBPyRelation, seed: int) -> int:
    """Choose the seed by which each class is dealt into the parts as it should be.

    A rare class may else be missing where it is to be learnt or judged. The best of some deals by
    the chi-squared distance (rerandomisation, Morgan and Rubin 2012) needs no list of who was dealt
    where: whoever knows the seed can tell, for customers who come later as well.

    Parameters
    ----------
    labelled : duckdb.DuckDBPyRelation
        ``customer_id`` and ``label_of_target`` of each.
    seed : int
        The seed of the fits.

    Returns
    -------
    int
        A seed for `part_sql`.
    """
    deals = min(MOST_DEALS, ROWS_DEALT // max(1, len(labelled)) + 1)
    first, share_to_learn = MOST_DEALS * (int(seed) % 2**40), (FIFTHS - 1) / FIFTHS
    found = query(
        labelled,
        "rows_to_deal",
        f"""
        with dealt as (
            select
                seeds.seed,
                label_of_target,
                {part_sql("seeds.seed")} as part,
                count(*) as customers
            from rows_to_deal cross join range({first}, {first + deals}) as seeds(seed)
            group by all
        ),
        expected as (
            select
                *,
                sum(customers) over (partition by seed, label_of_target) * case
                    when part is null then {1 - share_to_learn} else {share_to_learn / PARTS}
                end as expected_customers
            from dealt
        )
        -- first that a class is in every part; then the distance, but for a constant
        select seed from expected
        group by seed
        order by count(*) desc, round(sum(customers * customers / expected_customers), 9), seed
        limit 1
        """,
    ).fetchall()
    return int(found[0][0]) if found else seed


def read_labels(labels: duckdb.DuckDBPyRelation, target: str) -> duckdb.DuckDBPyRelation:
    """Read the labels of one target.

    Parameters
    ----------
    labels : duckdb.DuckDBPyRelation
        The labels of all targets.
    target : str
        Name of the target.

    Returns
    -------
    duckdb.DuckDBPyRelation
        ``customer_id``, ``observation_date`` and ``label_of_target``, which is never null.
    """
    return query(
        labels,
        "labels",
        f"""
        select customer_id, observation_date, cast(label as varchar) as label_of_target
        from labels where target = {literal(target)} and label is not null
        """,
    )


def join_labels(
    left: duckdb.DuckDBPyRelation, right: duckdb.DuckDBPyRelation, how: str
) -> duckdb.DuckDBPyRelation:
    """Join on customer and date.

    Parameters
    ----------
    left, right : duckdb.DuckDBPyRelation
        Rows with ``customer_id`` and ``observation_date``.
    how : str
        ``left`` or ``inner``.

    Returns
    -------
    duckdb.DuckDBPyRelation
        The columns of both.
    """
    return left.set_alias("rows_left").join(
        right.set_alias("rows_right"), "customer_id, observation_date", how
    )
