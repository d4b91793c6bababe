"""Erases one customer everywhere, and keeps a keyed tombstone so that nobody brings them back."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from customer_personas.privacy.customers import Customer, find_customer
from customer_personas.privacy.holdings import Holding, delete_rows, holdings
from customer_personas.privacy.republishing import put_replacement_in_place, write_replacements
from customer_personas.sql import identifier, literal
from customer_personas.warehouse.databases import (
    DatabaseError,
    connect,
    publish_folder,
    remove_drafts_of,
    remove_spilled,
    replace_changed,
    spark_folder,
    state_path,
    warehouse_path,
)
from customer_personas.warehouse.erasures import Erasures, add_erasures, take_over_logged, write_log
from customer_personas.warehouse.identifier_keys import identifier_keys, keyed_hash
from customer_personas.warehouse.lock import Lock
from customer_personas.warehouse.migrate import migrate_state
from customer_personas.warehouse.publishing import remove_drafts


def erase(
    customer_id: str, say: Callable[[str], None], system: str | None = None
) -> tuple[bool, Customer]:
    """Remove a customer from every kept published version, the state and the warehouse.

    First of all the tombstones are kept: from then on no build takes the customer in, whatever
    happens to the rest. Then the published versions are written anew beside the old ones; what
    fails there leaves them as they were. Then they take their place, the one in force first, then
    the state and its copies do, and last the warehouse. The same call goes on where it was ended:
    each database is written anew in every call, because deleted rows stay in the bytes of a file.

    Parameters
    ----------
    customer_id : str
        As in ``marts.customers``.
    say : callable
        Takes a line about what was done.
    system : str, optional
        The source system of the id, where nothing was built yet.

    Returns
    -------
    bool
        Whether anything was held.
    Customer
        Who was erased.

    Raises
    ------
    UnknownCustomerError
        Where it is not clear who is meant.
    DatabaseError
        Where a file cannot be opened, or another process has been at work for long.
    VersionError
        Where a published version cannot be read.
    """
    folder, path = publish_folder(), state_path()
    with Lock(folder, f"erasure of a customer in {path}", say=say):
        # what was killed half-way holds customers, too
        remove_drafts(folder)
        remove_drafts_of(path)
        remove_drafts_of(warehouse_path())
        migrate_state(path, say)
        take_over_logged(path, folder, say)
        with _to_be_read(warehouse_path()) as warehouse, connect(path) as state:
            customer = find_customer(customer_id, warehouse, state, folder, system)
            _keep_tombstones(customer, state, folder)
        say("kept in the state and beside the published set: no build takes the customer in")
        with _to_be_changed(warehouse_path()) as warehouse:
            _remove_computed(warehouse, spark_folder(), say)
            remove_spilled(warehouse_path())
            is_published = _replace_versions(folder, customer, say)
            in_warehouse = list(holdings(warehouse, customer)) if warehouse else []
            fingerprints = list(_fingerprints(warehouse, in_warehouse)) if warehouse else []
            in_state = [
                holding
                for each in (path, *_copies_of(path))
                for holding in _empty_state(each, customer, fingerprints, say)
            ]
            if warehouse:
                replace_changed(
                    warehouse, warehouse_path(), lambda copy: delete_rows(copy, in_warehouse)
                )
                say(_report("the warehouse", in_warehouse, warehouse_path()))
    return bool(is_published or in_warehouse or in_state), customer


@contextmanager
def _to_be_read(path: Path) -> Iterator[duckdb.DuckDBPyConnection | None]:
    """Open a database to look something up; None where it is not there, or in use."""
    try:
        connection = connect(path, read_only=True)
    except DatabaseError:
        yield None
        return
    with connection:
        yield connection


@contextmanager
def _to_be_changed(path: Path) -> Iterator[duckdb.DuckDBPyConnection | None]:
    """Open a database to change it; None where it is not there."""
    if not path.exists():
        yield None
        return
    with connect(path) as connection:
        yield connection


def _remove_computed(
    warehouse: duckdb.DuckDBPyConnection | None, folder: Path, say: Callable[[str], None]
) -> None:
    """Remove what Spark computed, and the views that read it: the next build makes both anew."""
    if not folder.exists():
        return
    if warehouse:
        views = warehouse.execute(
            "select schema_name, view_name from duckdb_views() "
            "where database_name = current_database() and contains(sql, $1)",
            [literal(str(folder.absolute()))[:-1]],
        ).fetchall()
        for schema, name in views:
            warehouse.execute(f"drop view {identifier(schema)}.{identifier(name)}")
    shutil.rmtree(folder)
    say(f"removed what Spark computed, in {folder}: the next build computes it anew")


def _keep_tombstones(customer: Customer, state: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Keep who was erased: beside the published set, then in the state."""
    (key, *_) = identifier_keys()
    # the clock: a fact about the day of the request, not about any record
    today = datetime.now(UTC).date()
    tombstones: Erasures = {keyed_hash(name, key): today for name in customer.names}
    write_log(folder, tombstones)
    add_erasures(state, tombstones)


def _replace_versions(folder: Path, customer: Customer, say: Callable[[str], None]) -> bool:
    """Write the published versions anew without the customer; whether any knew them."""
    try:
        replacements = write_replacements(folder, customer)
        for replacement in replacements:
            say(put_replacement_in_place(folder, replacement))
    except BaseException:
        remove_drafts(folder)
        raise
    return bool(replacements)


def _copies_of(path: Path) -> list[Path]:
    """List what migrations and restores left beside a state: the state of before."""
    path = path.resolve()
    beside = sorted(path.parent.iterdir())
    return [
        each
        for each in beside
        if (each.name.startswith(path.name) and each.suffix == ".replaced")
        or (each.name.startswith(f"{path.stem}.layout_") and each.suffix == path.suffix)
    ]


def _empty_state(
    path: Path, customer: Customer, fingerprints: list[tuple[int]], say: Callable[[str], None]
) -> list[Holding]:
    """Delete all but the tombstones from a state, or from a copy of one."""

    def change(copy: duckdb.DuckDBPyConnection) -> None:
        if fingerprints and _keeps_fingerprints(copy):
            copy.executemany(
                "delete from history.quarantined_records where record_hash = ?", fingerprints
            )
        delete_rows(copy, found)

    with connect(path) as state:
        found = list(holdings(state, customer))
        replace_changed(state, path, change)
    say(_report("the state database", found, path))
    return found


def _keeps_fingerprints(state: duckdb.DuckDBPyConnection) -> bool:
    """Tell whether a state is of a layout that keeps them."""
    tables = state.execute("from duckdb_tables() where table_name = 'quarantined_records'")
    return bool(tables.fetchall())


def _report(database: str, found: list[Holding], path: Path) -> str:
    return f"{database}: removed from {len(found)} tables, {path} written anew"


def _fingerprints(
    warehouse: duckdb.DuckDBPyConnection, in_warehouse: list[Holding]
) -> Iterator[tuple[int]]:
    """List the fingerprints of the customer's records that were set aside."""
    for holding in in_warehouse:
        columns = {row[0] for row in warehouse.execute(f"describe {holding.name}").fetchall()}
        if holding.schema == "quarantine" and "record_hash" in columns:
            yield from warehouse.execute(
                f"select distinct record_hash from {holding.name} where {holding.condition}"
            ).fetchall()
