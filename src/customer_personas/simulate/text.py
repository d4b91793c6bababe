"""Columns of text from columns of numbers, whole columns at a time."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def plain(numbers: np.ndarray) -> pa.Array:
    """Write whole numbers."""
    return pa.array(np.asarray(numbers, dtype=np.int64)).cast(pa.string())


def padded(numbers: np.ndarray, width: int, prefix: str = "") -> pa.Array:
    """Write whole numbers with leading zeros after a prefix."""
    digits = pc.utf8_lpad(plain(numbers), width, "0")
    return joined(prefix, digits) if prefix else digits


def joined(*parts: pa.Array | str) -> pa.Array:
    """Join pieces of text row by row; a missing piece makes a missing text."""
    return pc.binary_join_element_wise(*parts, "")


def stamp(seconds: np.ndarray) -> pa.Array:
    """Write seconds since 1970 as ``YYYY-MM-DD HH:MM:SS``."""
    return pa.array(np.asarray(seconds, dtype=np.int64)).cast(pa.timestamp("s")).cast(pa.string())


def day(days: np.ndarray) -> pa.Array:
    """Write days since 1970 as ``YYYY-MM-DD``."""
    return pa.array(np.asarray(days, dtype=np.int32)).cast(pa.date32()).cast(pa.string())


def money(cents: np.ndarray) -> pa.Array:
    """Write cents as an amount with two decimals."""
    cents = np.asarray(cents, dtype=np.int64)
    return joined(plain(cents // 100), ".", padded(cents % 100, 2))


def probability(values: np.ndarray) -> pa.Array:
    """Write probabilities with six decimals."""
    millionths = np.rint(np.clip(values, 0, 1) * 1_000_000).astype(np.int64)
    return joined(plain(millionths // 1_000_000), ".", padded(millionths % 1_000_000, 6))


def named(names: Sequence[str], numbers: np.ndarray) -> pa.Array:
    """Write the name that stands at each number."""
    return pa.array(list(names), pa.string()).take(pa.array(np.asarray(numbers, dtype=np.int64)))


def only(kept: np.ndarray, column: pa.Array) -> pa.Array:
    """Keep a column where a mask is true and leave it missing elsewhere."""
    return pc.if_else(pa.array(kept), column, pa.scalar(None, pa.string()))
