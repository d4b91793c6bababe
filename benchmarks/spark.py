"""Builds the demo with Spark SQL and with DuckDB, and compares all that is published.

``python -m benchmarks.spark`` starts Sail on the loopback address, builds into a temporary folder
with ``profiles/spark`` and then as usual, and ends with 1 where a published table differs.
"""

import secrets
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from benchmarks.measured import Cost, run
from customer_personas.sql import identifier, literal
from customer_personas.warehouse.published_files import FILE_NAME

# Numbers are compared to nine digits: sums of doubles end differently with the order of rows.
DIGITS = "%.9g"
# When a build ran, not what it found.
TIMES = {("monitoring", "publications"): {"published_at"}}


def main() -> int:
    """Build both, compare, and say what was found.

    Returns
    -------
    int
        0 where every published table is equal.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with _sail() as address:
            given = {"PERSONA_PII_KEY": secrets.token_hex(32), "PERSONA_SPARK": address}
            on_spark = _build(folder / "spark", given, "profiles/spark")
        here = _build(folder / "duckdb", given, ".")
        print(
            f"Spark SQL on Sail: {on_spark.wall:.0f} s on the clock; {on_spark.cpu:.0f} CPU "
            "seconds of dbt, without those of Sail"
        )
        print(f"DuckDB: {here.wall:.0f} s on the clock; {here.cpu:.0f} CPU seconds")
        files = [next((folder / each).rglob(FILE_NAME)) for each in ("duckdb", "spark")]
        differing = compare(*files)
    for line in differing:
        print(f"  differs: {line}")
    return 1 if differing else 0


@contextmanager
def _sail() -> Iterator[str]:
    """Start Sail for as long as it is needed, and give its address."""
    from pysail.spark import SparkConnectServer

    server = SparkConnectServer("127.0.0.1", 0)
    server.start()
    host, port = server.listening_address
    try:
        yield f"sc://{host}:{port}"
    finally:
        server.stop()


def _build(folder: Path, environment: dict[str, str], profiles: str) -> Cost:
    """Build the demo into a folder of its own."""
    folder.mkdir()
    own = environment | {
        "PERSONA_WAREHOUSE": str(folder / "warehouse.duckdb"),
        "PERSONA_STATE": str(folder / "state.duckdb"),
        "PERSONA_PUBLISH_DIR": str(folder / "published"),
        "PERSONA_SPARK_FOLDER": str(folder / "computed"),
    }
    command = [str(Path(sys.executable).with_name("dbt")), "build"]
    command += ["--exclude-resource-type", "unit_test", "--profiles-dir", profiles]
    command += ["--target-path", str(folder / "target")]
    try:
        return run(command, folder / "build.log", folder / "temporary", own)
    except RuntimeError:
        sys.exit((folder / "build.log").read_text())


def compare(first: Path, second: Path) -> list[str]:
    """Compare all tables of two published files.

    Parameters
    ----------
    first, second : pathlib.Path
        The files.

    Returns
    -------
    list of str
        What differs, a line for each table.
    """
    with duckdb.connect() as connection:
        for alias, path in (("first", first), ("second", second)):
            connection.execute(f"attach {literal(str(path))} as {alias} (read_only)")
        tables = connection.execute(
            "select distinct schema_name, table_name from duckdb_tables() "
            "where database_name in ('first', 'second') order by all"
        ).fetchall()
        found = [(table, _difference(connection, *table)) for table in tables]
    print(f"{sum(not each for _, each in found)} of {len(found)} published tables are equal")
    return [f"{schema}.{table}: {each}" for (schema, table), each in found if each]


def _difference(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> str:
    """Say in what a table differs; nothing where it does not."""
    columns = [
        connection.execute(
            "select column_name, data_type from duckdb_columns() where database_name = $1 "
            "and schema_name = $2 and table_name = $3 order by column_index",
            [alias, schema, table],
        ).fetchall()
        for alias in ("first", "second")
    ]
    if columns[0] != columns[1]:
        return f"columns {sorted(set(columns[0]) ^ set(columns[1]))}"
    told = [
        f"printf('{DIGITS}', {identifier(name)}) as {identifier(name)}"
        if kind in ("DOUBLE", "FLOAT")
        else identifier(name)
        for name, kind in columns[0]
        if name not in TIMES.get((schema, table), ())
    ]
    rows = [
        f"select {', '.join(told)} from {alias}.{identifier(schema)}.{identifier(table)}"
        for alias in ("first", "second")
    ]
    ((only_first, only_second),) = connection.execute(
        f"select (select count(*) from (({rows[0]}) except all ({rows[1]}))), "
        f"(select count(*) from (({rows[1]}) except all ({rows[0]})))"
    ).fetchall()
    if only_first or only_second:
        return f"{only_first} rows of DuckDB's, {only_second} of Spark's"
    return ""


if __name__ == "__main__":
    sys.exit(main())
