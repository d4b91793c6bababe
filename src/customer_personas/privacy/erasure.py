"""Erases one customer everywhere, and keeps a keyed tombstone so that nobody brings them back."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from customer_personas.privacy.holdings import (
    Customer,
    Holding,
    delete_rows,
    find_customer,
    holdings,
)
from customer_personas.privacy.republishing import put_replacement_in_place, write_replacements
from customer_personas.warehouse.databases import (
    connect,
    publish_folder,
    replace_changed,
    state_path,
    warehouse_path,
)
from customer_personas.warehouse.identifier_keys import identifier_keys, keyed_hash
from customer_personas.warehouse.migrate import migrate_state
from customer_personas.warehouse.publishing import remove_drafts
from customer_personas.warehouse.state import add_erasure
from customer_personas.warehouse.version_folders import publishing_lock


def erase(customer_id: str, say: Callable[[str], None]) -> bool:
    """Remove a customer from every kept published version, the state and the warehouse.

    First the published versions are written anew beside the old ones: what fails there leaves all
    as it was. Then they take their place, the one in force first. Then the state does, with a
    tombstone in place of the customer, and last the warehouse. So a customer is unpublished or
    untouched at every moment, and the same call goes on where it was ended. Each file is a new one:
    deleted rows stay in the bytes of a file.

    Parameters
    ----------
    customer_id : str
        As in ``marts.customers``.
    say : callable
        Takes a line about what was done.

    Returns
    -------
    bool
        Whether anything was held.

    Raises
    ------
    UnknownCustomerError
        Where it is not clear who is meant.
    DatabaseError
        Where a file is not there or in use: nothing is changed then.
    VersionError
        Where another process has been changing the published set for long.
    """
    folder = publish_folder()
    if state_path().exists():
        migrate_state(state_path(), say)
    with (
        connect(warehouse_path()) as warehouse,
        connect(state_path()) as state,
        publishing_lock(folder),
    ):
        # what an erasure or a publication left that was killed holds customers, too
        remove_drafts(folder)
        customer = find_customer(warehouse, customer_id)
        in_warehouse = list(holdings(warehouse, customer))
        in_state = list(holdings(state, customer))
        try:
            replacements = write_replacements(folder, customer)
            for replacement in replacements:
                say(put_replacement_in_place(folder, replacement))
        except BaseException:
            remove_drafts(folder)
            raise
        if not (replacements or in_warehouse or in_state):
            return False
        fingerprints = list(_fingerprints(warehouse, in_warehouse))
        replace_changed(
            state, state_path(), lambda copy: _empty_state(copy, customer, in_state, fingerprints)
        )
        say(_report("the state database", in_state, state_path()))
        replace_changed(warehouse, warehouse_path(), lambda copy: delete_rows(copy, in_warehouse))
        say(_report("the warehouse", in_warehouse, warehouse_path()))
    return True


def _report(database: str, found: list[Holding], path: Path) -> str:
    return f"{database}: removed from {len(found)} tables, {path} written anew"


def _empty_state(
    state: duckdb.DuckDBPyConnection,
    customer: Customer,
    in_state: list[Holding],
    fingerprints: list[tuple[int]],
) -> None:
    """Keep the tombstones, and delete all else."""
    (key, *_) = identifier_keys()
    for name in customer.names:
        # the clock: a fact about the day of the request, not about any record
        add_erasure(state, keyed_hash(name, key), datetime.now(UTC).date())
    if fingerprints:
        state.executemany(
            "delete from history.quarantined_records where record_hash = ?", fingerprints
        )
    delete_rows(state, in_state)


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
