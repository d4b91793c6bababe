"""The command ``simulate``: writes the raw records of a made-up company."""

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


def _density(value: str) -> float:
    """Read a factor on the rates of orders and browsing."""
    try:
        factor = float(value)
        if 0.1 <= factor <= 10:
            return factor
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"{value!r}: give a number from 0.1 to 10")


def _day(value: str) -> date:
    """Read an as-of date; the planted far future and far past must stay so."""
    try:
        day = date.fromisoformat(value)
        if 2000 <= day.year <= 2085:
            return day
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"{value!r}: give a date as YYYY-MM-DD, from 2000 to 2085")


def build_parser() -> argparse.ArgumentParser:
    """Describe the arguments.

    Returns
    -------
    argparse.ArgumentParser
        Of the command.
    """
    parser = argparse.ArgumentParser(
        prog="customer-personas simulate",
        description="Write the raw records of a plausible company, dirt included, and the truth "
        "about them.",
    )
    parser.add_argument(
        "--customers", type=_count, required=True, metavar="N", help="number of customer records"
    )
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="folder for the files; it is made"
    )
    parser.add_argument(
        "--format", choices=FORMATS, default="csv", help="format of the files (csv)"
    )
    parser.add_argument(
        "--dialect",
        choices=sorted(DIALECTS),
        help="write the files as some system would export them, in place of --format",
    )
    parser.add_argument(
        "--density",
        type=_density,
        default=1.0,
        metavar="FACTOR",
        help="factor on how often everybody orders and browses: 2 gives about twice the records of "
        "each customer (1)",
    )
    parser.add_argument(
        "--seed", type=_seed, default=0, metavar="N", help="the same seed gives the same bytes (0)"
    )
    parser.add_argument(
        "--truth", type=Path, metavar="DIR", help="folder for the truth (truth/ in that of --out)"
    )
    parser.add_argument(
        "--as-of",
        type=_day,
        default=AS_OF,
        metavar="DATE",
        help=f"the day after the last simulated one, as YYYY-MM-DD ({AS_OF})",
    )
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the files and say how many records there are.

    Parameters
    ----------
    arguments : sequence of str, optional
        What follows the name of the command.

    Returns
    -------
    int
        0; where the files cannot be written, the parser ends the process with code 2.
    """
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
            given.density,
        )
    except OSError as error:
        parser.error(f"cannot write: {error}; give other directories with --out and --truth")
    for entity, counts in planted.items():
        print(f"{entity}: {counts['received']} records, {counts['accepted']} to be accepted")
    return 0
