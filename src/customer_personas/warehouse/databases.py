"""Where the two databases lie, and how one is written anew."""

import os
from pathlib import Path

import duckdb

from customer_personas.sql import identifier, literal

WAREHOUSE_VARIABLE = "PERSONA_WAREHOUSE"
DEFAULT_WAREHOUSE = "warehouse/customer_personas.duckdb"
STATE_VARIABLE = "PERSONA_STATE"
DEFAULT_STATE = "state/customer_personas.duckdb"


class DatabaseError(RuntimeError):
    """Something about a database file that the reader of the message has to decide."""


def warehouse_path() -> Path:
    """Return the build database, from ``PERSONA_WAREHOUSE``."""
    return Path(os.environ.get(WAREHOUSE_VARIABLE) or DEFAULT_WAREHOUSE)


def state_path() -> Path:
    """Return the state database, from ``PERSONA_STATE``."""
    return Path(os.environ.get(STATE_VARIABLE) or DEFAULT_STATE)


def connect(path: Path, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """Open a database file, or say what keeps it from being opened.

    Parameters
    ----------
    path : Path
        The file.
    read_only : bool
        Whether nothing is written.

    Returns
    -------
    duckdb.DuckDBPyConnection
        The connection.

    Raises
    ------
    DatabaseError
        Where the file is not there, or another process has it open.
    """
    if not path.exists():
        raise DatabaseError(f"There is no {path}. Build first, or set the variable of its path.")
    try:
        connection = duckdb.connect(str(path), read_only=read_only)
    except duckdb.IOException as error:
        if "lock" not in str(error):
            raise DatabaseError(f"{path} cannot be opened: {error}") from error
        raise DatabaseError(
            f"Another process has {path} open, perhaps a build. Try again when it is done."
        ) from error
    connection.execute("set TimeZone = 'UTC'")
    return connection


def copy_database(old: Path, new: Path, storage_version: str | None = None) -> None:
    """Copy a database into a new file.

    Deleted rows stay in the bytes of a file; the copy has none of them.

    Parameters
    ----------
    old, new : Path
        The file, which nobody writes meanwhile, and the new one.
    storage_version : str, optional
        Format of the new file; the engine's own by default.
    """
    new.unlink(missing_ok=True)
    option = f" (storage_version {literal(storage_version)})" if storage_version else ""
    # views name the database that they were made in
    name = identifier(old.name.lstrip(".").split(".")[0])
    with duckdb.connect() as connection:
        connection.execute(f"attach {literal(str(old))} as {name} (read_only)")
        connection.execute(f"attach {literal(str(new))} as copied{option}")
        connection.execute(f"copy from database {name} to copied")


def rewrite(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Write the file of a connection anew, without the bytes of deleted rows, and close it.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        The only connection to the file.
    path : Path
        The file.
    """
    connection.execute("checkpoint")
    connection.close()
    draft = path.with_name(f".{path.name}.draft")
    copy_database(path, draft)
    draft.replace(path)
    path.with_name(f"{path.name}.wal").unlink(missing_ok=True)
