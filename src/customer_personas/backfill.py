"""Builds past dates one after the other: ``python -m customer_personas.backfill 2011-01-01 ...``.

Each date is built as a daily run of that day would have been, on a state that knows only the dates
before it: personas, memberships and migrations come out as if the project had run all along.
"""

import argparse
import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import duckdb
import yaml

STATE_VARIABLE = "PERSONA_STATE"
DEFAULT_STATE = "state/customer_personas.duckdb"


def ordered_dates(texts: list[str]) -> list[date]:
    """Read the dates to build.

    Parameters
    ----------
    texts : list of str
        Dates as YYYY-MM-DD, in any order.

    Returns
    -------
    list of datetime.date
        The dates, oldest first, each once.

    Raises
    ------
    ValueError
        If a text is no such date; the message names it.
    """
    dates = set()
    for text in texts:
        try:
            dates.add(date.fromisoformat(text))
        except ValueError as error:
            raise ValueError(f"'{text}' is no date. Write it as 2011-01-31.") from error
    return sorted(dates)


def build(day: date, variables: dict, options: list[str]) -> int:
    """Run `dbt build` as of a day; give its return code."""
    command = [str(Path(sys.executable).parent / "dbt"), "build", *options]
    given = json.dumps(variables | {"as_of_date": day.isoformat()})
    return subprocess.run([*command, "--vars", given], check=False).returncode


def is_kept(day: date) -> bool:
    """Tell whether the state database keeps what was built for a day."""
    path = os.environ.get(STATE_VARIABLE) or DEFAULT_STATE
    with duckdb.connect(path, read_only=True) as connection:
        ((builds,),) = connection.execute(
            "select count(*) from history.persona_builds where as_of_date = ?", [day]
        ).fetchall()
    return builds > 0


def main(arguments: list[str] | None = None) -> int:
    """Build the dates given; 1 where one cannot be built or kept."""
    parser = argparse.ArgumentParser(
        prog="python -m customer_personas.backfill",
        description="Build past dates, oldest first, so that personas have a history. "
        "Other options are passed to dbt build.",
    )
    parser.add_argument("dates", nargs="+", metavar="DATE", help="as_of_date, as YYYY-MM-DD")
    parser.add_argument("--vars", default="{}", help="variables of the project, as for dbt")
    given, options = parser.parse_known_args(arguments)
    try:
        days = ordered_dates(given.dates)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    for position, day in enumerate(days, 1):
        print(f"Building {day} ({position} of {len(days)})", flush=True)
        if build(day, yaml.safe_load(given.vars), options):
            print(f"The build of {day} failed; the dates after it were not built.", file=sys.stderr)
            return 1
        if not is_kept(day):
            print(
                f"{day} was built, but not kept: the state database knows a later date, and what "
                "was known then is not rewritten. Start the history anew with another "
                f"{STATE_VARIABLE}.",
                file=sys.stderr,
            )
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
