"""Where the databases lie, and the one way in which files are opened, attached and written anew."""

import errno
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from customer_personas.sql import identifier, literal

WAREHOUSE_VARIABLE = "PERSONA_WAREHOUSE"
DEFAULT_WAREHOUSE = "warehouse/customer_personas.duckdb"
STATE_VARIABLE = "PERSONA_STATE"
DEFAULT_STATE = "state/customer_personas.duckdb"
PUBLISH_VARIABLE = "PERSONA_PUBLISH_DIR"
DEFAULT_PUBLISH_FOLDER = "published"
TEMPORARY_VARIABLE = "PERSONA_TEMP_DIR"
SPARK_FOLDER_VARIABLE = "PERSONA_SPARK_FOLDER"
DEFAULT_SPARK_FOLDER = "warehouse/spark"


_IS_HELD = "Could not set lock"
_NO_ROOM = "No space left"
_MAKE_ROOM = "the disk is full. Make room and try again."


class DatabaseError(RuntimeError):
    """Something about a database file that the reader of the message has to decide."""


class UnreadableError(DatabaseError):
    """A file that is no sound database."""


def warehouse_path() -> Path:
    """Return the build database, from ``PERSONA_WAREHOUSE``.

    Returns
    -------
    Path
        By default ``warehouse/customer_personas.duckdb``.
    """
    return Path(os.environ.get(WAREHOUSE_VARIABLE) or DEFAULT_WAREHOUSE)


def state_path() -> Path:
    """Return the state database, from ``PERSONA_STATE``.

    Returns
    -------
    Path
        By default ``state/customer_personas.duckdb``.
    """
    return Path(os.environ.get(STATE_VARIABLE) or DEFAULT_STATE)


def spark_folder() -> Path:
    """Return the folder that is shared with Spark, from ``PERSONA_SPARK_FOLDER``.

    Returns
    -------
    Path
        By default ``warehouse/spark``; it is there only where Spark computes.
    """
    return Path(os.environ.get(SPARK_FOLDER_VARIABLE) or DEFAULT_SPARK_FOLDER)


def publish_folder() -> Path:
    """Return the folder of published versions, from ``PERSONA_PUBLISH_DIR``.

    Returns
    -------
    Path
        By default ``published``.
    """
    return Path(os.environ.get(PUBLISH_VARIABLE) or DEFAULT_PUBLISH_FOLDER)


def connect(
    path: Path, *, read_only: bool = False, may_create: bool = False
) -> duckdb.DuckDBPyConnection:
    """Open a database file, or say what keeps it from being opened.

    Parameters
    ----------
    path : Path
        The file.
    read_only : bool
        Whether nothing is written.
    may_create : bool
        Whether a file that is not there is made, with the folders above it.

    Returns
    -------
    duckdb.DuckDBPyConnection
        The connection.

    Raises
    ------
    DatabaseError
        Where the file is not there, is no database, or another process has it open.
    """
    _refuse_misread_paths(path)
    if may_create:
        make_private_folder(path.parent)
    elif not path.exists():
        raise DatabaseError(f"There is no {path}. Build first, or set the variable of its path.")
    try:
        connection = duckdb.connect(str(path), read_only=read_only)
    except duckdb.Error as error:
        kind, said = _why_not_opened(path, str(error))
        raise kind(said) from error
    connection.execute("set TimeZone = 'UTC'")
    return connection


def refuse_held(path: Path) -> None:
    """Say who has a database file open, before somebody opens it who would not.

    Parameters
    ----------
    path : Path
        The file; one that is not there is held by nobody.

    Raises
    ------
    DatabaseError
        Where another process has it open.
    """
    if not path.exists():
        return
    try:
        duckdb.connect(str(path)).close()
    except duckdb.Error as error:
        # what else keeps it from being opened is told by whoever opens it
        if _IS_HELD in str(error):
            _, said = _why_not_opened(path, str(error))
            raise DatabaseError(said) from error


