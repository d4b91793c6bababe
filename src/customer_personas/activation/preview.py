"""The command ``audience``: says who would be in an audience, without building."""

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import duckdb

from customer_personas.warehouse.databases import DatabaseError, connect, say_why, warehouse_path

FOLDER = Path("models") / "audiences"


class PreviewError(Exception):
    """A draft that cannot be previewed; the message says what to do."""


def preview(draft: str) -> dict[tuple[str, str | None], int]:
    """Count who would be in an audience, by what was built last.

    Parameters
    ----------
    draft : str
        A file with a query, or the name of an audience.

    Returns
    -------
    dict
        Customers by what they are: ``size``, ``reachable``, ``held out``, ``without consent``,
        ``enters``, ``leaves``, and ``shared`` with each other audience.

    Raises
    ------
    PreviewError
        Where there is no such file, or its query cannot be run.
    DatabaseError
        Where the warehouse cannot be opened.
    """
    path = Path(draft) if draft.endswith(".sql") else FOLDER / f"{draft}.sql"
    if not path.is_file():
        there = sorted(each.stem for each in FOLDER.glob("*.sql"))
        raise PreviewError(
            f"There is no file {path}. Give a file with a query that gives customer_id, or one of "
            f"{', '.join(there) or 'none yet'}, from the folder of the project."
        )
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", path.stem):
        raise PreviewError(
            f"{path.name}: the name of an audience has letters, digits and underscores only."
        )
    connect(warehouse_path(), read_only=True).close()
    query = _compile(path.stem, path.read_text(encoding="utf-8"))
    with connect(warehouse_path(), read_only=True) as warehouse:
        rows = warehouse.execute(query).fetchall()
    return {(what, other): customers for what, other, customers in rows}


def _compile(name: str, text: str) -> str:
    """Have dbt write the query that counts, with all that a build would know."""
    inline = (
        f"{{% set draft %}}\n{text}\n{{% endset %}}{{{{ preview_of_audience('{name}', draft) }}}}"
    )
    dbt = str(Path(sys.executable).with_name("dbt"))
    run = subprocess.run(
        [dbt, "--quiet", "compile", "--output", "json", "--inline", inline],
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        lines = [line for line in (run.stdout + run.stderr).splitlines() if line.strip()]
        raise PreviewError(f"{name} cannot be read:\n" + "\n".join(lines[-12:]))
    compiled: str = json.loads(run.stdout[run.stdout.index("{") :])["compiled"]
    return compiled


def describe(counts: dict[tuple[str, str | None], int]) -> list[str]:
    """Say what was counted.

    Parameters
    ----------
    counts : dict
        As :func:`preview` gives them.

    Returns
    -------
    list of str
        Lines.
    """
    size = counts["size", None]
    lines = [
        f"{size:,} customers, {counts['reachable', None]:,} of them reachable "
        f"({counts['without consent', None]:,} without consent, "
        f"{counts['held out', None]:,} held out)",
        f"{counts['enters', None]:,} would enter and {counts['leaves', None]:,} leave, against "
        "what was built last",
    ]
    shared = sorted((other, each) for (what, other), each in counts.items() if what == "shared")
    lines += [f"{each:,} of them are in {other} as well" for other, each in shared]
    if size == 0:
        lines.append("It is empty.")
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    """Preview an audience.

    Parameters
    ----------
    arguments : sequence of str, optional
        What follows the name of the command.

    Returns
    -------
    int
        0, or 1 where it cannot be told.
    """
    parser = argparse.ArgumentParser(
        prog="customer-personas audience",
        description="Say who would be in an audience, by what was built last: docs/activation.md.",
    )
    parser.add_argument("draft", help="a file with a query, or the name of an audience")
    given = parser.parse_args(arguments)
    try:
        print("\n".join(describe(preview(given.draft))))
    except (PreviewError, DatabaseError, duckdb.Error, OSError) as error:
        print(f"No preview: {say_why(error)}", file=sys.stderr)
        return 1
    return 0
