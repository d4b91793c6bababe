"""A file of JSON objects, one a line, becomes a table of texts, as received."""

from pathlib import Path

import duckdb

from customer_personas.intake.errors import IntakeError
from customer_personas.intake.folder import MAPPING_FILE
from customer_personas.intake.layouts import NUMBER_IN_RECORD
from customer_personas.intake.limits import Limits
from customer_personas.sql import file_literal, literal

# Objects within objects, and their fields, become columns up to here.
_DEEPEST, _MOST_INNER = 5, 200


def read_json(
    session: duckdb.DuckDBPyConnection, path: Path, source_file: str, table: str, limits: Limits
) -> None:
    """Read a UTF-8 file of JSON lines into two temporary tables.

    Parameters
    ----------
    session : duckdb.DuckDBPyConnection
        Where the tables are made.
    path : Path
        The file.
    source_file : str
        Its name, for messages.
    table : str
        The readable objects as column ``object``, in their order; ``<table>_unreadable`` has the
        other lines: ``record_number`` and ``line_number`` from 1, ``line`` and ``read_error``.
    limits : Limits
        How long a line may be.

    Raises
    ------
    IntakeError
        If the file holds nothing, or has too long a line.
    """
    for each in (table, f"{table}_lines", f"{table}_unreadable", f"{table}_rejects"):
        session.execute(f"drop table if exists {each}")
    # no text has these as delimiter and quote: each line is one field
    session.execute(
        f"""
        create temp table {table}_lines as
        select * from read_csv(
            {file_literal(path)}, auto_detect = false, header = false, delim = '\x1f', quote = '',
            escape = '', columns = {{'line': 'VARCHAR'}}, max_line_size = {limits.max_line_bytes},
            hive_partitioning = false, strict_mode = false, store_rejects = true, rejects_limit = 0,
            rejects_table = '{table}_rejects', rejects_scan = '{table}_scans'
        )
        """
    )
    for (line,) in session.execute(
        f"select min(line) from {table}_rejects where error_type = 'LINE SIZE OVER MAXIMUM' "
        "having count(*) > 0"
    ).fetchall():
        limits.refuse_line(limits.max_line_bytes + 1, line, source_file)
    # (a file of other bytes has no readable line at all)
    ((first,),) = session.execute(
        f"select min_by(left(trim(line), 1), rowid) from {table}_lines where trim(line) != ''"
    ).fetchall()
    if first is None:
        raise IntakeError(f"{source_file} is empty. Deliver it again or take it away.")
    session.execute(
        f"""
        create temp table {table}_unreadable as
        select line_number as record_number, line_number, line, 'no JSON object' as read_error
        from (select rowid + 1 as line_number, line from {table}_lines)
        where trim(line) != '' and coalesce(json_type(try_cast(line as json)), '') != 'OBJECT'
        union all
        select line, line, min(csv_line), min(error_message)
        from {table}_rejects
        group by line
        """
    )
    session.execute(
        f"""
        create temp table {table} as
        select cast(line as json) as object
        from {table}_lines
        where json_type(try_cast(line as json)) = 'OBJECT'
        """
    )
    for each in (f"{table}_lines", f"{table}_rejects", f"{table}_scans"):
        session.execute(f"drop table {each}")


