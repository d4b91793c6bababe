"""What models need to know of a column before they use it, of all columns in one pass."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from customer_personas.sql import identifier, number

# What fewer than 1 % of the rows show is too rare to be learnt from: it bounds outliers,
# category levels, missing indicators and flags alike.
RARE_SHARE = 0.01
MAX_LEVELS = 20
# Beyond this a value is no measurement (and would overflow single precision).
LARGEST = "1e30"
# Quantiles hold every value of a column in memory, beyond the limit of the engine: so many at once.
COLUMNS_AT_ONCE = 40


@dataclass(frozen=True)
class ColumnStatistics:
    """What is known of one column.

    Parameters
    ----------
    row_count : int
        Rows in all.
    known_count : int
        Rows with a value.
    quantiles : tuple of float
        The quantiles asked for, each a value that occurs; none of a category, or without a value.
    is_whole : bool
        Whether all values of a number are whole.
    levels : tuple of (str, int)
        The levels of a category or flag with their counts, the most frequent first.
    missing_pattern : int, optional
        A number for the set of rows without a value: equal sets give equal numbers.
    """

    row_count: int
    known_count: int
    quantiles: tuple[float, ...] = ()
    is_whole: bool = False
    levels: tuple[tuple[str, int], ...] = ()
    missing_pattern: int | None = None

    @property
    def known_share(self) -> float:
        """Share of the rows with a value; 0 without rows."""
        return self.known_count / self.row_count if self.row_count else 0.0


def write_measurement(column: str) -> str:
    """Write a column as the number to measure.

    Parameters
    ----------
    column : str
        SQL expression of the column.

    Returns
    -------
    str
        A DOUBLE expression; null where it is no number (what was one may be a text now), or too
        large for a measurement.
    """
    value = f"try_cast({column} as double)"
    return f"case when abs({value}) < {LARGEST} then {value} end"


def split_columns(columns: list[Any]) -> list[list[Any]]:
    """Split columns whose quantiles are looked for into parts.

    Parameters
    ----------
    columns : list
        Whatever stands for a column.

    Returns
    -------
    list of list
        The same in their order, `COLUMNS_AT_ONCE` in a part at most.
    """
    starts = range(0, len(columns), COLUMNS_AT_ONCE)
    return [columns[start : start + COLUMNS_AT_ONCE] for start in starts]


def measure_columns(
    rows: duckdb.DuckDBPyRelation,
    catalogued: Iterable[dict[str, Any]],
    *,
    quantiles: Sequence[float] = (),
    keys: Sequence[str] = (),
) -> dict[str, ColumnStatistics]:
    """Measure columns, in one pass where no quantiles are asked for.

    Parameters
    ----------
    rows : duckdb.DuckDBPyRelation
        The rows to measure.
    catalogued : iterable of dict
        The columns, with feature_name and value_type, as `read_catalog` gives them.
    quantiles : sequence of float
        Quantiles to find of numbers and flags (0 and 1), as shares from 0 to 1.
    keys : sequence of str
        Columns that tell rows apart; with them, patterns of missing values are found as well.

    Returns
    -------
    dict
        `ColumnStatistics` by feature_name, in the order given.
    """
    catalogued = list(catalogued)
    if quantiles and len(catalogued) > COLUMNS_AT_ONCE:
        return {
            name: each
            for part in split_columns(catalogued)
            for name, each in measure_columns(rows, part, quantiles=quantiles, keys=keys).items()
        }
    figures = ["count(*) as row_count"]
    steps = ", ".join(number(each) for each in quantiles)
    row_key = ", ".join(identifier(key) for key in keys)
    for place, row in enumerate(catalogued):
        column = identifier(row["feature_name"])
        figures.append(f"count({column}) as known_{place}")
        if keys:
            figures.append(
                f"bit_xor(case when {column} is null then hash({row_key}) end) as pattern_{place}"
            )
        if row["value_type"] == "numeric":
            figures.append(f"bool_and({column} = trunc({column})) as whole_{place}")
        else:
            figures.append(f"histogram(cast({column} as varchar)) as levels_{place}")
        if quantiles and row["value_type"] != "category":
            value = write_measurement(column)
            figures.append(f"quantile_disc({value}, [{steps}]) as quantiles_{place}")
    (found,) = rows.aggregate(", ".join(figures)).to_arrow_table().to_pylist()
    return {
        row["feature_name"]: ColumnStatistics(
            found["row_count"],
            found[f"known_{place}"],
            tuple(found.get(f"quantiles_{place}") or ()),
            bool(found.get(f"whole_{place}")),
            tuple(sorted(found.get(f"levels_{place}") or (), key=lambda each: (-each[1], each[0]))),
            found.get(f"pattern_{place}"),
        )
        for place, row in enumerate(catalogued)
    }
