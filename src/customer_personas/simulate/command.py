"""The command ``simulate``: writes the raw records of a made-up company."""

import argparse
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from customer_personas.simulate.company import AS_OF, simulate
from customer_personas.simulate.dialects import DIALECTS
from customer_personas.simulate.timeline import ORDINARY, Course
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


def _number(low: float, high: float) -> Callable[[str], float]:
    """Make a reader of numbers within bounds."""

    def read(value: str) -> float:
        try:
            if low <= (number := float(value)) <= high:
                return number
        except ValueError:
            pass
        raise argparse.ArgumentTypeError(f"{value!r}: give a number from {low:g} to {high:g}")

    return read


_factor = _number(0.1, 10)


def _weeks(value: str) -> int:
    """Read the length of the window; less has no room for lives, more would fill the memory."""
    if not value.isdecimal() or not 13 <= int(value) <= 520:
        raise argparse.ArgumentTypeError(f"{value!r}: give a whole number from 13 to 520")
    return int(value)


def _collections(value: str) -> int:
    """Read a number of collections."""
    if not value.isdecimal() or not 1 <= int(value) <= 100:
        raise argparse.ArgumentTypeError(f"{value!r}: give a whole number from 1 to 100")
    return int(value)


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
        type=_factor,
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
    course = parser.add_argument_group("the company's course")
    course.add_argument(
        "--weeks",
        type=_weeks,
        default=ORDINARY.weeks,
        metavar="N",
        help=f"how many weeks before --as-of records begin ({ORDINARY.weeks})",
    )
    course.add_argument(
        "--before",
        type=_number(0, 0.95),
        default=ORDINARY.before,
        metavar="SHARE",
        help="share of the customers who signed up before records begin: 0 for a company that "
        f"opens then ({ORDINARY.before:g})",
    )
    course.add_argument(
        "--growth",
        type=_factor,
        default=ORDINARY.growth,
        metavar="FACTOR",
        help=f"sign-ups a week at the end over those at the start ({ORDINARY.growth:g})",
    )
    course.add_argument(
        "--demand",
        type=_factor,
        default=ORDINARY.demand,
        metavar="FACTOR",
        help="how often everybody orders and browses at the end over the start: below 1 for a "
        f"shrinking company ({ORDINARY.demand:g})",
    )
    course.add_argument(
        "--season",
        type=_number(0, 5),
        default=ORDINARY.season,
        metavar="FACTOR",
        help=f"factor on how strong the seasons are: 0 for none ({ORDINARY.season:g})",
    )
    course.add_argument(
        "--bought",
        type=_number(0, 0.95),
        default=ORDINARY.bought,
        metavar="SHARE",
        help="share of the customers who are a bought list: all of one day, without any order or "
        f"visit ({ORDINARY.bought:g})",
    )
    course.add_argument(
        "--collections",
        type=_collections,
        default=ORDINARY.collections,
        metavar="N",
        help="number of ranges that follow one another, each with products of its own "
        f"({ORDINARY.collections})",
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
            Course(
                given.weeks,
                given.before,
                given.growth,
                given.demand,
                given.season,
                given.bought,
                given.collections,
            ),
        )
    except OSError as error:
        parser.error(f"cannot write: {error}; give other directories with --out and --truth")
    for entity, counts in planted.items():
        print(f"{entity}: {counts['received']} records, {counts['accepted']} to be accepted")
    return 0
