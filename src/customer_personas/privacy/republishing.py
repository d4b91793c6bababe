"""Writes published versions anew without a customer: beside the old ones, then in their place.

Writing takes long and may fail; it changes nothing that anybody reads. Putting in place is a matter
of renames.
"""

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from customer_personas.privacy.customers import Customer
from customer_personas.privacy.generalising import generalise
from customer_personas.privacy.holdings import delete_rows, holdings
from customer_personas.sql import identifier
from customer_personas.warehouse.databases import (
    UnreadableError,
    attached,
    connect,
    copy_changed,
    copy_to_parquet,
)
from customer_personas.warehouse.manifests import (
    facts_of,
    publication,
    publications,
    write_log,
    write_manifest,
)
from customer_personas.warehouse.published_files import (
    FILE_NAME,
    PUBLICATIONS,
    STORAGE_VERSION,
    let_readers_in,
    list_tables,
    parquet_path,
    write_publications,
)
from customer_personas.warehouse.publishing import next_number
from customer_personas.warehouse.version_folders import (
    VersionError,
    current_version,
    put_in_force,
    remove_version,
    replace_version,
    version_folder,
    version_numbers,
)

# That of the project, for versions of releases that did not write down theirs.
MINIMUM_CELL = 5
# A reader that has just followed the link to the old version opens its file within this time.
SECONDS_TO_OPEN = 0.2


@dataclass(frozen=True)
class Replacement:
    """A version written anew, that is not in its place yet.

    Attributes
    ----------
    old, new : int
        The version, and its number from now on: another one where it is in force, so that whoever
        reads sees one version or the other, never half of one.
    draft : Path
        Folder of the new files.
    generalised : int
        Customers of whom less is published now, because too few share it.
    """

    old: int
    new: int
    draft: Path
    generalised: int


def write_replacements(folder: Path, customer: Customer) -> list[Replacement]:
    """Write every kept version that knows a customer anew, without that customer.

    Parameters
    ----------
    folder : Path
        The publish folder, held by this process.
    customer : Customer
        The customer.

    Returns
    -------
    list of Replacement
        The version in force first, then the others, the oldest first.
    """
    current = current_version(folder)
    found = sorted(_versions_with(folder, customer), key=lambda number: (number != current, number))
    return [_write_replacement(folder, number, number == current, customer) for number in found]


def put_replacement_in_place(folder: Path, replacement: Replacement) -> str:
    """Put a version that was written anew in the place of the old one.

    Parameters
    ----------
    folder : Path
        The publish folder, held by this process.
    replacement : Replacement
        The version.

    Returns
    -------
    str
        What was done.
    """
    told = (
        f"; of {replacement.generalised} others age band, gender, country or region is withheld, "
        "which too few share now"
        if replacement.generalised
        else ""
    )
    if replacement.new == replacement.old:
        replace_version(folder, replacement.old, replacement.draft)
        return f"published version {replacement.old}: written anew without them{told}"
    replacement.draft.rename(version_folder(folder, replacement.new))
    put_in_force(folder, replacement.new)
    write_log(folder, publications(folder))
    time.sleep(SECONDS_TO_OPEN)
    remove_version(folder, replacement.old)
    return (
        f"published version {replacement.old}, in force: replaced by version {replacement.new} "
        f"without them{told}"
    )


def _versions_with(folder: Path, customer: Customer) -> Iterator[int]:
    for number in version_numbers(folder):
        version = version_folder(folder, number)
        try:
            connection = connect(version / FILE_NAME, read_only=True)
        except UnreadableError as error:
            raise VersionError(
                f"The published version {number} is damaged, so nobody knows whom it holds. "
                f"Remove the folder {version}; where it is in force, put another one in force "
                "first (customer-personas versions --roll-back), or build."
            ) from error
        with connection as published:
            if any(True for _ in holdings(published, customer)):
                yield number


def _write_replacement(
    folder: Path, number: int, is_in_force: bool, customer: Customer
) -> Replacement:
    logged = publications(folder)
    new = next_number(folder, logged) if is_in_force else number
    draft = folder / "versions" / f"draft-{new}"
    old = version_folder(folder, number)
    facts = facts_of(folder, number)
    facts |= {"version": new, "customers_erased": facts.get("customers_erased", 0) + 1}
    if is_in_force:
        # the clock: when it happened
        facts["published_at"] = datetime.now(UTC).isoformat(timespec="seconds")
    shutil.rmtree(draft, ignore_errors=True)
    (draft / "parquet").mkdir(parents=True)
    generalised = _write_without(old, draft, customer, facts, logged if is_in_force else [])
    return Replacement(number, new, draft, generalised)


def _write_without(
    old: Path,
    draft: Path,
    customer: Customer,
    facts: dict[str, Any],
    logged: list[dict[str, Any]],
) -> int:
    """Copy the files of a version without a customer; of how many others less is published."""
    generalised = 0

    def change(copy: duckdb.DuckDBPyConnection) -> None:
        nonlocal generalised
        delete_rows(copy, list(holdings(copy, customer)))
        generalised = generalise(copy, facts.get("minimum_cell", MINIMUM_CELL))

    copy_changed(old / FILE_NAME, draft / FILE_NAME, change, STORAGE_VERSION)
    with (
        duckdb.connect() as connection,
        attached(connection, draft / FILE_NAME, "published") as published_name,
    ):
        counts = {}
        for schema, table in _tables_of(connection):
            target = f"{published_name}.{identifier(schema)}.{identifier(table)}"
            counts[schema, table] = copy_to_parquet(connection, target, parquet_path(draft, table))
        counts.pop(PUBLICATIONS, None)
        facts["tables"] = list_tables(counts)
        if logged:
            write_publications(connection, published_name, draft, [*logged, publication(facts)])
    write_manifest(draft, facts)
    let_readers_in(draft)
    return generalised


def _tables_of(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """List the tables that were published: the file itself tells."""
    return connection.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = 'published' "
        "order by table_oid"
    ).fetchall()
