"""Everything that is held on a customer, for who asks for it."""

import json
from pathlib import Path
from typing import Any

import duckdb

from customer_personas.privacy.customers import Customer, find_customer
from customer_personas.privacy.holdings import holdings
from customer_personas.warehouse.databases import (
    connect,
    make_private_folder,
    publish_folder,
    state_path,
    warehouse_path,
    write_private_file,
)
from customer_personas.warehouse.published_files import FILE_NAME
from customer_personas.warehouse.version_folders import version_folder, version_numbers


def held_on(customer_id: str) -> dict[str, Any]:
    """Collect all rows on a customer.

    Parameters
    ----------
    customer_id : str
        As in ``marts.customers``.

    Returns
    -------
    dict
        ``customer_id``, ``sources`` (system and own id), and for ``warehouse``, ``state`` and each
        kept ``published`` version the rows by table; values are those of Python's DuckDB client.

    Raises
    ------
    UnknownCustomerError
        Where it is not clear who is meant.
    DatabaseError
        Where a database cannot be opened.
    """
    folder = publish_folder()
    with (
        connect(warehouse_path(), read_only=True) as in_warehouse,
        connect(state_path(), read_only=True) as in_state,
    ):
        customer = find_customer(customer_id, in_warehouse, in_state, folder)
        warehouse = rows_of(in_warehouse, customer)
        state = rows_of(in_state, customer)
    published = {}
    for number in version_numbers(folder):
        with connect(version_folder(folder, number) / FILE_NAME, read_only=True) as connection:
            published[str(number)] = rows_of(connection, customer)
    return {
        "customer_id": customer.customer_id,
        "sources": [
            {"source_system": system, "source_customer_id": own_id}
            for system, own_id in customer.sources
        ],
        "warehouse": warehouse,
        "state": state,
        "published": published,
    }


def rows_of(
    connection: duckdb.DuckDBPyConnection, customer: Customer
) -> dict[str, list[dict[str, Any]]]:
    """Read a customer's rows in one database.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        The database.
    customer : Customer
        The customer.

    Returns
    -------
    dict
        Rows by ``schema.table``; tables without any are not there.
    """
    found = {}
    for holding in holdings(connection, customer):
        result = connection.execute(f"from {holding.name} where {holding.condition}")
        names = [column[0] for column in result.description]
        found[f"{holding.schema}.{holding.table}"] = [
            dict(zip(names, row, strict=True)) for row in result.fetchall()
        ]
    return found


def is_empty(held: dict[str, Any]) -> bool:
    """Tell whether nothing at all is held.

    Parameters
    ----------
    held : dict
        As :func:`held_on` gives it.

    Returns
    -------
    bool
        Whether there is no row.
    """
    return not (held["warehouse"] or held["state"] or any(held["published"].values()))


def default_path(customer_id: str) -> Path:
    """Name the file that an answer goes to.

    Parameters
    ----------
    customer_id : str
        The customer; signs that file names do not like are replaced.

    Returns
    -------
    Path
        A file in the folder ``private`` of the folder one is in, which git passes over.
    """
    safe = "".join(letter if letter.isalnum() else "_" for letter in customer_id)
    return Path("private") / f"customer_{safe}.json"


def write_answer(held: dict[str, Any], path: Path) -> None:
    """Write what is held to a file that nobody else can read at any moment.

    Parameters
    ----------
    held : dict
        As :func:`held_on` gives it.
    path : Path
        The file; what lies there is replaced.
    """
    make_private_folder(path.parent)
    write_private_file(path, json.dumps(held, indent=2, ensure_ascii=False, default=str) + "\n")
