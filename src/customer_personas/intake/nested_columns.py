"""Columns that hold others: records, lists of records, and lists of names with values.

``device {category, ...}`` becomes ``device_category``, as dlt and most loaders call it. A list of
names with values, such as ``event_params`` of Google Analytics, becomes a column for each name. Of
a list of other records the fields are given where it holds a single one; the list itself stays.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import duckdb
from duckdb.sqltypes import DuckDBPyType

from customer_personas.intake.columns import key
from customer_personas.sql import identifier, literal

# A list of more names holds no names, but values.
_MOST_NAMES = 500


@dataclass(frozen=True)
class HeldColumn:
    """A column, or a part of one.

    Attributes
    ----------
    name : str
        Its name; of a part, those of what holds it and its own, with an underscore between.
    sql : str
        Its value.
    sql_type : str
        Its type, as the engine writes it.
    """

    name: str
    sql: str
    sql_type: str


def spread_columns(session: duckdb.DuckDBPyConnection, rows: str) -> list[HeldColumn]:
    """List the columns of a relation, with the parts of those that hold others.

    Parameters
    ----------
    session : duckdb.DuckDBPyConnection
        Where the relation can be read.
    rows : str
        The relation, as SQL.

    Returns
    -------
    list of HeldColumn
        In their order. A column whose parts would have names that other columns have stays whole.
    """
    relation = session.sql(f"select * from {rows}")
    whole = {
        name: HeldColumn(name, identifier(name), str(sql_type))
        for name, sql_type in zip(relation.columns, relation.types, strict=True)
    }
    taken = {key(name) for name in whole}
    columns: list[HeldColumn] = []
    for (name, column), sql_type in zip(whole.items(), relation.types, strict=True):
        parts = list(_parts_of(session, rows, column, sql_type))
        others = [key(part.name) for part in parts if part.name != name]
        keys = set(others)
        if not parts or len(keys) < len(others) or keys & taken:
            columns.append(column)
            continue
        taken |= keys
        columns += parts
    return columns


def _parts_of(
    session: duckdb.DuckDBPyConnection, rows: str, column: HeldColumn, sql_type: DuckDBPyType
) -> Iterator[HeldColumn]:
    """Give the parts of a column; none where it holds no others."""
    if sql_type.id == "struct":
        for field, kind in _held_by(sql_type).items():
            yield from _field(session, rows, column, field, kind)
    elif sql_type.id == "map" and str(_held_by(sql_type)["key"]) == "VARCHAR":
        entries = HeldColumn(column.name, f"map_entries({column.sql})", "")
        yield from _named_values(session, rows, entries, _held_by(sql_type)["value"], column)
    elif sql_type.id == "list" and _held_by(sql_type)["child"].id == "struct":
        fields = _held_by(_held_by(sql_type)["child"])
        if set(fields) == {"key", "value"} and str(fields["key"]) == "VARCHAR":
            yield from _named_values(session, rows, column, fields["value"], column)
            return
        yield column
        single = f"case when len({column.sql}) = 1 then {column.sql}[1] end"
        for field, kind in fields.items():
            if kind.id not in ("struct", "list", "map"):
                yield HeldColumn(
                    f"{column.name}_{field}", f"({single}).{identifier(field)}", str(kind)
                )


def _held_by(sql_type: DuckDBPyType) -> dict[str, DuckDBPyType]:
    """Give the types that a type is made of, by their names."""
    return dict(cast(list[tuple[str, DuckDBPyType]], sql_type.children))


def _field(
    session: duckdb.DuckDBPyConnection,
    rows: str,
    column: HeldColumn,
    field: str,
    kind: DuckDBPyType,
) -> Iterator[HeldColumn]:
    own = HeldColumn(f"{column.name}_{field}", f"{column.sql}.{identifier(field)}", str(kind))
    parts = list(_parts_of(session, rows, own, kind))
    yield from parts or [own]


def _named_values(
    session: duckdb.DuckDBPyConnection,
    rows: str,
    entries: HeldColumn,
    value: DuckDBPyType,
    whole: HeldColumn,
) -> Iterator[HeldColumn]:
    """Give a column for each name of a list of names with values."""
    names = [
        name
        for (name,) in session.execute(
            f"select distinct unnest({entries.sql}).key as name from {rows} "
            f"order by name limit {_MOST_NAMES + 1}"
        ).fetchall()
        if name
    ]
    if len(names) > _MOST_NAMES:
        yield whole
        return
    for name in names:
        found = f"list_filter({entries.sql}, lambda each: each.key = {literal(name)})[1].value"
        if value.id == "struct":
            # one of several fields, by the type of the value
            texts = (f"cast({found}.{identifier(field)} as varchar)" for field in _held_by(value))
            yield HeldColumn(f"{whole.name}_{name}", f"coalesce({', '.join(texts)})", "VARCHAR")
        else:
            yield HeldColumn(f"{whole.name}_{name}", found, str(value))
