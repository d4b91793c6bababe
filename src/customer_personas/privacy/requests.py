"""The command ``privacy``: answers requests of customers, for access and for erasure."""

import argparse
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

import duckdb

from customer_personas.privacy.access import default_path, held_on, is_empty, write_answer
from customer_personas.privacy.customers import UnknownCustomerError
from customer_personas.privacy.erasure import erase
from customer_personas.warehouse.databases import DatabaseError, say_why
from customer_personas.warehouse.version_folders import VersionError


def answer_access(customer_id: str, path: Path) -> int:
    """Write all that is held on a customer as JSON.

    Parameters
    ----------
    customer_id : str
        As in ``marts.customers``.
    path : Path
        The file, which only its owner may read.

    Returns
    -------
    int
        0, or 1 where nothing is held.
    """
    held = held_on(customer_id)
    if is_empty(held):
        return _nothing_held(customer_id)
    write_answer(held, path)
    tables = len(held["warehouse"]) + len(held["state"]) + sum(map(len, held["published"].values()))
    print(f"{path}: the rows on {customer_id} in {tables} tables.")
    print("Hand it to that person only, and delete it then: nothing here erases it.")
    return 0


def answer_erasure(customer_id: str, system: str | None = None) -> int:
    """Erase a customer.

    Parameters
    ----------
    customer_id : str
        As in ``marts.customers``.
    system : str, optional
        The source system of the id, where nothing was built yet.

    Returns
    -------
    int
        0, 1 where nothing was held, or 2 where the erasure is not complete.
    """
    try:
        was_held, customer = erase(customer_id, print, system)
    except (duckdb.Error, OSError, DatabaseError) as error:
        print(f"The erasure of {customer_id} is not complete: {say_why(error)}", file=sys.stderr)
        print(
            "Lines above say what was done. Mend the cause and give the same command again: it "
            "goes on where it ended.",
            file=sys.stderr,
        )
        return 2
    if was_held:
        print(
            f"{customer_id} is erased, and records that are delivered again stay out. Run dbt "
            "build: counts and models still rest on them until then. Not reached from here: your "
            "raw files, copies that others made of published files, exported files, backups and "
            "answers to access requests."
        )
    else:
        print(
            f"Nothing is held on {customer_id!r} (any more). Records of that id that are delivered "
            "stay out. Is the id written as in marts.customers?"
        )
    for other in customer.in_other_case:
        print(
            f"Not erased: the customer {other}, whose id differs in upper and lower case only. "
            f"Should it be the same person: customer-personas privacy erase {shlex.quote(other)}"
        )
    return 0 if was_held else 1


def _nothing_held(customer_id: str) -> int:
    print(f"Nothing is held on {customer_id!r}. Is the id written as in marts.customers?")
    return 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Answer one request.

    Parameters
    ----------
    arguments : sequence of str, optional
        What follows the name of the command.

    Returns
    -------
    int
        0 where that went well, 1 where nothing is held, 2 where something is in the way.
    """
    parser = argparse.ArgumentParser(
        prog="customer-personas privacy",
        description="Tell all that is held on a customer, or erase a customer everywhere.",
    )
    commands = parser.add_subparsers(dest="command", metavar="access|erase", required=True)
    access = commands.add_parser("access", help="write all that is held on a customer as JSON")
    access.add_argument("customer_id", help="the customer, as in marts.customers")
    access.add_argument(
        "--to", type=Path, metavar="FILE", help="the file to write (private/customer_<id>.json)"
    )
    erasure = commands.add_parser(
        "erase",
        help="remove a customer from the published versions, the state and the warehouse, for good",
    )
    erasure.add_argument("customer_id", help="the customer, as in marts.customers")
    erasure.add_argument(
        "--system", help="the source system of the id, where nothing was built yet"
    )
    given = parser.parse_args(arguments)
    try:
        if given.command == "access":
            return answer_access(given.customer_id, given.to or default_path(given.customer_id))
        return answer_erasure(given.customer_id, given.system)
    except (DatabaseError, UnknownCustomerError, VersionError, duckdb.Error, OSError) as error:
        print(say_why(error), file=sys.stderr)
        return 2
