"""Functions that Spark has not, for SQL that `customer_personas.spark.translation` wrote."""

from collections.abc import Mapping

import duckdb
import pandas as pd
import pyarrow as pa
from pyspark import cloudpickle
from pyspark.sql import SparkSession
from pyspark.sql.functions import pandas_udf

from customer_personas.spark import values
from customer_personas.spark.statements import TEXT


def register_functions(spark: SparkSession, session_values: Mapping[str, bytes]) -> None:
    """Make the functions known to a session.

    Parameters
    ----------
    spark : pyspark.sql.SparkSession
        The session.
    session_values : mapping of str to bytes
        What ``session_value`` gives by name, such as the parts of the identifier key. It reaches
        the engine within the function: no statement, plan or log says it.
    """
    # workers need not have this package
    cloudpickle.register_pickle_by_value(values)
    known = dict(session_values)
    for name, function, returns in (
        ("nfc_normalize", values.compose_letters, "string"),
        ("json_merge_patch", values.merge_json, "string"),
        ("record_as_json", values.write_record, "string"),
        ("number_as_text", values.write_number, "string"),
        ("session_value", known.get, "binary"),
    ):
        spark.udf.register(name, function, returns)


def register_expression(spark: SparkSession, name: str, expression: str) -> None:
    """Make an expression of DuckDB known as a function of one text that gives a text.

    Parameters
    ----------
    spark : pyspark.sql.SparkSession
        The session.
    name : str
        Name of the function.
    expression : str
        The expression, over the column `customer_personas.spark.statements.TEXT`.
    """

    def compute(texts: pd.Series) -> pd.Series:
        rows = pa.table({TEXT: pa.array(texts.to_list(), pa.string(), from_pandas=True)})
        with duckdb.connect() as connection:
            connection.register("texts", rows)
            found = connection.execute(f"select cast({expression} as varchar) from texts")
            return pd.Series([value for (value,) in found.fetchall()], dtype="object")

    spark.udf.register(name, pandas_udf(compute, "string"))