def _why_not_opened(path: Path, error: str) -> tuple[type[DatabaseError], str]:
    """Say what keeps a database from being opened, and what to do about it."""
    if _IS_HELD in error:
        holder = re.search(r"held in (.+?)[.] See", error)
        who = f" ({holder[1]})" if holder else ""
        return DatabaseError, (
            f"Another process has {path} open{who}, perhaps a build. Try again when it is done."
        )
    if "Permission denied" in error or "Read-only file system" in error:
        return DatabaseError, (
            f"You may not write {path}, or its folder. Give yourself permission, or set the "
            "variable of its path."
        )
    if _NO_ROOM in error:
        return DatabaseError, f"{path} cannot be opened: {_MAKE_ROOM}"
    return UnreadableError, (
        f"{path} cannot be opened: {error} Put a sound file in its place, or set the variable of "
        "its path."
    )


def say_why(error: Exception) -> str:
    """Say why a command ended.

    Parameters
    ----------
    error : Exception
        What ended it.

    Returns
    -------
    str
        Its message; where the disk is full, or a file may not be written, what to do.
    """
    if _NO_ROOM in str(error):
        return _MAKE_ROOM
    if isinstance(error, OSError) and error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return (
            f"You may not read or write {error.filename}, or its folder. Give yourself permission, "
            "or set the variable of its path."
        )
    return str(error)


def make_private_folder(folder: Path) -> None:
    """Make a folder that nobody else may look into; one that is there stays as it is.

    Parameters
    ----------
    folder : Path
        The folder; those above it are made as usual.
    """
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)


