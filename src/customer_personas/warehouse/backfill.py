"""The command ``backfill``: builds past dates one after the other, oldest first.

Each date is built as a daily run of that day would have been, on a state that knows only the dates
before it: personas, memberships and migrations come out as if the project had run all along.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from customer_personas.warehouse.databases import (
    STATE_VARIABLE,
    DatabaseError,
    connect,
    state_path,
)

# Entities that are left out of the company's key, as in macros/state/company_key.sql.
FORM_NO_PERSONAS = {"consents", "contacts"}


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


def build(day: date, variables: dict[str, Any], options: list[str]) -> int:
    """Run `dbt build` as of a day.

    Parameters
    ----------
    day : datetime.date
        The var as_of_date.
    variables : dict
        The other variables.
    options : list of str
        Passed to dbt as they are.

    Returns
    -------
    int
        The exit code of dbt.
    """
    # unit tests say nothing about records
    command = [dbt_command(), "build", "--exclude-resource-type", "unit_test", *options]
    given = json.dumps(variables | {"as_of_date": day.isoformat()})
    return subprocess.run([*command, "--vars", given], check=False).returncode


def dbt_command() -> str:
    """Return the dbt that is installed beside this Python.

    Returns
    -------
    str
        Its path.
    """
    return str(Path(sys.executable).parent / "dbt")


def newest_kept(company: str) -> date | None:
    """Give the newest date that the state database keeps of a company.

    Parameters
    ----------
    company : str
        As :func:`company_key` writes it.

    Returns
    -------
    datetime.date or None
        None where nothing was built yet.

    Raises
    ------
    DatabaseError
        Where the state database cannot be opened.
    """
    path = state_path()
    if not path.exists():
        return None
    with connect(path, read_only=True) as state:
        if not state.execute("from duckdb_tables() where table_name = 'persona_builds'").fetchall():
            return None
        ((newest,),) = state.execute(
            "select max(as_of_date) from history.persona_builds where source_systems = ?", [company]
        ).fetchall()
    return newest


def company_key(source_systems: dict[str, list[str]]) -> str:
    """Write the source systems as the state database does (macros/state/company_key.sql).

    Parameters
    ----------
    source_systems : dict
        The entities of each source system, as in the project's vars.

    Returns
    -------
    str
        One text, the same whatever the order was, and whether campaigns are delivered or not.
    """
    return "; ".join(
        f"{system}: {', '.join(sorted(set(entities or []) - FORM_NO_PERSONAS))}"
        for system, entities in sorted(source_systems.items())
    )


def read_variables(text: str) -> dict[str, Any]:
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


def read_project_variables() -> dict[str, Any]:
    """Read the variables of the project.

    Returns
    -------
    dict
        Those of dbt_project.yml.

    Raises
    ------
    ValueError
        If this is not the project's folder.
    """
    project = Path("dbt_project.yml")
    if not project.exists():
        raise ValueError("There is no dbt_project.yml here. Run this in the folder of the project.")
    return yaml.safe_load(project.read_text(encoding="utf-8"))["vars"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the dates given.

    Parameters
    ----------
    arguments : sequence of str, optional
        What follows the name of the command.

    Returns
    -------
    int
        0 where all were built, 1 where one cannot be built or kept.
    """
    parser = argparse.ArgumentParser(
        prog="customer-personas backfill",
        description="Build past dates, oldest first, so that personas have a history: each as a "
        "daily run of that day would have been built.",
        epilog="Other options are passed to dbt build.",
    )
    parser.add_argument(
        "dates", nargs="+", metavar="DATE", help="a date to build, as YYYY-MM-DD; in any order"
    )
    parser.add_argument(
        "--vars",
        default="{}",
        metavar="YAML",
        help="variables of the project, as for dbt build; as_of_date is given by the dates",
    )
    given, options = parser.parse_known_args(arguments)
    try:
        days = ordered_dates(given.dates)
        variables = read_variables(given.vars)
        company = company_key((read_project_variables() | variables)["source_systems"])
        newest = newest_kept(company)
    except (DatabaseError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
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
            print(
                f"The build of {day} failed; the dates after it were not built. Mend what dbt "
                "says above, and give this date and those after it again.",
                file=sys.stderr,
            )
            return 1
    return 0
