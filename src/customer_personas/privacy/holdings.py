"""Where the rows of one customer are, whichever tables there may be."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from customer_personas.intake.formats.values import BLANKS
from customer_personas.intake.landing import NO_WORD
from customer_personas.intake.spellings import one_spelling
from customer_personas.privacy.customers import Customer, spelt_alike
from customer_personas.sql import identifier, literal
from customer_personas.warehouse.erasures import forget_rows

# The columns of each table by (schema, table).
Tables = dict[tuple[str, str], set[str]]


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


@dataclass(frozen=True)
class Spelt:
    """How a database spells the ids of a customer, as lists of SQL texts.

    Attributes
    ----------
    own, full : str
        Ids of the source system, and those of ``marts.customers``: with several systems they are
        not the same.
    """

    own: str
    full: str


def holdings(connection: duckdb.DuckDBPyConnection, customer: Customer) -> Iterator[Holding]:
    """Find the tables that hold rows of a customer, under any spelling of the id.

    A row is the customer's by its ``customer_id``, where it has none by the visitor's id, or
    because it comes from a record that is: then file and record number tell. In a table of staged
    or raw records the id is that of the system which the table is named after.

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
    # each database may spell an id in its own way
    spelt = Spelt(
        own=_spellings(connection, tables, {own_id for _, own_id in customer.sources}),
        full=_spellings(connection, tables, {customer.customer_id}),
    )
    places = _places(connection, tables, customer, spelt)
    for (schema, table), columns in tables.items():
        conditions = [*_by_id(schema, table, columns, customer, spelt)]
        if {"source_file", "record_number"} <= columns and places:
            system = "source_system" if "source_system" in columns else _system_of(table, customer)
            listed = ", ".join(
                f"({literal(each)}, {literal(file)}, {number})" for each, file, number in places
            )
            if system:
                conditions.append(f"({system}, source_file, record_number) in ({listed})")
        if conditions:
            condition = " or ".join(f"({each})" for each in conditions)
            holding = Holding(schema, table, condition)
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
            connection.execute(forget_rows(holding.name, holding.table, holding.condition))
        connection.execute("commit")
    except BaseException:
        connection.execute("rollback")
        raise


def _tables(connection: duckdb.DuckDBPyConnection) -> Tables:
    """List the tables of the database, without views, with their columns."""
    tables: Tables = {}
    for schema, table, column in connection.execute(
        "select schema_name, table_name, column_name from duckdb_columns() "
        "semi join duckdb_tables() using (database_name, schema_name, table_name) "
        "where database_name = current_database() order by all"
    ).fetchall():
        tables.setdefault((schema, table), set()).add(column)
    return tables


def _spellings(connection: duckdb.DuckDBPyConnection, tables: Tables, ids: set[str]) -> str:
    """List how the tables of a database spell ids, blanks around them aside, as SQL."""
    alike = ", ".join(sorted({literal(spelt_alike(each)) for each in ids}))
    found = set(ids)
    for (schema, table), columns in tables.items():
        for column in columns & {"customer_id", "source_customer_id"}:
            found |= {
                spelling
                for (spelling,) in connection.execute(
                    f"select id from (select distinct {_trimmed(column)} as id "
                    f"from {identifier(schema)}.{identifier(table)}) "
                    f"where {one_spelling('id')} in ({alike})"
                ).fetchall()
            }
    return ", ".join(map(literal, sorted(found)))


def _trimmed(column: str) -> str:
    return f"trim({column}, {BLANKS})"


def _by_id(
    schema: str, table: str, columns: set[str], customer: Customer, spelt: Spelt
) -> Iterator[str]:
    systems = ", ".join(sorted({literal(system) for system, _ in customer.sources}))
    visitors = ", ".join(sorted({literal(visitor) for _, visitor in customer.visitors}))
    # staging also holds what is united, and what is read out of the state
    is_received = schema == "raw" or bool(re.match("stg_(?!state__)", table))
    if {"source_system", "source_customer_id"} <= columns:
        yield f"source_system in ({systems}) and source_customer_id in ({spelt.own})"
    if "customer_id" not in columns or (is_received and not _system_of(table, customer)):
        return
    if is_received:
        # received as it came, blanks included
        yield f"{_trimmed('customer_id')} in ({spelt.own})"
    else:
        yield f"customer_id in ({spelt.full})"
        if "source_system" not in columns:
            return
        yield f"source_system in ({systems}) and customer_id in ({spelt.own})"
    if visitors and "visitor_id" in columns:
        of_system = "" if is_received else f"source_system in ({systems}) and "
        nobody = f"nullif({_trimmed('customer_id')}, '') is null"
        yield f"{of_system}{nobody} and {_trimmed('visitor_id')} in ({visitors})"


def _system_of(table: str, customer: Customer) -> str | None:
    """Tell by its name which of the customer's systems a table is of, as SQL; None: of none."""
    for system, _ in customer.sources:
        if re.match(rf"(stg_{system}__|raw_{system}__|{system}_)", table):
            return literal(system)
    return None


def _places(
    connection: duckdb.DuckDBPyConnection, tables: Tables, customer: Customer, spelt: Spelt
) -> list[tuple[str, str, int]]:
    """List where the records of a customer stand: system, file and number."""
    places: set[tuple[str, str, int]] = set()
    words = (
        f"list_transform(regexp_split_to_array(unreadable_line, {literal(NO_WORD)}), "
        f"lambda word: {one_spelling('word')})"
    )
    ids = [own_id for _, own_id in (*customer.sources, *customer.visitors)]
    named = ", ".join(sorted({literal(spelt_alike(each)) for each in ids}))
    for (schema, table), columns in tables.items():
        if not {"source_file", "record_number", "customer_id"} <= columns:
            continue
        if schema not in ("raw", "staging") or not (system := _system_of(table, customer)):
            continue
        condition = " or ".join(
            f"({each})" for each in _by_id(schema, table, columns, customer, spelt)
        )
        if "unreadable_line" in columns:
            # a broken line does not say whose it is: it goes where one of its words is the id
            condition += f" or list_has_any({words}, [{named}])"
        places |= set(
            connection.execute(
                f"select {system}, source_file, record_number "
                f"from {identifier(schema)}.{identifier(table)} where {condition}"
            ).fetchall()
        )
    return sorted(places)
