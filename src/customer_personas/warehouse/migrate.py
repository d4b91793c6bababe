"""Brings a state database to the layout of this release, one numbered migration after the other.

The files ``migrations/<number>_<what>.sql`` are the only place where tables of the state are
defined: a new state runs through all of them. What a state has run through stands in its table
``history.schema_version``. A state of before that table is told by its columns.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb

from customer_personas.warehouse.databases import (
    STATE_VARIABLE,
    DatabaseError,
    attached,
    connect,
    current_database,
    free_name,
)

MIGRATIONS = Path(__file__).parent / "migrations"
VERSION_TABLE = ("history", "schema_version")

# The columns of each table by (schema, table).
Layout = dict[tuple[str, str], frozenset[str]]


@dataclass(frozen=True)
class Migration:
    """A step from one layout of the state to the next.

    Attributes
    ----------
    number : int
        The layout that it leads to.
    name : str
        What it does, as the file says.
    sql : str
        Its statements.
    """

    number: int
    name: str
    sql: str


def list_migrations() -> list[Migration]:
    """Read the migrations.

    Returns
    -------
    list of Migration
        All of them, numbered from 1 without a gap.
    """
    files = sorted(MIGRATIONS.glob("*.sql"))
    return [
        Migration(number, path.stem.split("_", 1)[1], path.read_text(encoding="utf-8"))
        for number, path in enumerate(files, 1)
    ]


def migrate_state(path: Path, say: Callable[[str], None] = lambda line: None) -> None:
    """Bring a state database to the newest layout; make it where there is none.

    Before the first migration, what is there is copied to a file beside it.

    Parameters
    ----------
    path : Path
        The state database.
    say : callable
        Takes a line about what was done; nothing is said where nothing was to do.

    Raises
    ------
    DatabaseError
        Where the file is of a newer release, is no state database, was changed by hand, or another
        process has it open: it stays as it is then.
    """
    with connect(path, may_create=True) as state:
        version = read_version(state, path)
        newest = len(list_migrations())
        if 0 < version < newest:
            kept = _copy_beside(state, path, version)
            say(f"The state of before the migration is kept as {kept}. Delete it once all is well.")
        migrate(state, path)
        if 0 < version < newest:
            say(f"{path} is brought from layout {version} to {newest}.")


def migrate(state: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Run the migrations that a state database lacks.

    Each is one transaction with its line in ``history.schema_version``.

    Parameters
    ----------
    state : duckdb.DuckDBPyConnection
        A connection to it.
    path : Path
        The file, for messages.

    Raises
    ------
    DatabaseError
        As for :func:`read_version`.
    """
    version = read_version(state, path)
    migrations = list_migrations()
    _write_versions(state, migrations[:version])
    for migration in migrations[version:]:
        _apply(state, migration)


def read_version(state: duckdb.DuckDBPyConnection, path: Path) -> int:
    """Tell which layout a state database has.

    Parameters
    ----------
    state : duckdb.DuckDBPyConnection
        A connection to it.
    path : Path
        The file, for messages.

    Returns
    -------
    int
        Number of the last migration that it has run through; 0 for an empty database.

    Raises
    ------
    DatabaseError
        Where it is of a newer release, is no state database, or was changed by hand.
    """
    found, known = _read_layout(state), _known_layouts()
    if VERSION_TABLE in found:
        ((version,),) = state.execute(
            f"select coalesce(max(version), 0) from {'.'.join(VERSION_TABLE)}"
        ).fetchall()
    else:
        fitting = [n for n, layout in known.items() if layout.items() <= found.items()]
        version = max(fitting)
        if version == 0 and found:
            raise DatabaseError(
                f"{path} holds tables, but no state that this project ever wrote. Set "
                f"{STATE_VARIABLE} to another file, or restore a backup: customer-personas backup."
            )
    if version not in known:
        raise DatabaseError(
            f"{path} was written by a newer release: it has layout {version}, and this one knows "
            f"layouts up to {max(known)}. Update the project, or set {STATE_VARIABLE} to another "
            "file. Nothing was changed."
        )
    changed = [name for name, columns in known[version].items() if found.get(name) != columns]
    if changed:
        tables = ", ".join(".".join(name) for name in sorted(changed))
        raise DatabaseError(
            f"{path} is not as any release left it: {tables} lacks columns or has others than "
            f"layout {version}. Undo what was changed by hand, or restore a backup: "
            "customer-personas backup restore FILE. Nothing was changed."
        )
    return int(version)


@cache
def _known_layouts() -> dict[int, Layout]:
    """List what each migration leads to, from an empty database on."""
    layouts: dict[int, Layout] = {0: {}}
    with duckdb.connect() as empty:
        for migration in list_migrations():
            empty.execute(migration.sql)
            layouts[migration.number] = _read_layout(empty)
    return layouts


def _read_layout(state: duckdb.DuckDBPyConnection) -> Layout:
    rows = state.execute(
        "select schema_name, table_name, list(column_name) from duckdb_columns() "
        "where database_name = current_database() and not internal group by all"
    ).fetchall()
    return {(schema, table): frozenset(columns) for schema, table, columns in rows}


def _write_versions(state: duckdb.DuckDBPyConnection, migrations: list[Migration]) -> None:
    """Make the table of versions, with those that the state has run through already."""
    state.execute("begin transaction")
    state.execute("create schema if not exists history")
    state.execute(
        "create table if not exists history.schema_version (version integer, migration varchar)"
    )
    for migration in migrations:
        _write_version(state, migration)
    state.execute("commit")


def _write_version(state: duckdb.DuckDBPyConnection, migration: Migration) -> None:
    state.execute(
        "insert into history.schema_version select $version, $migration where $version not in "
        "(select version from history.schema_version)",
        {"version": migration.number, "migration": migration.name},
    )


def _apply(state: duckdb.DuckDBPyConnection, migration: Migration) -> None:
    state.execute("begin transaction")
    try:
        state.execute(migration.sql)
        _write_version(state, migration)
        state.execute("commit")
    except BaseException:
        state.execute("rollback")
        raise


def _copy_beside(state: duckdb.DuckDBPyConnection, path: Path, version: int) -> Path:
    """Copy a state, to a name that nothing has yet."""
    kept = free_name(path.with_name(f"{path.stem}.layout_{version}{path.suffix}"))
    # an erasure removes it, should this process be killed
    draft = path.with_name(f".{path.name}.draft.layout")
    draft.unlink(missing_ok=True)
    with attached(state, draft, "copy of the state") as copy:
        state.execute(f"copy from database {current_database(state)} to {copy}")
    draft.rename(kept)
    return kept
