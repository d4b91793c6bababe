"""A file of JSON objects, one a line, becomes a table of texts, as received."""

from pathlib import Path

import duckdb

from customer_personas.intake.errors import IntakeError
from customer_personas.intake.limits import Limits
from customer_personas.sql import file_literal, literal


def read_json(
    session: duckdb.DuckDBPyConnection, path: Path, source_file: str, table: str, limits: Limits
) -> None:
    """Read a UTF-8 file of JSON lines into two temporary tables.

    Parameters
    ----------
    session : duckdb.DuckDBPyConnection
        Where the tables are made.
    path : Path
        The file, compressed or not.
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
        If the file is one JSON list, holds nothing, or has too long a line.
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
    if first == "[":
        raise IntakeError(
            f"{source_file} is one JSON list. Write one object a line instead, for example with: "
            f"jq -c '.[]' {source_file} > {Path(source_file).stem}.jsonl"
        )
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


def fields_of(session: duckdb.DuckDBPyConnection, table: str) -> dict[str, bool]:
    """List the fields of the objects.

    Parameters
    ----------
    session : duckdb.DuckDBPyConnection
        Where the table is.
    table : str
        As :func:`read_json` made it.

    Returns
    -------
    dict of str to bool
        By name, in the order of their first appearance: whether all values are JSON numbers.
    """
    rows = session.execute(
        f"""
        with fields as (
            select
                unnest(json_keys(object)) as name,
                generate_subscripts(json_keys(object), 1) as place,
                rowid as position,
                object
            from {table}
        )
        select
            name,
            bool_and(
                json_type(object, '/' || replace(replace(name, '~', '~0'), '/', '~1'))
                in ('NULL', 'UBIGINT', 'BIGINT', 'DOUBLE', 'HUGEINT')
            )
        from fields
        group by name
        order by min(position * 10000 + place)
        """
    ).fetchall()
    return dict(rows)


def field_text(name: str) -> str:
    """Write the SQL that takes the text of a field out of the column ``object``.

    Parameters
    ----------
    name : str
        Name of the field.

    Returns
    -------
    str
        The expression; JSON null and an absent field are null.
    """
    pointer = "/" + name.replace("~", "~0").replace("/", "~1")
    return f"json_extract_string(object, {literal(pointer)})"
