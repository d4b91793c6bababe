"""Command line: ``python -m customer_personas.simulate --customers 1500 --out data``."""

import argparse
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from customer_personas.simulate.company import AS_OF, simulate
from customer_personas.simulate.dialects import DIALECTS
from customer_personas.simulate.writer import FORMATS


def _count(value: str) -> int:
    """Read a number of customers."""
    if not value.isdecimal() or not 1 <= int(value) <= 100_000_000:
        raise argparse.ArgumentTypeError(f"{value!r}: give a whole number from 1 to 100000000")
    return int(value)


def _seed(value: str) -> int:
    """Read a seed."""
    if not value.isdecimal():
        raise argparse.ArgumentTypeError(f"{value!r}: give a whole number, zero or more")
    return int(value)


def _day(value: str) -> date:
    """Read an as-of date; the planted far future and far past must stay so."""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        day = None
    if day is None or not 2000 <= day.year <= 2085:
        message = f"{value!r}: give a date as YYYY-MM-DD, from 2000 to 2085"
        raise argparse.ArgumentTypeError(message)
    return day


def build_parser() -> argparse.ArgumentParser:
    """Describe the arguments."""
    parser = argparse.ArgumentParser(
        prog="python -m customer_personas.simulate",
        description="Write the raw records of a plausible company, dirt included.",
    )
    parser.add_argument("--customers", type=_count, required=True, help="customers records")
    parser.add_argument("--out", type=Path, required=True, help="directory for the files")
    parser.add_argument("--format", choices=FORMATS, default="csv", help="of all files")
    parser.add_argument(
        "--dialect", choices=sorted(DIALECTS), help="write messy files instead, all text or typed"
    )
    parser.add_argument("--seed", type=_seed, default=0, help="same seed, same bytes")
    parser.add_argument("--truth", type=Path, help="directory for the truth (OUT/truth)")
    parser.add_argument(
        "--as-of", type=_day, default=AS_OF, help=f"day after the last simulated one ({AS_OF})"
    )
    return parser


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the arguments, write the files and say how many records there are."""
    parser = build_parser()
    given = parser.parse_args(arguments)
    try:
        planted = simulate(
            given.customers,
            given.out,
            given.format,
            given.seed,
            given.truth,
            given.as_of,
            given.dialect,
        )
    except OSError as error:
        parser.error(f"cannot write: {error}; give other directories with --out and --truth")
    for entity, counts in planted.items():
        print(f"{entity}: {counts['received']} records, {counts['accepted']} to be accepted")


if __name__ == "__main__":
    main()
