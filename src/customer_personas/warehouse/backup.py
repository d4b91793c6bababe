"""The command ``backup``: saves the state database, and puts a backup in its place.

The state holds what raw records do not determine. Erasures are never undone by a restore: those of
the present state are carried over, and whoever was erased since is taken out of the restored one.
"""

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import duckdb

from customer_personas.warehouse.databases import (
    STATE_VARIABLE,
    DatabaseError,
    UnreadableError,
    connect,
    copy_changed,
    copy_database,
    free_name,
    make_private_folder,
    publish_folder,
    put_in_place,
    remove_drafts_of,
    say_why,
    state_path,
)
from customer_personas.warehouse.erasures import (
    LOG,
    Erasures,
    forget_erased,
    read_erasures,
    read_log,
)
from customer_personas.warehouse.lock import Lock
from customer_personas.warehouse.migrate import migrate, read_version


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
    with Lock(publish_folder(), f"backup of {state_path()}", say=print):
        connect(state_path(), read_only=True).close()
        make_private_folder(path.parent)
        # left by a process that was killed
        remove_drafts_of(path)
        draft = path.with_name(f".{path.name}.draft")
        try:
            copy_database(state_path(), draft)
            draft.replace(path)
        finally:
            remove_drafts_of(path)


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
    # where it is a link, the file that it leads to is replaced
    state, folder = state_path().resolve(), publish_folder()
    _refuse_other_files(path)
    with Lock(folder, f"restore of {state_path()}", say=print):
        remove_drafts_of(state)
        make_private_folder(state.parent)
        erasures = _erasures_of(state, folder)
        draft = state.with_name(f".{state.name}.draft")

        def change(copy: duckdb.DuckDBPyConnection) -> None:
            migrate(copy, path)
            forget_erased(copy, erasures)

        try:
            copy_changed(path, draft, change)
            replaced = _keep_beside(state) if state.exists() else None
            put_in_place(draft, state)
        finally:
            remove_drafts_of(state)
        return replaced


def _keep_beside(state: Path) -> Path:
    """Copy the state to a name that nothing has yet: an earlier restore may have been killed."""
    kept = free_name(state.with_name(f"{state.name}.replaced"))
    draft = state.with_name(f".{state.name}.draft.replaced")
    try:
        copy_database(state, draft)
    except duckdb.Error:
        # damaged, and yet somebody's only state
        shutil.copy2(state, draft)
    draft.replace(kept)
    return kept


def _erasures_of(state: Path, folder: Path) -> Erasures:
    """List all erasures kept in the state, whichever layout it has, and beside the set."""
    logged = read_log(folder)
    if not state.exists():
        return logged
    try:
        with connect(state) as present:
            return read_erasures(present) | logged
    except UnreadableError as error:
        # the state is lost, which is why it is restored
        if logged:
            return logged
        raise DatabaseError(
            f"{state} cannot be read, and there is no {folder / LOG} either: whom it keeps out is "
            "not known. Move it away and restore again. Whoever was erased after the backup was "
            "saved has to be erased once more."
        ) from error


def _refuse_other_files(path: Path) -> None:
    if not path.exists():
        raise DatabaseError(f"There is no {path} to restore. Name a file that `save` wrote.")
    with connect(path, read_only=True) as backup:
        if not read_version(backup, path):
            raise DatabaseError(f"{path} is empty, and no backup. Name a file that `save` wrote.")


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
        print(say_why(error), file=sys.stderr)
        return 1
    print(f"{given.file} is in force as {state_path()}. Run dbt build.")
    if replaced is not None:
        print(f"What was in force lies in {replaced}: delete it once all is well.")
    return 0