def write_private_file(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all.

    Parameters
    ----------
    path : Path
        The file; what lies there is replaced.
    text : str
        What it is to hold.
    """
    draft = path.with_name(f".{path.name}.draft")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def free_name(path: Path) -> Path:
    """Give a name that nothing has yet.

    Parameters
    ----------
    path : Path
        The name to begin with.

    Returns
    -------
    Path
        It, or where it is taken one with a number: ``state.layout_1_2.duckdb``.
    """
    name, number = path, 1
    while name.exists():
        number += 1
        name = path.with_name(f"{path.stem}_{number}{path.suffix}")
    return name


def remove_drafts_of(path: Path) -> None:
    """Remove what was being written of a database by a process that was killed.

    Parameters
    ----------
    path : Path
        The database, held by this process.
    """
    path = path.resolve()
    drafts = path.parent.iterdir() if path.parent.is_dir() else []
    for draft in [each for each in drafts if each.name.startswith(f".{path.name}.draft")]:
        shutil.rmtree(draft) if draft.is_dir() else draft.unlink()


def remove_spilled(warehouse: Path) -> None:
    """Remove records that the engine wrote beyond its memory in a process that was killed.

    Parameters
    ----------
    warehouse : Path
        The build database, which no other process has open.
    """
    shutil.rmtree(f"{warehouse}.tmp", ignore_errors=True)
    # builds of other companies may work in the same folder
    shared = os.environ.get(TEMPORARY_VARIABLE)
    for path in Path(shared).glob("duckdb_temp_*") if shared else ():
        if not _is_running(path.name.split("_")[2]):
            path.unlink(missing_ok=True)


def _is_running(process: str) -> bool:
    """Tell whether there is a process of a number."""
    try:
        os.kill(int(process), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True


@contextmanager
def attached(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    name: str,
    *,
    read_only: bool = False,
    storage_version: str | None = None,
) -> Iterator[str]:
    """Attach a database file for as long as a block runs.

    Whatever the path holds (spaces, apostrophes, signs of other languages), it is quoted here and
    nowhere else.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        Where it is attached.
    path : Path
        The file; made if it is not there, unless it is only read.
    name : str
        The name that it gets.
    read_only : bool
        Whether nothing is written.
    storage_version : str, optional
        Format of a new file; the engine's own by default.

    Yields
    ------
    str
        The name, quoted.

    Raises
    ------
    DatabaseError
        Where the engine would not read the path as it is.
    """
    _refuse_misread_paths(path)
    options = ["read_only"] if read_only else []
    if storage_version:
        options.append(f"storage_version {literal(storage_version)}")
    told = f" ({', '.join(options)})" if options else ""
    quoted = identifier(name)
    connection.execute(f"attach {literal(str(path))} as {quoted}{told}")
    try:
        yield quoted
    finally:
        connection.execute(f"detach {quoted}")


def copy_to_parquet(connection: duckdb.DuckDBPyConnection, source: str, path: Path) -> int:
    """Write a table to a Parquet file.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        Where the table can be read.
    source : str
        The table, quoted.
    path : Path
        The file.

    Returns
    -------
    int
        Number of rows.
    """
    ((count,),) = connection.execute(
        f"copy {source} to {literal(str(path))} (format parquet)"
    ).fetchall()
    return int(count)


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
    # views name the database that they were made in
    name = old.name.lstrip(".").split(".")[0]
    with (
        duckdb.connect() as connection,
        attached(connection, old, name, read_only=True) as source,
        attached(connection, new, f"copy of {name}", storage_version=storage_version) as target,
    ):
        connection.execute(f"copy from database {source} to {target}")


def copy_changed(
    old: Path,
    new: Path,
    change: Callable[[duckdb.DuckDBPyConnection], None],
    storage_version: str | None = None,
) -> None:
    """Copy a database with a change into a new file, without the bytes of what was deleted.

    Parameters
    ----------
    old, new : Path
        The file, which nobody writes meanwhile, and the new one.
    change : callable
        Takes a connection to a copy and changes it.
    storage_version : str, optional
        Format of the new file; the engine's own by default.
    """
    with _copy_to_change(new) as copy:
        copy_database(old, copy, storage_version)
        with connect(copy) as changed:
            change(changed)
        copy_database(copy, new, storage_version)


def replace_changed(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    change: Callable[[duckdb.DuckDBPyConnection], None],
) -> None:
    """Put a changed database in the place of the old one in one step, and close the connection.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        The only connection to the database.
    path : Path
        Its file, or a link to it, which stays.
    change : callable
        Takes a connection to a copy and changes it.
    """
    path = path.resolve()
    draft = path.with_name(f".{path.name}.draft")
    connection.execute("checkpoint")
    try:
        with _copy_to_change(draft) as copy:
            with attached(connection, copy, "changed copy") as target:
                connection.execute(f"copy from database {current_database(connection)} to {target}")
            with connect(copy) as changed:
                change(changed)
            copy_database(copy, draft)
    except BaseException:
        # without room for two more copies, say
        remove_drafts_of(path)
        raise
    connection.close()
    put_in_place(draft, path)


@contextmanager
def _copy_to_change(new: Path) -> Iterator[Path]:
    """Give the place of a copy, of which nothing stays: it has what is to be deleted."""
    copy = new.with_name(f"{new.name}.copy")
    copy.unlink(missing_ok=True)
    try:
        yield copy
    finally:
        for path in (copy, copy.with_name(f"{copy.name}.wal")):
            path.unlink(missing_ok=True)


def _refuse_misread_paths(path: Path) -> None:
    """Stop before the engine takes a sign of the path for something else and writes elsewhere."""
    misread = [sign for sign in ("?", "\\") if sign in str(path)]
    if misread:
        raise DatabaseError(
            f"{path}: DuckDB does not take {' and '.join(misread)} in a path as it stands. Choose "
            "folders and files without."
        )


def current_database(connection: duckdb.DuckDBPyConnection) -> str:
    """Return the name of the database that a connection looks at, quoted.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        The connection.

    Returns
    -------
    str
        The name, as SQL text.
    """
    ((name,),) = connection.execute("select current_database()").fetchall()
    return identifier(name)


def put_in_place(draft: Path, path: Path) -> None:
    """Put a new database file in the place of one that no process has open.

    Parameters
    ----------
    draft : Path
        The new file.
    path : Path
        Its place; what lies there is replaced, with its log of writes.
    """
    path.with_name(f"{path.name}.wal").unlink(missing_ok=True)
    draft.replace(path)
