"""Reads a published file: each query of ``queries/`` once, small counts withheld as they come in.

Counts that the queries make of rows of single customers are not those that the build withheld small
cells in. A query says in its first lines which these are; they are rounded to multiples of the
smallest cell here, and smaller ones are unknown to all that comes after.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import duckdb

from customer_personas.language.texts import MINIMUM_CELL, Row
from customer_personas.warehouse.databases import connect
from customer_personas.warehouse.manifests import read_manifest

QUERIES = Path(__file__).parent / "queries"


@dataclass(frozen=True)
class Query:
    """A query over the published file, as a file of ``queries/`` has it."""

    name: str
    sql: str
    rounded: tuple[str, ...]
    withheld_with: dict[str, tuple[str, ...]]

    @property
    def tables(self) -> list[str]:
        """The published tables that it reads."""
        return sorted(set(re.findall(r"\b(?:marts|monitoring|features)[.]\w+", self.sql)))


@dataclass
class Facts:
    """What the queries gave: rows by name of the query, none where a table is not there."""

    rows: dict[str, list[Row]]
    queries: dict[str, Query]
    minimum_cell: int = MINIMUM_CELL
    absent: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> list[Row]:
        """Return the rows of a query; none where the file lacks what it reads."""
        return self.rows.get(name, [])

    @property
    def horizon_days(self) -> int | None:
        """How far ahead predictions look; unknown where none was published."""
        for each in self["outcomes"]:
            return (each["horizon_end"] - each["as_of_date"]).days
        return None

    def one(self, name: str) -> Row:
        """Return the only row of a query, or an empty one."""
        return (self[name] or [{}])[0]


def load_query(path: Path) -> Query:
    """Read a query.

    Parameters
    ----------
    path : Path
        File of one statement. Lines ``-- rounded: a, b`` and ``-- withheld with a: c`` before it
        name the counts that are rounded and what is unknown where they are.

    Returns
    -------
    Query
        It, without these lines.
    """
    rounded: tuple[str, ...] = ()
    withheld_with = {}
    lines = path.read_text(encoding="utf-8").splitlines()
    while lines and lines[0].startswith("-- "):
        what, _, columns = lines.pop(0).removeprefix("-- ").partition(": ")
        names = tuple(columns.split(", "))
        if what == "rounded":
            rounded = names
        else:
            withheld_with[what.removeprefix("withheld with ")] = names
    return Query(path.stem, "\n".join(lines).strip(), rounded, withheld_with)


def round_count(count: int | float | None, minimum_cell: int) -> int | None:
    """Round a count so that nobody can be found in it.

    Parameters
    ----------
    count : int or float or None
        Customers.
    minimum_cell : int
        Fewer are withheld; others become multiples of it.

    Returns
    -------
    int or None
        The rounded count; None where it is withheld.
    """
    if count is None or count < minimum_cell:
        return None
    return int((count + minimum_cell / 2) // minimum_cell) * minimum_cell


def protect(query: Query, row: Row, minimum_cell: int) -> Row:
    """Round the counts of a row that the query names, and withhold what goes with small ones.

    Parameters
    ----------
    query : Query
        Where the row is from.
    row : dict
        Values by column.
    minimum_cell : int
        Fewest customers that are told.

    Returns
    -------
    dict
        The row as the report may know it. Shares that go with a count have two decimals.
    """
    kept = {
        name: float(value) if isinstance(value, Decimal) else value for name, value in row.items()
    }
    for name in query.rounded:
        kept[name] = round_count(kept[name], minimum_cell)
    for count, others in query.withheld_with.items():
        for name in others:
            known = kept[count] is not None and kept[name] is not None
            kept[name] = round(kept[name], 2) if known else None
    return kept


def give_away(counts: list[float], minimum_cell: int) -> bool:
    """Say whether counts as they are rounded, beside their exact total, tell those withheld.

    Parameters
    ----------
    counts : list of float
        Customers of each row.
    minimum_cell : int
        Fewest customers that are told.

    Returns
    -------
    bool
        Whether what is withheld can only be none each, or the most that is withheld each.
    """
    told = [each for count in counts if (each := round_count(count, minimum_cell)) is not None]
    most = (minimum_cell - 1) * (len(counts) - len(told))
    # the smallest and the largest counts that are rounded to these
    low = sum(max(each - minimum_cell // 2, minimum_cell) for each in told)
    high = sum(each + (minimum_cell - 1) // 2 for each in told)
    return most > 0 and (sum(counts) <= low or sum(counts) - high >= most)


def guard_totals(query: Query, rows: list[Row], minimum_cell: int) -> list[Row]:
    """Withhold one more count where those told and an exact total would give the others away.

    Parameters
    ----------
    query : Query
        Where the rows are from.
    rows : list of dict
        Rows with exact counts. Totals are those of all, or of all that are grouped by the same, and
        of each persona that they name.
    minimum_cell : int
        Fewest customers that are told.

    Returns
    -------
    list of dict
        The rows, with no count where one more is withheld: the smallest that would be told.
    """
    kept = [dict(row) for row in rows]
    for name in query.rounded:
        for group in [*_grouped(kept, "grouped_by", "all"), *_grouped(kept, "persona_id", None)]:
            counted = [row for row in group if row[name] is not None]
            large = [row for row in counted if row[name] >= minimum_cell]
            if large and give_away([row[name] for row in counted], minimum_cell):
                min(large, key=lambda row: row[name])[name] = None
    return kept


def _grouped(rows: list[Row], column: str, otherwise: str | None) -> list[list[Row]]:
    """Group rows by what a column names; without it by something else, or not at all."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        key = row.get(column, otherwise)
        if key is not None:
            groups.setdefault(key, []).append(row)
    return list(groups.values())


def smallest_cell(path: Path) -> int:
    """Return how many customers are the fewest that are told.

    Parameters
    ----------
    path : Path
        A published DuckDB file.

    Returns
    -------
    int
        That of the manifest beside it, if any.
    """
    manifest = read_manifest(path.resolve().parent)
    return max(int(manifest.get("minimum_cell") or MINIMUM_CELL), 2)


def ask(connection: duckdb.DuckDBPyConnection, query: Query, minimum_cell: int) -> list[Row]:
    """Ask a published file one query.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        To the file.
    query : Query
        The query.
    minimum_cell : int
        Fewest customers that are told.

    Returns
    -------
    list of dict
        Its rows as the report may know them.
    """
    result = connection.execute(query.sql)
    columns = [column[0] for column in result.description]
    rows = [dict(zip(columns, values, strict=True)) for values in result.fetchall()]
    return [protect(query, row, minimum_cell) for row in guard_totals(query, rows, minimum_cell)]


def read_published(path: Path) -> Iterator[Facts | str]:
    """Ask a published file all queries.

    Parameters
    ----------
    path : Path
        The published DuckDB file. The smallest cell is that of the manifest beside it, if any.

    Yields
    ------
    str or Facts
        The name of each query before it is asked; at last what they gave. A query whose tables or
        columns the file does not have gives nothing.

    Raises
    ------
    DatabaseError
        Where the file cannot be opened.
    """
    minimum_cell = smallest_cell(path)
    queries = {each.stem: load_query(each) for each in sorted(QUERIES.glob("*.sql"))}
    facts = Facts({}, queries, minimum_cell)
    with connect(path, read_only=True) as connection:
        for name, query in queries.items():
            yield name
            try:
                facts.rows[name] = ask(connection, query, minimum_cell)
            except (duckdb.CatalogException, duckdb.BinderException) as error:
                # what another version of the project published may lack a table or a column
                facts.absent[name] = str(error).splitlines()[0]
    yield facts
