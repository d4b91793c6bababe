"""Columns of text from columns of numbers, whole columns at a time."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def plain(numbers: np.ndarray) -> pa.Array:
    """Write whole numbers.

    Parameters
    ----------
    numbers : numpy.ndarray
        Whole numbers.

    Returns
    -------
    pyarrow.Array
        Texts.
    """
    return pa.array(np.asarray(numbers, dtype=np.int64)).cast(pa.string())


def padded(numbers: np.ndarray, width: int, prefix: str = "") -> pa.Array:
    """Write whole numbers with leading zeros after a prefix.

    Parameters
    ----------
    numbers : numpy.ndarray
        Whole numbers.
    width : int
        Number of digits.
    prefix : str
        What stands before the digits.

    Returns
    -------
    pyarrow.Array
        Texts.
    """
    digits = pc.utf8_lpad(plain(numbers), width, "0")
    return joined(prefix, digits) if prefix else digits


def joined(*parts: pa.Array | str) -> pa.Array:
    """Join pieces of text row by row; a missing piece makes a missing text.

    Parameters
    ----------
    *parts : pyarrow.Array or str
        The pieces, in order.

    Returns
    -------
    pyarrow.Array
        Texts.
    """
    return pc.binary_join_element_wise(*parts, "")


def stamp(seconds: np.ndarray) -> pa.Array:
    """Write seconds since 1970 as ``YYYY-MM-DD HH:MM:SS``.

    Parameters
    ----------
    seconds : numpy.ndarray
        Seconds since 1970.

    Returns
    -------
    pyarrow.Array
        Texts.
    """
    return pa.array(np.asarray(seconds, dtype=np.int64)).cast(pa.timestamp("s")).cast(pa.string())


def day(days: np.ndarray) -> pa.Array:
    """Write days since 1970 as ``YYYY-MM-DD``.

    Parameters
    ----------
    days : numpy.ndarray
        Days since 1970.

    Returns
    -------
    pyarrow.Array
        Texts.
    """
    return pa.array(np.asarray(days, dtype=np.int32)).cast(pa.date32()).cast(pa.string())


def money(cents: np.ndarray) -> pa.Array:
    """Write cents as an amount with two decimals.

    Parameters
    ----------
    cents : numpy.ndarray
        Whole cents.

    Returns
    -------
    pyarrow.Array
        Texts.
    """
    cents = np.asarray(cents, dtype=np.int64)
    return joined(plain(cents // 100), ".", padded(cents % 100, 2))


def probability(values: np.ndarray) -> pa.Array:
    """Write probabilities with six decimals.

    Parameters
    ----------
    values : numpy.ndarray
        Probabilities.

    Returns
    -------
    pyarrow.Array
        Texts.
    """
    millionths = np.rint(np.clip(values, 0, 1) * 1_000_000).astype(np.int64)
    return joined(plain(millionths // 1_000_000), ".", padded(millionths % 1_000_000, 6))


def named(names: Sequence[str], numbers: np.ndarray) -> pa.Array:
    """Write the name that stands at each number.

    Parameters
    ----------
    names : sequence of str
        The names.
    numbers : numpy.ndarray
        Their positions, from zero.

    Returns
    -------
    pyarrow.Array
        Texts.
    """
    return pa.array(list(names), pa.string()).take(pa.array(np.asarray(numbers, dtype=np.int64)))


def only(kept: np.ndarray, column: pa.Array) -> pa.Array:
    """Keep a column where a mask is true and leave it missing elsewhere.

    Parameters
    ----------
    kept : numpy.ndarray
        Booleans.
    column : pyarrow.Array
        Texts.

    Returns
    -------
    pyarrow.Array
        Texts.
    """
    return pc.if_else(pa.array(kept), column, pa.scalar(None, pa.string()))
