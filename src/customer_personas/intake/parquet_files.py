"""A Parquet file becomes a table of texts, as received."""

from pathlib import Path

import duckdb

from customer_personas.intake.errors import IntakeError
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
        By name, in their order: ``number`` or ``time`` where the type is one, else ``text``.
    """
    return {name: _class_of(sql_type) for name, sql_type in _types_of(session, path).items()}


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


def _types_of(session: duckdb.DuckDBPyConnection, path: Path) -> dict[str, str]:
    rows = session.execute(f"describe select * from {_rows_of(path)}").fetchall()
    return {name: sql_type for name, sql_type, *_ in rows}


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
    types = _types_of(session, path)
    written = {column: _text_of(column, types[column]) for column in names}
    for column, text in written.items():
        if types[column] == "BLOB":
            _refuse_other_bytes(session, path, column, text)
    texts = ", ".join(f"{written[column]} as {identifier(name)}" for column, name in names.items())
    session.execute(f"create or replace temp table {table} as select {texts} from {_rows_of(path)}")
    session.execute(
        f"create or replace temp table {table}_unreadable "
        "(record_number bigint, line_number bigint, line varchar, read_error varchar)"
    )


def _text_of(column: str, sql_type: str) -> str:
    # programs without a type for texts write them as bytes
    if sql_type == "BLOB":
        return f"try(decode({identifier(column)}))"
    return f"cast({identifier(column)} as varchar)"


def _refuse_other_bytes(
    session: duckdb.DuckDBPyConnection, path: Path, column: str, text: str
) -> None:
    found = session.execute(
        f"select cast({identifier(column)} as varchar) from {_rows_of(path)} "
        f"where {identifier(column)} is not null and {text} is null limit 1"
    ).fetchone()
    if found:
        raise IntakeError(
            f"{path.name}, column {column}: it holds bytes that are no text in UTF-8, as in "
            f"{found[0][:40]}. Write it as text, or leave the column out."
        )
