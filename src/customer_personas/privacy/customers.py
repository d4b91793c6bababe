"""Who a request is about: the ids that the source systems know a customer by, in all spellings."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb

from customer_personas.intake.spellings import VISITOR, one_spelling
from customer_personas.sql import identifier, literal
from customer_personas.warehouse.manifests import facts_of
from customer_personas.warehouse.publishing import systems_of
from customer_personas.warehouse.version_folders import current_version


class UnknownCustomerError(LookupError):
    """A customer of whom it is not clear which source system knows them."""


@dataclass(frozen=True)
class Customer:
    """A customer, and the ids that the source systems know them by.

    Attributes
    ----------
    customer_id : str
        As it was asked for.
    sources : tuple of (str, str)
        Source systems with their own ids, as they are spelt there and in the one spelling.
    visitors : tuple of (str, str)
        Source systems with ids by which the customer visited their web site.
    in_other_case : tuple of str
        Ids of customers that differ in upper and lower case only: they may be others.
    """

    customer_id: str
    sources: tuple[tuple[str, str], ...]
    visitors: tuple[tuple[str, str], ...] = ()
    in_other_case: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        """What erasures are kept of: source systems with their ids, as one text each.

        Returns
        -------
        list of str
            Of each customer and visitor, in the one spelling of the id.
        """
        people = [f"{system}:{own_id}" for system, own_id in self.sources]
        people += [f"{system}:{VISITOR}{visitor}" for system, visitor in self.visitors]
        return sorted({spelt_alike(each) for each in people})


@cache
def spelt_alike(text: str) -> str:
    """Give the one spelling of an id.

    Parameters
    ----------
    text : str
        The id.

    Returns
    -------
    str
        As :func:`customer_personas.intake.spellings.one_spelling` has it.
    """
    with duckdb.connect() as connection:
        ((found,),) = connection.execute(f"select {one_spelling('$1')}", [text]).fetchall()
    return found


def find_customer(
    customer_id: str,
    warehouse: duckdb.DuckDBPyConnection | None,
    state: duckdb.DuckDBPyConnection,
    folder: Path,
    system: str | None = None,
) -> Customer:
    """Find out which source systems know a customer, and by which ids.

    Parameters
    ----------
    customer_id : str
        As in ``marts.customers``, in any spelling.
    warehouse : duckdb.DuckDBPyConnection, optional
        The warehouse; None where it cannot be looked at, or is not there.
    state : duckdb.DuckDBPyConnection
        The state.
    folder : Path
        The publish folder.
    system : str, optional
        The source system that the id is of; without it, it is looked up.

    Returns
    -------
    Customer
        The customer, also one of whom nothing is known yet.

    Raises
    ------
    UnknownCustomerError
        Where several systems are active and the id names none of them, or none is known.
    """
    if system is not None:
        own_id = customer_id.removeprefix(f"{system}:")
        visitors = _visitors(warehouse, [(system, own_id)]) if warehouse else ()
        return Customer(customer_id, ((system, own_id),), tuple(visitors))
    in_other_case: tuple[str, ...] = ()
    companies = [
        systems_of(company)
        for (company,) in state.execute(
            "select distinct source_systems from history.persona_builds"
        ).fetchall()
    ]
    current = current_version(folder)
    if current is not None:
        companies.append(systems_of(facts_of(folder, current)["source_systems"]))
    if warehouse is not None:
        if _has_table(warehouse, "intermediate", "customer_identities"):
            found = _find_known(warehouse, customer_id)
            if found.sources:
                return found
            in_other_case = found.in_other_case
        if _has_table(warehouse, "monitoring", "record_reconciliation"):
            rows = warehouse.execute(
                "select distinct source_system from monitoring.record_reconciliation"
            ).fetchall()
            # what is built now, whatever was built before
            companies = [{name for (name,) in rows}]
    sources = _name_sources(customer_id, companies)
    visitors = _visitors(warehouse, sources) if warehouse else ()
    return Customer(customer_id, sources, visitors, in_other_case)


def _find_known(warehouse: duckdb.DuckDBPyConnection, customer_id: str) -> Customer:
    """Look a customer up in the warehouse, by any spelling of the id."""
    spelling, asked = one_spelling("customer_id"), literal(spelt_alike(customer_id))
    known = warehouse.execute(
        "select source_system, source_customer_id from intermediate.customer_identities "
        f"where {spelling} = {asked} order by all"
    ).fetchall()
    others = warehouse.execute(
        "select customer_id from intermediate.customer_identities "
        f"where lower({spelling}) = lower({asked}) and {spelling} <> {asked} order by all"
    ).fetchall()
    visitors = _visitors(warehouse, known)
    return Customer(customer_id, tuple(known), visitors, tuple(other for (other,) in others))


def _name_sources(
    customer_id: str, companies: Iterable[Collection[str]]
) -> tuple[tuple[str, str], ...]:
    """Name whom no warehouse knows as builds would, under each company with ids of that form."""
    known = sorted({tuple(sorted(company)) for company in companies if company})
    system, _, own_id = customer_id.partition(":")
    sources = []
    for company in known:
        if len(company) == 1:
            sources.append((company[0], customer_id))
        elif system in company and own_id:
            sources.append((system, own_id))
    if sources:
        return tuple(sources)
    systems = sorted({system for company in known for system in company})
    raise UnknownCustomerError(
        f"{customer_id!r} is no customer_id here. With several source systems it is written as "
        f"<system>:<id>; the systems are {', '.join(systems)}."
        if systems
        else "Nothing was built here yet, so nobody knows which source system the id is of. Name "
        f"it: customer-personas privacy erase --system files {customer_id}"
    )


def _has_table(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> bool:
    found = connection.execute(
        "from duckdb_tables() where schema_name = ? and table_name = ?", [schema, table]
    )
    return bool(found.fetchall())


def _visitors(
    warehouse: duckdb.DuckDBPyConnection, sources: Iterable[tuple[str, str]]
) -> tuple[tuple[str, str], ...]:
    """List the visitor ids that came with the customer's own."""
    found: set[tuple[str, str]] = set()
    # as staged: further on, ids in the form of an address are hashed
    tables = warehouse.execute(
        "select table_name from duckdb_columns() "
        "where schema_name = 'staging' and column_name = 'visitor_id'"
    ).fetchall()
    for (table,) in tables:
        for system, own_id in sources:
            if table.startswith(f"stg_{system}__"):
                found |= {
                    (system, visitor)
                    for (visitor,) in warehouse.execute(
                        f"select distinct visitor_id from staging.{identifier(table)} "
                        f"where {one_spelling('customer_id')} = ? and visitor_id is not null",
                        [spelt_alike(own_id)],
                    ).fetchall()
                }
    return tuple(sorted(found))
