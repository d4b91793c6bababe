"""Where the rows of one customer are, whichever tables there may be."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from customer_personas.intake.landing import NO_WORD
from customer_personas.sql import identifier, literal


class UnknownCustomerError(LookupError):
    """A customer of whom nothing is held, or whose source system is not clear."""


@dataclass(frozen=True)
class Customer:
    """A customer, and the ids that the source systems know them by.

    Attributes
    ----------
    customer_id : str
        As in ``marts.customers``.
    sources : tuple of (str, str)
        Source systems with their own ids.
    """

    customer_id: str
    sources: tuple[tuple[str, str], ...]

    @property
    def names(self) -> list[str]:
        """What erasures are kept of: source systems with their ids, as one text each.

        Returns
        -------
        list of str
            Of each, ``<system>:<id>``.
        """
        return [f"{system}:{own_id}" for system, own_id in self.sources]


@dataclass(frozen=True)
class Holding:
    """A table with rows of a customer.

    Attributes
    ----------
    schema, table : str
        Its name.
    condition : str
        SQL condition that holds for these rows.
    """

    schema: str
    table: str
    condition: str

    @property
    def name(self) -> str:
        """Schema and table, quoted.

        Returns
        -------
        str
            The name, as SQL text.
        """
        return f"{identifier(self.schema)}.{identifier(self.table)}"


def find_customer(connection: duckdb.DuckDBPyConnection, customer_id: str) -> Customer:
    """Find out which source systems know a customer, and by which ids.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        The warehouse.
    customer_id : str
        As in ``marts.customers``.

    Returns
    -------
    Customer
        The customer, also one of whom all records were set aside or erased.

    Raises
    ------
    UnknownCustomerError
        Where several systems are active and the id names none of them.
    """
    known = connection.execute(
        "select source_system, source_customer_id from intermediate.customer_identities "
        "where customer_id = ? order by all",
        [customer_id],
    ).fetchall()
    if known:
        return Customer(customer_id, tuple(known))
    systems = [
        system
        for (system,) in connection.execute(
            "select distinct source_system from monitoring.record_reconciliation order by all"
        ).fetchall()
    ]
    if len(systems) == 1:
        return Customer(customer_id, ((systems[0], customer_id),))
    system, _, own_id = customer_id.partition(":")
    if system not in systems or not own_id:
        raise UnknownCustomerError(
            f"{customer_id!r} is no customer_id here. With several source systems it is written as "
            f"<system>:<id>; the systems are {', '.join(systems)}."
        )
    return Customer(customer_id, ((system, own_id),))


def holdings(connection: duckdb.DuckDBPyConnection, customer: Customer) -> Iterator[Holding]:
    """Find the tables that hold rows of a customer.

    A row is the customer's by its ``customer_id``, or because it comes from a record that is: then
    file and record number tell. In a table of staged or raw records the id is that of the system
    which the table is named after.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        A database.
    customer : Customer
        The customer.

    Yields
    ------
    Holding
        One per table with such a row.
    """
    tables = _tables(connection)
    places = _places(connection, tables, customer)
    for (schema, table), columns in tables.items():
        conditions = [*_by_id(schema, table, columns, customer)]
        if {"source_file", "record_number"} <= columns and places:
            system = "source_system" if "source_system" in columns else _system_of(table, customer)
            listed = ", ".join(
                f"({literal(each)}, {literal(file)}, {number})" for each, file, number in places
            )
            if system:
                conditions.append(f"({system}, source_file, record_number) in ({listed})")
        if conditions:
            holding = Holding(schema, table, " or ".join(conditions))
            found = f"from {holding.name} where {holding.condition} limit 1"
            if connection.execute(found).fetchall():
                yield holding


def delete_rows(connection: duckdb.DuckDBPyConnection, found: list[Holding]) -> None:
    """Delete all rows of a customer in one database, or none.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        The database.
    found : list of Holding
        Where they are.
    """
    connection.execute("begin transaction")
    try:
        for holding in found:
            connection.execute(f"delete from {holding.name} where {holding.condition}")
        connection.execute("commit")
    except BaseException:
        connection.execute("rollback")
        raise


def _tables(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], set[str]]:
    """List the tables of the database, without views, with their columns."""
    tables: dict[tuple[str, str], set[str]] = {}
    for schema, table, column in connection.execute(
        "select schema_name, table_name, column_name from duckdb_columns() "
        "semi join duckdb_tables() using (database_name, schema_name, table_name) "
        "where database_name = current_database() order by all"
    ).fetchall():
        tables.setdefault((schema, table), set()).add(column)
    return tables


def _by_id(schema: str, table: str, columns: set[str], customer: Customer) -> Iterator[str]:
    pairs = ", ".join(f"({literal(system)}, {literal(own)})" for system, own in customer.sources)
    if {"source_system", "source_customer_id"} <= columns:
        yield f"(source_system, source_customer_id) in ({pairs})"
    if "customer_id" not in columns:
        return
    if schema in ("raw", "staging") and (system := _system_of(table, customer)):
        # received as it came, blanks included
        yield f"({system}, trim(customer_id)) in ({pairs})"
    else:
        yield f"customer_id = {literal(customer.customer_id)}"
        if "source_system" in columns:
            yield f"(source_system, customer_id) in ({pairs})"


def _system_of(table: str, customer: Customer) -> str | None:
    """Tell by its name which of the customer's systems a table is of, as SQL; None: of none."""
    for system, _ in customer.sources:
        if re.match(rf"(stg_{system}__|raw_{system}__|{system}_)", table):
            return literal(system)
    return None


def _places(
    connection: duckdb.DuckDBPyConnection,
    tables: dict[tuple[str, str], set[str]],
    customer: Customer,
) -> list[tuple[str, str, int]]:
    """List where the records of a customer stand: system, file and number."""
    places: set[tuple[str, str, int]] = set()
    for (schema, table), columns in tables.items():
        if not {"source_file", "record_number", "customer_id"} <= columns:
            continue
        if schema not in ("raw", "staging") or not (system := _system_of(table, customer)):
            continue
        own_ids = ", ".join(literal(own_id) for _, own_id in customer.sources)
        condition = " or ".join(_by_id(schema, table, columns, customer))
        if "unreadable_line" in columns:
            # a broken line does not say whose it is: it goes where one of its words is the id
            words = f"regexp_split_to_array(unreadable_line, {literal(NO_WORD)})"
            condition += f" or list_has_any({words}, [{own_ids}])"
        places |= set(
            connection.execute(
                f"select {system}, source_file, record_number "
                f"from {identifier(schema)}.{identifier(table)} where {condition}"
            ).fetchall()
        )
    return sorted(places)
