"""Functions that Spark has not, for SQL that `customer_personas.spark.translation` wrote."""

import json
import unicodedata
from collections.abc import Mapping
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
from pyspark.sql import Row, SparkSession
from pyspark.sql.functions import pandas_udf

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
    values = dict(session_values)
    for name, function, returns in (
        ("nfc_normalize", compose_letters, "string"),
        ("json_merge_patch", merge_json, "string"),
        ("record_as_json", write_record, "string"),
        ("session_value", values.get, "binary"),
    ):
        spark.udf.register(name, function, returns)


def register_expression(spark: SparkSession, name: str, expression: str, returns: str) -> None:
    """Make an expression of DuckDB known as a function of one text.

    Parameters
    ----------
    spark : pyspark.sql.SparkSession
        The session.
    name : str
        Name of the function.
    expression : str
        The expression, over the column `customer_personas.spark.statements.TEXT`.
    returns : str
        Its type in Spark.
    """

    def compute(texts: pd.Series) -> pd.Series:
        rows = pa.table({TEXT: pa.array(texts.to_list(), pa.string(), from_pandas=True)})
        with duckdb.connect() as connection:
            connection.register("texts", rows)
            found = connection.execute(f"select {expression} as found from texts")
            return pd.Series([value for (value,) in found.fetchall()])

    spark.udf.register(name, pandas_udf(compute, returns))


def compose_letters(text: str | None) -> str | None:
    """Compose letters and their marks, as DuckDB's ``nfc_normalize`` does.

    Parameters
    ----------
    text : str or None
        A text.

    Returns
    -------
    str or None
        The text in Unicode's normal form C.
    """
    return None if text is None else unicodedata.normalize("NFC", text)


def write_record(row: Row) -> str:
    """Write a row as a JSON text, fields without a value included, as DuckDB's ``to_json`` does.

    Parameters
    ----------
    row : pyspark.sql.Row
        A row of texts.

    Returns
    -------
    str
        The JSON object.
    """
    return json.dumps(row.asDict(), ensure_ascii=False, separators=(",", ":"))


def merge_json(record: str | None, patch: str | None) -> str | None:
    """Change a JSON object, as DuckDB's ``json_merge_patch`` does (RFC 7396).

    Parameters
    ----------
    record : str or None
        A JSON text.
    patch : str or None
        What to change; a field that is null there is taken out.

    Returns
    -------
    str or None
        The JSON text; None where one of them is.
    """
    if record is None or patch is None:
        return None
    merged = _merge(json.loads(record), json.loads(patch))
    return json.dumps(merged, ensure_ascii=False, separators=(",", ":"))


def _merge(target: Any, patch: Any) -> Any:
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = _merge(merged.get(name), value)
    return merged
