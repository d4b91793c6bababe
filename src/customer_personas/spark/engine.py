"""Models computed by Spark, in Parquet files that DuckDB reads as tables of its own."""

import hashlib
import shutil
import uuid
from collections.abc import Mapping
from pathlib import Path

import duckdb
from pyspark.sql import SparkSession
from sqlglot import exp

from customer_personas.spark.expressions import IN_DUCKDB
from customer_personas.spark.functions import register_expression, register_functions
from customer_personas.spark.statements import TEXT
from customer_personas.spark.translation import translate
from customer_personas.sql import identifier, literal
from customer_personas.warehouse.identifier_keys import set_variables

# What is given to Spark: tables that DuckDB made, such as those of Python models.
GIVEN = "given"


class SparkEngine:
    """A session of Spark Connect, and the folder that it shares with DuckDB.

    Parameters
    ----------
    address : str
        Address of the server: ``sc://host:port``.
    folder : pathlib.Path
        A folder that this process and all of Spark's see under this path.
    session_values : mapping of str to bytes
        What ``getvariable`` gives by name.
    """

    def __init__(self, address: str, folder: Path, session_values: Mapping[str, bytes]) -> None:
        self.folder = folder
        self.spark = SparkSession.builder.remote(address).getOrCreate()
        self.spark.conf.set("spark.sql.session.timeZone", "UTC")
        # a product of decimals keeps its digits, as in DuckDB
        self.spark.conf.set("spark.sql.decimalOperations.allowPrecisionLoss", "false")
        register_functions(self.spark, session_values)
        self.session_values = dict(session_values)
        self.known: set[str] = set()

    def compute(
        self, connection: duckdb.DuckDBPyConnection, sql: str, schema: str, name: str
    ) -> str:
        """Compute a query and keep its rows.

        Parameters
        ----------
        connection : duckdb.DuckDBPyConnection
            Connected to the warehouse; nothing else uses it meanwhile.
        sql : str
            The query, in DuckDB's dialect.
        schema, name : str
            The table that it makes.

        Returns
        -------
        str
            The query with which DuckDB reads the rows, in columns of the types that it would have
            given them itself.
        """
        set_variables(connection, self.session_values)
        columns = connection.execute(f"describe {sql}").fetchall()
        statement = translate(
            sql,
            self._list,
            lambda table: self._give(connection, table),
            lambda expression: self._name(connection, expression),
        )
        before = self._versions(schema, name)
        path = self.folder / schema / name / uuid.uuid4().hex
        try:
            self.spark.sql(statement).write.parquet(str(path))
        except Exception:
            # half a version would be the newest to whoever looks for one
            shutil.rmtree(path, ignore_errors=True)
            raise
        self.known.discard(_view(schema, name))
        # whoever reads the version before this one has until the next
        for each in before[:-1]:
            shutil.rmtree(each)
        return _write_read(path, {column: kind for column, kind, *_ in columns})

    def forget(self, schema: str, name: str) -> bool:
        """Remove what was computed of a table that DuckDB computes from now on.

        Parameters
        ----------
        schema, name : str
            The table.

        Returns
        -------
        bool
            Whether something was removed.
        """
        versions = self._versions(schema, name)
        for each in versions:
            shutil.rmtree(each)
        self.known.discard(_view(schema, name))
        return bool(versions)

    def _list(self, query: str) -> list[str]:
        """Run a query of one column."""
        return [value for (value,) in self.spark.sql(query).collect()]

    def _give(self, connection: duckdb.DuckDBPyConnection, table: exp.Table) -> str:
        """Make a table known to Spark, and say under which name."""
        name = _view(table.db, table.name)
        if name not in self.known:
            versions = self._versions(table.db, table.name)
            path = versions[-1] if versions else self._export(connection, table, name)
            self.spark.read.parquet(str(path)).createOrReplaceTempView(name)
            self.known.add(name)
        return name

    def _export(self, connection: duckdb.DuckDBPyConnection, table: exp.Table, name: str) -> Path:
        """Write a table that DuckDB made for Spark to read."""
        path = self.folder / GIVEN / f"{name}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = _write_given(connection, ".".join(identifier(each.name) for each in table.parts))
        connection.execute(f"copy ({rows}) to {literal(str(path))} (format parquet)")
        return path

    def _name(self, connection: duckdb.DuckDBPyConnection, expression: str) -> tuple[str, str]:
        """Make an expression known to Spark as a function: say its name, and the value's type."""
        name = f"{IN_DUCKDB}{hashlib.md5(expression.encode()).hexdigest()}"
        if name not in self.known:
            register_expression(self.spark, name, expression)
            self.known.add(name)
        over = f"select {expression} as found from (select cast(null as varchar) as {TEXT})"
        ((_, kind, *_),) = connection.execute(f"describe {over}").fetchall()
        return name, kind

    def _versions(self, schema: str, name: str) -> list[Path]:
        """List what Spark computed a table as, the newest last."""
        kept = self.folder / schema / name
        found = kept.iterdir() if kept.exists() else ()
        return sorted(found, key=lambda each: each.stat().st_mtime)


def _view(schema: str, name: str) -> str:
    """Name a table as Spark knows it."""
    return f"{schema}__{name}"


# A fingerprint of 128 bits is a number here, and there the text of the hash that it is made from.
_AS_TEXT = (
    "lower(array_to_string(list_reverse(regexp_extract_all(lpad(hex({}), 32, '0'), '..')), ''))"
)
_AS_NUMBER = (
    "cast('0x' || array_to_string(list_reverse(regexp_extract_all({}, '..')), '') as uhugeint)"
)


def _write_given(connection: duckdb.DuckDBPyConnection, table: str) -> str:
    """Write the query of a table's rows in types that Spark knows."""
    columns = connection.execute(f"describe {table}").fetchall()
    texts = [
        f"{_AS_TEXT.format(identifier(name))} as {identifier(name)}"
        for name, kind, *_ in columns
        if kind == "UHUGEINT"
    ]
    replaced = f"replace ({', '.join(texts)})" if texts else ""
    return f"select * {replaced} from {table}"


def _write_read(path: Path, types: Mapping[str, str]) -> str:
    """Write the query that reads what Spark wrote."""
    if not any(path.glob("*.parquet")):
        empty = (f"cast(null as {kind}) as {identifier(name)}" for name, kind in types.items())
        return f"select {', '.join(empty)} where false"
    read = (
        f"{_AS_NUMBER.format(identifier(name))} as {identifier(name)}"
        if kind == "UHUGEINT"
        else f"cast({identifier(name)} as {kind}) as {identifier(name)}"
        for name, kind in types.items()
    )
    return f"select {', '.join(read)} from read_parquet({literal(str(path / '*.parquet'))})"
