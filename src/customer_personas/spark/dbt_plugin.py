"""dbt-duckdb plugin: gives the engine the function with which models are computed by Spark."""

import socket
from typing import Any
from urllib.parse import urlsplit

import duckdb
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt_common.exceptions import DbtRuntimeError

from customer_personas.warehouse.databases import make_private_folder, spark_folder
from customer_personas.warehouse.identifier_keys import key_variables

# Of Spark Connect, where the address names none.
PORT = 15002
# How long a server may take to answer at all.
PATIENCE_SECONDS = 10


class Plugin(BasePlugin):
    """Connect with Spark once, and let every connection compute with it."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Connect with the server.

        Parameters
        ----------
        plugin_config : dict
            Of the profile: ``address`` of Spark Connect.

        Raises
        ------
        DbtRuntimeError
            Where no server answers, or the packages are missing that speak with it.
        """
        try:
            from customer_personas.spark.engine import SparkEngine
        except ModuleNotFoundError as error:
            raise DbtRuntimeError(
                f"profiles/spark needs a package that is not installed ({error.name}). Install "
                "what speaks with Spark: pip install --require-hashes -r requirements-spark.txt"
            ) from error
        address = plugin_config["address"]
        _check_server(address)
        folder = spark_folder().absolute()
        make_private_folder(folder)
        self._engine = SparkEngine(address, folder, key_variables())

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Make the functions ``compute_on_spark`` and ``forget_on_spark`` known.

        Parameters
        ----------
        conn : duckdb.DuckDBPyConnection
            The connection of the run.
        """

        def compute_on_spark(sql: str, schema: str, name: str) -> str:
            with conn.cursor() as cursor:
                return self._engine.compute(cursor, sql, schema, name)

        def forget_on_spark(schema: str, name: str) -> bool:
            return self._engine.forget(schema, name)

        conn.create_function("compute_on_spark", compute_on_spark, side_effects=True)
        conn.create_function("forget_on_spark", forget_on_spark, side_effects=True)


def _check_server(address: str) -> None:
    """See that something answers: the client itself would try for minutes, and say nothing."""
    parts = urlsplit(address)
    try:
        where = (parts.hostname or "", parts.port or PORT)
        if parts.scheme != "sc" or not where[0]:
            raise ValueError("it is no sc://host:port")
        socket.create_connection(where, PATIENCE_SECONDS).close()
    except (OSError, ValueError) as error:
        raise DbtRuntimeError(
            f"No server of Spark Connect answers at {address} ({error}). PERSONA_SPARK names its "
            "address: sc://host:15002."
        ) from error