def explode(session: duckdb.DuckDBPyConnection, table: str, name: str, source_file: str) -> None:
    """Make of each object as many as a list in it has elements.

    Parameters
    ----------
    session : duckdb.DuckDBPyConnection
        Where the table is.
    table : str
        As :func:`read_json` made it. In place of the list each object has one element of it, and
        ``number_in_record``, its place in the list from 1; an object without elements stays one.
    name : str
        The field with the list; points part the names that lead to it: ``order.items``.
    source_file : str
        Name of the file, for messages.

    Raises
    ------
    IntakeError
        If no object has such a list.
    """
    path = tuple(name.split("."))
    pointer = literal(_pointer(path))
    ((lists, others),) = session.execute(
        f"""
        select
            count(*) filter (json_type(object, {pointer}) = 'ARRAY'),
            count(*) filter (json_type(object, {pointer}) not in ('ARRAY', 'NULL'))
        from {table}
        """
    ).fetchall()
    if others or not lists:
        found = "something else" if lists or others else "nothing"
        raise IntakeError(
            f"{source_file} has {found} at {name}, where the setting explode of {MAPPING_FILE} "
            "asks for a list. Write the names that lead to the list, with points between."
        )
    patch = "element"
    for each in reversed(path):
        patch = f"json_object({literal(each)}, {patch})"
    number = f"json_object({literal(NUMBER_IN_RECORD)}, number)"
    session.execute(
        f"""
        create or replace temp table {table} as
        select
            case
                when element is null then json_merge_patch(object, {patch})
                else json_merge_patch(json_merge_patch(object, {patch}), {number})
            end as object
        from (
            select object, rowid as position, unnest(elements) as element,
                generate_subscripts(elements, 1) as number
            from (
                select object, rowid, case
                    when json_array_length(object, {pointer}) > 0
                        then cast(json_extract(object, {pointer}) as json[])
                    else [cast(null as json)]
                end as elements
                from {table}
            )
        )
        order by position, number
        """
    )


def fields_of(session: duckdb.DuckDBPyConnection, table: str) -> dict[tuple[str, ...], bool]:
    """List the fields of the objects, and of the objects in them.

    Parameters
    ----------
    session : duckdb.DuckDBPyConnection
        Where the table is.
    table : str
        As :func:`read_json` made it.

    Returns
    -------
    dict of tuple of str to bool
        By the names that lead to it, in the order of their first appearance: whether all values
        are JSON numbers. A field that holds objects gives way to theirs, unless some of its values
        are none or it has the look of a table by itself, with names as many as values.
    """
    return _fields_within(session, table, ())


def _fields_within(
    session: duckdb.DuckDBPyConnection, table: str, path: tuple[str, ...]
) -> dict[tuple[str, ...], bool]:
    whole = f"json_extract(object, {literal(_pointer(path))})" if path else "object"
    rows = session.execute(
        f"""
        with objects as (
            select {whole} as object, rowid as position from {table}
        ),
        fields as (
            select
                unnest(json_keys(object)) as name,
                generate_subscripts(json_keys(object), 1) as place,
                position,
                object
            from objects
            where json_type(object) = 'OBJECT'
        ),
        types as (
            select
                name, position, place,
                json_type(object, '/' || replace(replace(name, '~', '~0'), '/', '~1')) as type
            from fields
        )
        select
            name,
            bool_and(type in ('NULL', 'UBIGINT', 'BIGINT', 'DOUBLE', 'HUGEINT')),
            bool_and(type in ('NULL', 'OBJECT')) and bool_or(type = 'OBJECT')
        from types
        group by name
        order by min(position * 10000 + place)
        """
    ).fetchall()
    fields: dict[tuple[str, ...], bool] = {}
    for name, is_number, is_object in rows:
        inner = {}
        if is_object and len(path) < _DEEPEST:
            inner = _fields_within(session, table, (*path, name))
        # of an object without fields, or with names that are values, the text says it all
        fields |= inner if 0 < len(inner) <= _MOST_INNER else {(*path, name): is_number}
    return fields


def field_text(path: tuple[str, ...]) -> str:
    """Write the SQL that takes the text of a field out of the column ``object``.

    Parameters
    ----------
    path : tuple of str
        The names that lead to the field.

    Returns
    -------
    str
        The expression; JSON null and an absent field are null.
    """
    return f"json_extract_string(object, {literal(_pointer(path))})"


def _pointer(path: tuple[str, ...]) -> str:
    return "".join("/" + name.replace("~", "~0").replace("/", "~1") for name in path)
