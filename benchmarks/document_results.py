"""Writes the results of queries that documents show anew: ``make results``, after a build.

A table of Markdown right below a block of SQL is its result on the published demo, and a plain
block below a command of DuckDB's is what that prints.
"""

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path

import duckdb

ROOT = Path(__file__).parents[1]
PUBLISHED = ROOT / "published" / "customer_personas.duckdb"
# Documents whose results are those of the demo.
DOCUMENTS = ("README.md", "docs/tutorial.md", "docs/connect_bi_tool.md")
SHOWN = re.compile(r"(```sql\n)([^`]*)(```\n\n)((?:\|.*\n)+)")
PRINTED = re.compile(r'(```bash\nduckdb -readonly \S+ \\\n  ")([^"]*)("\n```\n\n```\n)([^`]*)')


def refresh(text: str, connection: duckdb.DuckDBPyConnection) -> str:
    """Write the results of the queries of a document anew.

    Parameters
    ----------
    text : str
        Markdown.
    connection : duckdb.DuckDBPyConnection
        The published file.

    Returns
    -------
    str
        The text with other tables.
    """

    def answer(found: re.Match[str]) -> str:
        return f"{found[1]}{found[2]}{found[3]}{write_table(connection.sql(found[2]))}"

    def print_out(found: re.Match[str]) -> str:
        return f"{found[1]}{found[2]}{found[3]}{str(connection.sql(found[2])).rstrip()}\n"

    return PRINTED.sub(print_out, SHOWN.sub(answer, text))


def write_table(result: duckdb.DuckDBPyRelation) -> str:
    """Write a result as a table of Markdown.

    Parameters
    ----------
    result : duckdb.DuckDBPyRelation
        A few rows.

    Returns
    -------
    str
        The table; nothing known is an empty cell.
    """
    lines = [result.columns, ["---"] * len(result.columns)]
    lines += [[_show(value) for value in row] for row in result.fetchall()]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines).replace(
        "| --- " * len(result.columns) + "|", "|---" * len(result.columns) + "|"
    )


def _show(value: object) -> str:
    if value is None:
        return ""
    text = f"{value:.10g}" if isinstance(value, float) else str(value)
    return text.replace("|", "\\|")


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the results of all documents anew.

    Parameters
    ----------
    arguments : sequence of str, optional
        Options.

    Returns
    -------
    int
        0; 1 where nothing is published.
    """
    argparse.ArgumentParser(description=__doc__).parse_args(arguments)
    if not PUBLISHED.exists():
        print(f"There is no {PUBLISHED}. Run make build first.", file=sys.stderr)
        return 1
    with duckdb.connect(str(PUBLISHED), read_only=True) as connection:
        for name in DOCUMENTS:
            path = ROOT / name
            before = path.read_text(encoding="utf-8")
            after = refresh(before, connection)
            path.write_text(after, encoding="utf-8")
            print(f"{name}: {'results have changed' if after != before else 'as it was'}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
