"""Answers requests of customers: ``python -m customer_personas.privacy access|erase ID``."""

import argparse
import json
import sys
from pathlib import Path

from customer_personas.privacy.access import default_path, held_on, is_empty
from customer_personas.privacy.erasure import erase
from customer_personas.privacy.holdings import UnknownCustomerError
from customer_personas.warehouse.databases import DatabaseError
from customer_personas.warehouse.versions import VersionError


def answer_access(customer_id: str, path: Path) -> int:
    """Write all that is held on a customer as JSON; 1 where nothing is."""
    held = held_on(customer_id)
    if is_empty(held):
        return _nothing_held(customer_id)
    path.write_text(
        json.dumps(held, indent=2, ensure_ascii=False, default=str) + "\n", encoding="utf-8"
    )
    path.chmod(0o600)
    tables = len(held["warehouse"]) + len(held["state"]) + sum(map(len, held["published"].values()))
    print(f"{path}: the rows on {customer_id} in {tables} tables.")
    print("Hand it to that person only, and delete it then: nothing here erases it.")
    return 0


def answer_erasure(customer_id: str) -> int:
    """Erase a customer; 1 where nothing was held."""
    if not erase(customer_id, print):
        return _nothing_held(customer_id)
    print(
        f"{customer_id} is erased, and records that are delivered again stay out. Run dbt build: "
        "counts and models still rest on them until then. Not reached from here: your raw files, "
        "copies that others made of published files, backups and answers to access requests."
    )
    return 0


def _nothing_held(customer_id: str) -> int:
    print(f"Nothing is held on {customer_id!r}. Is the id written as in marts.customers?")
    return 1


def main(arguments: list[str] | None = None) -> int:
    """Answer one request; 0 where that went well."""
    parser = argparse.ArgumentParser(
        prog="python -m customer_personas.privacy", description="Answers requests of customers."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    access = commands.add_parser("access", help="write all that is held on a customer as JSON")
    access.add_argument("customer_id", help="as in marts.customers")
    access.add_argument("--to", type=Path, metavar="FILE", help="default: customer_<id>.json")
    erasure = commands.add_parser("erase", help="remove a customer everywhere, for good")
    erasure.add_argument("customer_id", help="as in marts.customers")
    given = parser.parse_args(arguments)
    try:
        if given.command == "access":
            return answer_access(given.customer_id, given.to or default_path(given.customer_id))
        return answer_erasure(given.customer_id)
    except (DatabaseError, UnknownCustomerError, VersionError) as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
