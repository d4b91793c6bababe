"""Erases one customer everywhere, and keeps a keyed tombstone so that nobody brings them back."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from customer_personas.privacy.holdings import Customer, Holding, find_customer, holdings
from customer_personas.sql import identifier
from customer_personas.warehouse.databases import (
    connect,
    copy_database,
    rewrite,
    state_path,
    warehouse_path,
)
from customer_personas.warehouse.identifier_keys import identifier_keys, keyed_hash
from customer_personas.warehouse.publishing import (
    FILE_NAME,
    PUBLICATIONS,
    STORAGE_VERSION,
    write_parquet,
    write_publications,
)
from customer_personas.warehouse.state import add_erasure
from customer_personas.warehouse.versions import (
    current_version,
    publication,
    publications,
    publish_folder,
    publishing_lock,
    put_in_force,
    read_manifest,
    version_folder,
    version_numbers,
    write_log,
    write_manifest,
)


def erase(customer_id: str, say: Callable[[str], None]) -> bool:
    """Remove a customer from the state, the warehouse and every kept published version.

    The tombstone comes first: whatever happens then, a later build keeps the customer out, and the
    same call goes on where it was ended. Each file is written anew, since deleted rows stay in the
    bytes of a file.

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
        Where a file is not there or in use: nothing more is changed then.
    """
    folder = publish_folder()
    with (
        connect(warehouse_path()) as warehouse,
        connect(state_path()) as state,
        publishing_lock(folder),
    ):
        customer = find_customer(warehouse, customer_id)
        versions = list(_versions_with(folder, customer))
        in_warehouse = list(holdings(warehouse, customer))
        in_state = list(holdings(state, customer))
        if not (versions or in_warehouse or in_state):
            return False
        add_tombstones(state, customer)
        _forget_fingerprints(warehouse, state, in_warehouse)
        for name, connection, path, found in (
            ("the state database", state, state_path(), in_state),
            ("the warehouse", warehouse, warehouse_path(), in_warehouse),
        ):
            delete_rows(connection, found)
            rewrite(connection, path)
            say(f"{name}: removed from {len(found)} tables, {path} written anew")
        for number in versions:
            say(_erase_from_version(folder, number, customer))
    return True


def add_tombstones(state: duckdb.DuckDBPyConnection, customer: Customer) -> None:
    """Keep that a customer was erased, as keyed hashes of system and id.

    Parameters
    ----------
    state : duckdb.DuckDBPyConnection
        The state database.
    customer : Customer
        The customer.
    """
    (key, *_) = identifier_keys()
    for name in customer.names:
        # the clock: a fact about the day of the request, not about any record
        add_erasure(state, keyed_hash(name, key), datetime.now(UTC).date())


def delete_rows(connection: duckdb.DuckDBPyConnection, found: list[Holding]) -> None:
    """Delete all rows of a customer in one database.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        The database.
    found : list of Holding
        Where they are.
    """
    connection.execute("begin transaction")
    for holding in found:
        connection.execute(f"delete from {holding.name} where {holding.condition}")
    connection.execute("commit")


def _forget_fingerprints(
    warehouse: duckdb.DuckDBPyConnection,
    state: duckdb.DuckDBPyConnection,
    in_warehouse: list[Holding],
) -> None:
    """Take the fingerprints of records that were set aside out of the state."""
    for holding in in_warehouse:
        columns = {row[0] for row in warehouse.execute(f"describe {holding.name}").fetchall()}
        if holding.schema == "quarantine" and "record_hash" in columns:
            hashes = warehouse.execute(
                f"select distinct record_hash from {holding.name} where {holding.condition}"
            ).fetchall()
            if hashes:
                state.executemany(
                    "delete from history.quarantined_records where record_hash = ?", hashes
                )


def _versions_with(folder: Path, customer: Customer) -> Iterator[int]:
    for number in version_numbers(folder):
        with connect(version_folder(folder, number) / FILE_NAME, read_only=True) as published:
            if any(True for _ in holdings(published, customer)):
                yield number


def _erase_from_version(folder: Path, number: int, customer: Customer) -> str:
    """Write a version anew without a customer; the one in force gets a new number.

    Whoever reads sees one version or the other, never half of one.
    """
    old = version_folder(folder, number)
    is_in_force = current_version(folder) == number
    logged = publications(folder)
    new = max([number, *(row["version"] for row in logged)]) + 1 if is_in_force else number
    draft = folder / "versions" / f"draft-{new}"
    shutil.rmtree(draft, ignore_errors=True)
    (draft / "parquet").mkdir(parents=True)
    facts = {key: value for key, value in read_manifest(old).items() if key != "files"}
    facts |= {"version": new, "customers_erased": facts.get("customers_erased", 0) + 1}
    if is_in_force:
        facts["published_at"] = datetime.now(UTC).isoformat(timespec="seconds")
    _write_without(old, draft, customer, facts, [] if not is_in_force else logged)
    if is_in_force:
        draft.rename(version_folder(folder, new))
        put_in_force(folder, new)
        write_log(folder, publications(folder))
        shutil.rmtree(old)
        return f"published version {number}, in force: replaced by version {new} without them"
    aside = folder / "versions" / f"draft-{number}-erased"
    old.rename(aside)
    draft.rename(old)
    shutil.rmtree(aside)
    return f"published version {number}: written anew without them"


def _write_without(
    old: Path, draft: Path, customer: Customer, facts: dict, logged: list[dict]
) -> None:
    """Copy the files of a version without the rows of a customer, and count them anew."""
    unwanted = draft / f"{FILE_NAME}.copy"
    copy_database(old / FILE_NAME, unwanted, STORAGE_VERSION)
    with duckdb.connect(str(unwanted)) as published:
        delete_rows(published, list(holdings(published, customer)))
    copy_database(unwanted, draft / FILE_NAME, STORAGE_VERSION)
    unwanted.unlink()
    with duckdb.connect() as connection:
        connection.execute(f"attach '{draft / FILE_NAME}' as published")
        for table in facts["tables"]:
            target = f"published.{identifier(table['schema'])}.{identifier(table['table'])}"
            table["rows"] = write_parquet(connection, draft, table["table"], target)
        if logged:
            connection.execute(f"drop table published.{'.'.join(PUBLICATIONS)}")
            write_publications(connection, draft, [*logged, publication(facts)])
        else:
            target = f"published.{'.'.join(PUBLICATIONS)}"
            write_parquet(connection, draft, PUBLICATIONS[1], target)
        connection.execute("detach published")
    (draft / FILE_NAME).chmod(0o444)
    write_manifest(draft, facts)
