"""A Parquet file becomes a table of texts, as received."""

from pathlib import Path

import duckdb

from customer_personas.intake.errors import IntakeError
from customer_personas.intake.nested_columns import HeldColumn, spread_columns
from customer_personas.sql import file_literal, identifier

_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL")


def parquet_columns(session: duckdb.DuckDBPyConnection, path: Path) -> dict[str, str]:
    """List the columns of a file.

    Parameters
    ----------
    session : duckdb.DuckDBPyConnection
        Any connection.
    path : Path
        The file.

    Returns
    -------
    dict of str to str
        By name, in their order: ``number`` or ``time`` where the type is one, else ``text``. Of a
        column that holds others (see :mod:`.nested_columns`) those, too.
    """
    return {each.name: _class_of(each.sql_type) for each in spread_columns(session, _rows_of(path))}


def parquet_unpacked(session: duckdb.DuckDBPyConnection, path: Path) -> int:
    """Tell how much a file holds once unpacked.

    Parameters
    ----------
    session : duckdb.DuckDBPyConnection
        Any connection.
    path : Path
        The file.

    Returns
    -------
    int
        Bytes, as its own footer says.
    """
    ((unpacked,),) = session.execute(
        "select coalesce(sum(total_uncompressed_size), 0)::bigint "
        f"from parquet_metadata({file_literal(path)})"
    ).fetchall()
    return unpacked


def write_objects(session: duckdb.DuckDBPyConnection, path: Path, table: str) -> None:
    """Read a file into a temporary table of JSON objects.

    Parameters
    ----------
    session : duckdb.DuckDBPyConnection
        Where the tables are made.
    path : Path
        The file.
    table : str
        The records, in their order, as `json_files.read_json` makes it.
    """
    session.execute(
        f"create or replace temp table {table} as "
        f"select to_json(records) as object from {_rows_of(path)} as records"
    )
    session.execute(
        f"create or replace temp table {table}_unreadable "
        "(record_number bigint, line_number bigint, line varchar, read_error varchar)"
    )


def _rows_of(path: Path) -> str:
    # the records are what the file holds, whatever the folders that it lies in are called
    return f"read_parquet({file_literal(path)}, hive_partitioning = false)"


def _class_of(sql_type: str) -> str:
    if sql_type.removeprefix("U").startswith(_NUMBERS):
        return "number"
    return "time" if sql_type.startswith(("DATE", "TIMESTAMP")) else "text"


def read_parquet(
    session: duckdb.DuckDBPyConnection, path: Path, names: dict[str, str], table: str
) -> None:
    """Read a file into a temporary table of texts.

    Parameters
    ----------
    session : duckdb.DuckDBPyConnection
        Where the table is made.
    path : Path
        The file.
    names : dict of str to str
        By column of the file, the name it gets.
    table : str
        The records, in their order; ``<table>_unreadable`` is empty.

    Raises
    ------
    IntakeError
        If a column holds bytes that are no text.
    """
    columns = spread_columns(session, _rows_of(path))
    written = {each.name: _text_of(each) for each in columns}
    for each in columns:
        if each.sql_type == "BLOB":
            _refuse_other_bytes(session, path, each, written[each.name])
    texts = ", ".join(f"{written[column]} as {identifier(name)}" for column, name in names.items())
    session.execute(f"create or replace temp table {table} as select {texts} from {_rows_of(path)}")
    session.execute(
        f"create or replace temp table {table}_unreadable "
        "(record_number bigint, line_number bigint, line varchar, read_error varchar)"
    )


def _text_of(column: HeldColumn) -> str:
    # programs without a type for texts write them as bytes
    if column.sql_type == "BLOB":
        return f"try(decode({column.sql}))"
    return f"cast({column.sql} as varchar)"


def _refuse_other_bytes(
    session: duckdb.DuckDBPyConnection, path: Path, column: HeldColumn, text: str
) -> None:
    found = session.execute(
        f"select cast({column.sql} as varchar) from {_rows_of(path)} "
        f"where {column.sql} is not null and {text} is null limit 1"
    ).fetchone()
    if found:
        raise IntakeError(
            f"{path.name}, column {column.name}: it holds bytes that are no text in UTF-8, as in "
            f"{found[0][:40]}. Write it as text, or leave the column out."
        )
