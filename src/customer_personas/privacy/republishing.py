"""Writes published versions anew without a customer: beside the old ones, then in their place.

Writing takes long and may fail; it changes nothing that anybody reads. Putting in place is a matter
of renames.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from customer_personas.privacy.holdings import Customer, delete_rows, holdings
from customer_personas.sql import identifier
from customer_personas.warehouse.databases import (
    attached,
    connect,
    copy_changed,
    copy_to_parquet,
)
from customer_personas.warehouse.manifests import (
    publication,
    publications,
    read_manifest,
    write_log,
    write_manifest,
)
from customer_personas.warehouse.published_files import (
    FILE_NAME,
    PUBLICATIONS,
    STORAGE_VERSION,
    list_tables,
    parquet_path,
    write_publications,
)
from customer_personas.warehouse.publishing import next_number
from customer_personas.warehouse.version_folders import (
    current_version,
    put_in_force,
    remove_version,
    version_folder,
    version_numbers,
)


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
    """

    old: int
    new: int
    draft: Path


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
    old = version_folder(folder, replacement.old)
    if replacement.new == replacement.old:
        aside = folder / "versions" / f"draft-{replacement.old}-erased"
        old.rename(aside)
        replacement.draft.rename(old)
        shutil.rmtree(aside)
        return f"published version {replacement.old}: written anew without them"
    replacement.draft.rename(version_folder(folder, replacement.new))
    put_in_force(folder, replacement.new)
    write_log(folder, publications(folder))
    remove_version(folder, replacement.old)
    return (
        f"published version {replacement.old}, in force: replaced by version {replacement.new} "
        "without them"
    )


def _versions_with(folder: Path, customer: Customer) -> Iterator[int]:
    for number in version_numbers(folder):
        with connect(version_folder(folder, number) / FILE_NAME, read_only=True) as published:
            if any(True for _ in holdings(published, customer)):
                yield number


def _write_replacement(
    folder: Path, number: int, is_in_force: bool, customer: Customer
) -> Replacement:
    logged = publications(folder)
    new = next_number(folder, logged) if is_in_force else number
    draft = folder / "versions" / f"draft-{new}"
    old = version_folder(folder, number)
    facts = {key: value for key, value in read_manifest(old).items() if key != "files"}
    facts |= {"version": new, "customers_erased": facts.get("customers_erased", 0) + 1}
    if is_in_force:
        # the clock: when it happened
        facts["published_at"] = datetime.now(UTC).isoformat(timespec="seconds")
    shutil.rmtree(draft, ignore_errors=True)
    (draft / "parquet").mkdir(parents=True)
    _write_without(old, draft, customer, facts, logged if is_in_force else [])
    return Replacement(number, new, draft)


def _write_without(
    old: Path,
    draft: Path,
    customer: Customer,
    facts: dict[str, Any],
    logged: list[dict[str, Any]],
) -> None:
    """Copy the files of a version without the rows of a customer, and count them anew."""
    copy_changed(
        old / FILE_NAME,
        draft / FILE_NAME,
        lambda copy: delete_rows(copy, list(holdings(copy, customer))),
        STORAGE_VERSION,
    )
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
    (draft / FILE_NAME).chmod(0o444)
    write_manifest(draft, facts)


def _tables_of(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """List the tables that were published: the file itself tells."""
    return connection.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = 'published' "
        "order by table_oid"
    ).fetchall()
