"""Builds past dates one after the other: ``customer-personas backfill 2011-01-01 2011-02-01``.

Each date is built as a daily run of that day would have been, on a state that knows only the dates
before it: personas, memberships and migrations come out as if the project had run all along.
"""

import argparse
import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import duckdb
import yaml

from customer_personas.warehouse.databases import STATE_VARIABLE, state_path


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


def newest_kept(company: str) -> date | None:
    """Give the newest date that the state database keeps of a company; None without any."""
    path = state_path()
    if not path.exists():
        return None
    with duckdb.connect(str(path), read_only=True) as connection:
        if not connection.execute(
            "from duckdb_tables() where table_name = 'persona_builds'"
        ).fetchall():
            return None
        ((newest,),) = connection.execute(
            "select max(as_of_date) from history.persona_builds where source_systems = ?", [company]
        ).fetchall()
    return newest


def company_key(source_systems: dict[str, list[str]]) -> str:
    """Write the source systems as the state database does (macros/state/company_key.sql)."""
    return "; ".join(
        f"{system}: {', '.join(sorted(entities or []))}"
        for system, entities in sorted(source_systems.items())
    )


def read_variables(text: str) -> dict:
    """Read the variables given, as for dbt.

    Parameters
    ----------
    text : str
        YAML or JSON.

    Returns
    -------
    dict
        The variables.

    Raises
    ------
    ValueError
        If they are no names with values, or give as_of_date, which is for the dates.
    """
    variables = yaml.safe_load(text) or {}
    if not isinstance(variables, dict):
        raise ValueError(f"--vars is '{text}'; give names with values, such as {{refit: always}}.")
    if "as_of_date" in variables:
        raise ValueError("--vars gives as_of_date; give the dates to build instead.")
    return variables


def main(arguments: list[str] | None = None) -> int:
    """Build the dates given; 1 where one cannot be built or kept."""
    parser = argparse.ArgumentParser(
        prog="python -m customer_personas.warehouse.backfill",
        description="Build past dates, oldest first, so that personas have a history. "
        "Other options are passed to dbt build.",
    )
    parser.add_argument("dates", nargs="+", metavar="DATE", help="as_of_date, as YYYY-MM-DD")
    parser.add_argument("--vars", default="{}", help="variables of the project, as for dbt")
    given, options = parser.parse_known_args(arguments)
    try:
        days = ordered_dates(given.dates)
        variables = read_variables(given.vars)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    project = yaml.safe_load(Path("dbt_project.yml").read_text())["vars"]
    newest = newest_kept(company_key((project | variables)["source_systems"]))
    if newest is not None and days[0] < newest:
        print(
            f"Nothing was built: {days[0]} is earlier than {newest}, which the state knows. What "
            "was known then is not rewritten. Leave the earlier dates out, or start a history "
            f"anew with another {STATE_VARIABLE}.",
            file=sys.stderr,
        )
        return 1
    for position, day in enumerate(days, 1):
        print(f"Building {day} ({position} of {len(days)})", flush=True)
        if build(day, variables, options):
            print(f"The build of {day} failed; the dates after it were not built.", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
