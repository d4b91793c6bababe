"""dbt-duckdb plugin: gives the engine the function with which models are computed by Spark."""

from typing import Any

import duckdb
from dbt.adapters.duckdb.plugins import BasePlugin

from customer_personas.spark.engine import SparkEngine
from customer_personas.warehouse.databases import make_private_folder, spark_folder
from customer_personas.warehouse.identifier_keys import key_variables


class Plugin(BasePlugin):
    """Connect with Spark once, and let every connection compute with it."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Read where Spark is.

        Parameters
        ----------
        plugin_config : dict
            Of the profile: ``address`` of Spark Connect.
        """
        folder = spark_folder().absolute()
        make_private_folder(folder)
        self._engine = SparkEngine(plugin_config["address"], folder, key_variables())

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Make the function ``compute_on_spark`` known.

        Parameters
        ----------
        conn : duckdb.DuckDBPyConnection
            The connection of the run.
        """

        def compute_on_spark(sql: str, schema: str, name: str) -> str:
            with conn.cursor() as cursor:
                return self._engine.compute(cursor, sql, schema, name)

        conn.create_function("compute_on_spark", compute_on_spark, side_effects=True)
