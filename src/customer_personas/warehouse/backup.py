"""The command ``backup``: saves the state database, and puts a backup in its place.

The state holds what raw records do not determine. Erasures are never undone by a restore: those of
the present state are carried over, and whoever was erased since is taken out of the restored one.
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb

from customer_personas.intake.expressions import KEY_NAMES, KEYED_HASH_SQL
from customer_personas.warehouse.databases import (
    STATE_VARIABLE,
    DatabaseError,
    connect,
    copy_changed,
    copy_database,
    put_in_place,
    state_path,
)
from customer_personas.warehouse.identifier_keys import key_variables
from customer_personas.warehouse.migrate import migrate, read_version
from customer_personas.warehouse.state import add_erasure

# What an erasure is kept of: the id alone, where it names its system, else behind the only system.
_PERSON = """
    case
        when source_systems like '%;%' then customer_id
        else split_part(source_systems, ':', 1) || ':' || customer_id
    end
"""


def save(path: Path) -> None:
    """Copy the state database.

    Parameters
    ----------
    path : Path
        The new file.

    Raises
    ------
    DatabaseError
        Where there is no state, another process has it open, or the file is there already.
    """
    if path.exists():
        raise DatabaseError(f"{path} is there already. Name another file.")
    connect(state_path(), read_only=True).close()
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    copy_database(state_path(), draft)
    draft.replace(path)


def restore(path: Path) -> Path | None:
    """Put a backup in the place of the state database, in the layout of this release.

    Parameters
    ----------
    path : Path
        The backup, of this release or an earlier one.

    Returns
    -------
    Path or None
        Where the state that was replaced lies now; None where there was none.

    Raises
    ------
    DatabaseError
        Where the file is no backup or one of a newer release, or another process has the state
        open: the state is as it was then.
    """
    state = state_path()
    _refuse_other_files(path)
    erasures = _erasures_of(state) if state.exists() else []
    state.parent.mkdir(parents=True, exist_ok=True)
    draft = state.with_name(f".{state.name}.draft")

    def change(copy: duckdb.DuckDBPyConnection) -> None:
        migrate(copy, path)
        forget_erased(copy, erasures)

    copy_changed(path, draft, change)
    replaced = state.with_name(f"{state.name}.replaced") if state.exists() else None
    if replaced:
        copy_database(state, replaced)
    put_in_place(draft, state)
    return replaced


def forget_erased(
    restored: duckdb.DuckDBPyConnection, erasures: list[tuple[str, date | None]]
) -> None:
    """Add erasures to a state, and take out whoever they are of.

    Parameters
    ----------
    restored : duckdb.DuckDBPyConnection
        The state.
    erasures : list of tuple
        Rows of ``history.erasures`` of another one: hash and day.
    """
    for name, value in key_variables().items():
        restored.execute(f"set variable {name} = ?", [value])
    for customer_hash, erased_on in erasures:
        add_erasure(restored, customer_hash, erased_on)
    is_erased = " or ".join(
        f"{KEYED_HASH_SQL.format(key=key, text=_PERSON)} in "
        "(select customer_hash from history.erasures)"
        for key in KEY_NAMES
    )
    for table in ("persona_changes", "published_predictions"):
        restored.execute(f"delete from history.{table} where {is_erased}")


def _erasures_of(state: Path) -> list[tuple[str, date | None]]:
    """List the erasures of a state, whichever layout it has."""
    with connect(state) as present:
        if not _has_table(present, "erasures"):
            return []
        return present.execute("select customer_hash, erased_on from history.erasures").fetchall()


def _refuse_other_files(path: Path) -> None:
    if not path.exists():
        raise DatabaseError(f"There is no {path} to restore. Name a file that `save` wrote.")
    with connect(path, read_only=True) as backup:
        if not read_version(backup, path):
            raise DatabaseError(f"{path} is empty, and no backup. Name a file that `save` wrote.")


def _has_table(state: duckdb.DuckDBPyConnection, table: str) -> bool:
    found = state.execute(
        "from duckdb_tables() where schema_name = 'history' and table_name = ?", [table]
    )
    return bool(found.fetchall())


def main(arguments: Sequence[str] | None = None) -> int:
    """Save or restore.

    Parameters
    ----------
    arguments : sequence of str, optional
        What follows the name of the command.

    Returns
    -------
    int
        0 where that went well, else 1.
    """
    parser = argparse.ArgumentParser(
        prog="customer-personas backup",
        description="Save the state database, or put a backup in its place.",
        epilog=f"The state database is that of the variable {STATE_VARIABLE}. Who was erased since "
        "a backup stays erased when it is restored.",
    )
    commands = parser.add_subparsers(dest="command", metavar="save|restore", required=True)
    saving = commands.add_parser("save", help="copy the state database to a new file")
    saving.add_argument("file", type=Path, help="the new file; its folders are made")
    restoring = commands.add_parser(
        "restore", help="put a backup in its place; the state of before is kept beside it"
    )
    restoring.add_argument("file", type=Path, help="what `save` wrote, also with an older release")
    given = parser.parse_args(arguments)
    try:
        if given.command == "save":
            save(given.file)
            print(f"{state_path()} is saved as {given.file}.")
            return 0
        replaced = restore(given.file)
    except (DatabaseError, duckdb.Error, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{given.file} is in force as {state_path()}. Run dbt build.")
    if replaced:
        print(f"What was in force lies in {replaced}: delete it once all is well.")
    return 0
