"""Builds the demo with Spark SQL and with DuckDB, and compares all that is published.

``python -m benchmarks.spark`` starts Sail on the loopback address, asks both engines what stands in
``spark_probes.sql``, builds into a temporary folder with ``profiles/spark`` and then as usual, and
ends with 1 where an answer or a published table differs. ``--apache-spark`` takes Apache Spark with
two executors in Sail's place, of which one is killed in the midst of the build, and looks for the
identifier key in all that Spark wrote.
"""

import argparse
import secrets
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import duckdb

from benchmarks.measured import Cost, run
from benchmarks.spark_servers import apache_spark, kill_executor, sail
from customer_personas.sql import identifier, literal
from customer_personas.warehouse.identifier_keys import padded_keys
from customer_personas.warehouse.published_files import FILE_NAME

# Numbers are compared to nine digits: sums of doubles end differently with the order of rows.
DIGITS = "%.9g"
PROBES = Path(__file__).with_name("spark_probes.sql")
# When a build ran, not what it found.
TIMES = {("monitoring", "publications"): {"published_at"}}
# An executor is killed once this many tables are computed.
TABLES_BEFORE_KILL = 60


def main(arguments: list[str] | None = None) -> int:
    """Build both, compare, and say what was found.

    Parameters
    ----------
    arguments : list of str, optional
        Of the command line.

    Returns
    -------
    int
        0 where every answer and every published table is equal.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--apache-spark", action="store_true", help="not Sail, but the real one")
    is_apache = parser.parse_args(arguments).apache_spark
    key = secrets.token_hex(32)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with apache_spark(folder / "server") if is_apache else sail() as address:
            differing = ask(folder / "probes", address)
            given = {"PERSONA_PII_KEY": key, "PERSONA_SPARK": address}
            with _one_executor_lost(folder) if is_apache else nullcontext():
                on_spark = _build(folder / "spark", given, "profiles/spark")
        if is_apache:
            differing += _find_key(key, folder / "server")
        here = _build(folder / "duckdb", given, ".")
        print(
            f"Spark SQL on {'Apache Spark' if is_apache else 'Sail'}: {on_spark.wall:.0f} s on the "
            f"clock; {on_spark.cpu:.0f} CPU seconds of dbt, without those of the server"
        )
        print(f"DuckDB: {here.wall:.0f} s on the clock; {here.cpu:.0f} CPU seconds")
        files = [next((folder / each).rglob(FILE_NAME)) for each in ("duckdb", "spark")]
        differing += compare(*files)
    for line in differing:
        print(f"  differs: {line}")
    return 1 if differing else 0


@contextmanager
def _one_executor_lost(folder: Path) -> Iterator[None]:
    """Kill an executor while a build is under way."""
    ended = threading.Event()
    killed: list[int] = []

    def watch() -> None:
        while not ended.wait(1) and not killed:
            tables = list((folder / "spark" / "computed").glob("*/*"))
            if len(tables) >= TABLES_BEFORE_KILL:
                killed.append(kill_executor(folder / "server"))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()
    print(f"{len(killed)} executor was killed in the midst of the build")
    if not killed:
        raise RuntimeError("The build ended before an executor was killed.")


def _find_key(key: str, folder: Path) -> list[str]:
    """Look for the identifier key in what a server wrote: its log, its executors', its events."""
    inner, outer = padded_keys(key.encode())
    forms = [key.encode(), inner, outer, inner.hex().encode(), outer.hex().encode()]
    return [
        f"{path.relative_to(folder)} holds the identifier key"
        for path in sorted(folder.rglob("*"))
        if path.is_file() and any(each in path.read_bytes() for each in forms)
    ]


def ask(folder: Path, address: str) -> list[str]:
    """Ask both engines the same, and compare what they say.

    Parameters
    ----------
    folder : pathlib.Path
        Where Spark writes its answers.
    address : str
        Address of Spark Connect.

    Returns
    -------
    list of str
        The questions that they do not answer alike, with both answers.
    """
    from customer_personas.spark.engine import SparkEngine

    engine = SparkEngine(address, folder, {})
    lines = PROBES.read_text().splitlines()
    questions = [each.rstrip(";") for each in lines if not each.startswith("--")]
    differing = []
    with duckdb.connect() as connection:
        for number, question in enumerate(questions):
            expected = _answer(connection, question)
            try:
                read = engine.compute(connection, question, "probes", f"probe_{number}")
                found = _answer(connection, read)
            except Exception as error:  # whatever the engine says is its answer
                found = [str(error)]
            if found != expected:
                differing.append(f"{question}: DuckDB says {expected}, Spark {found}")
    print(f"{len(questions) - len(differing)} of {len(questions)} questions are answered alike")
    return differing


def _answer(connection: duckdb.DuckDBPyConnection, question: str) -> list[str]:
    answers = connection.execute(question).fetchall()
    return sorted(f"{each:.12g}" if isinstance(each, float) else str(each) for (each,) in answers)


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
