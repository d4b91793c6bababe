"""Backs the state database up: ``python -m customer_personas.warehouse.backup save|restore FILE``.

The state holds what raw records do not determine. Erasures are never undone by a restore: those of
the present state are carried over, and whoever was erased since is taken out of the restored one.
"""

import argparse
import sys
from pathlib import Path

import duckdb

from customer_personas.intake.expressions import KEY_NAMES, KEYED_HASH_SQL
from customer_personas.warehouse.databases import DatabaseError, connect, copy_database, state_path
from customer_personas.warehouse.identifier_keys import key_variables
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
    """Put a backup in the place of the state database.

    Parameters
    ----------
    path : Path
        The backup.

    Returns
    -------
    Path or None
        Where the state that was replaced lies now; None where there was none.

    Raises
    ------
    DatabaseError
        Where the file is no backup, or another process has the state open.
    """
    _refuse_other_files(path)
    state = state_path()
    erasures = []
    if state.exists():
        with connect(state) as present:
            erasures = present.execute("from history.erasures").fetchall()
    state.parent.mkdir(parents=True, exist_ok=True)
    draft = state.with_name(f".{state.name}.draft")
    copy_database(path, draft)
    with duckdb.connect(str(draft)) as restored:
        forget_erased(restored, erasures)
    clean = state.with_name(f".{state.name}.clean")
    copy_database(draft, clean)
    draft.unlink()
    replaced = state.with_name(f"{state.name}.replaced") if state.exists() else None
    if replaced:
        copy_database(state, replaced)
    clean.replace(state)
    state.with_name(f"{state.name}.wal").unlink(missing_ok=True)
    return replaced


def forget_erased(restored: duckdb.DuckDBPyConnection, erasures: list[tuple]) -> None:
    """Add erasures to a state, and take out whoever they are of.

    Parameters
    ----------
    restored : duckdb.DuckDBPyConnection
        The state.
    erasures : list of tuple
        Rows of ``history.erasures`` of another one.
    """
    for name, value in key_variables().items():
        restored.execute(f"set variable {name} = ?", [value])
    for row in erasures:
        add_erasure(restored, *row)
    is_erased = " or ".join(
        f"{KEYED_HASH_SQL.format(key=key, text=_PERSON)} in "
        "(select customer_hash from history.erasures)"
        for key in KEY_NAMES
    )
    restored.execute(f"delete from history.persona_changes where {is_erased}")


def _refuse_other_files(path: Path) -> None:
    if not path.exists():
        raise DatabaseError(f"There is no {path} to restore.")
    with connect(path, read_only=True) as backup:
        tables = {
            table
            for (table,) in backup.execute(
                "select table_name from duckdb_tables() where schema_name = 'history'"
            ).fetchall()
        }
    if not {"persona_builds", "erasures"} <= tables:
        raise DatabaseError(f"{path} is no backup of a state database of this version.")


def main(arguments: list[str] | None = None) -> int:
    """Save or restore; 0 where that went well."""
    parser = argparse.ArgumentParser(
        prog="python -m customer_personas.warehouse.backup",
        description="Backs the state database up.",
    )
    parser.add_argument("command", choices=["save", "restore"])
    parser.add_argument("file", type=Path)
    given = parser.parse_args(arguments)
    try:
        if given.command == "save":
            save(given.file)
            print(f"{state_path()} is saved as {given.file}.")
            return 0
        replaced = restore(given.file)
    except (DatabaseError, duckdb.Error) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{given.file} is in force as {state_path()}. Run dbt build.")
    if replaced:
        print(f"What was in force lies in {replaced}: delete it once all is well.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
