"""Names and values written as SQL text, safely quoted, and queries over a relation."""

import re
from pathlib import Path

import duckdb


def identifier(name: str) -> str:
    """Quote a name for SQL.

    Parameters
    ----------
    name : str
        Name of a column or relation.

    Returns
    -------
    str
        The quoted name.
    """
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Quote a text value for SQL.

    Parameters
    ----------
    text : str
        The value.

    Returns
    -------
    str
        The quoted value.
    """
    return "'" + text.replace("'", "''") + "'"


def file_literal(path: Path) -> str:
    """Quote the path of one file that the engine is to read.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    str
        The quoted path. The engine takes a path for a pattern of names: each sign that would stand
        for others is put in brackets, where it stands for itself.
    """
    return literal(re.sub(r"[\[*?]", r"[\g<0>]", str(path)))


def number(value: float) -> str:
    """Write a number so that DuckDB reads back exactly this double.

    Parameters
    ----------
    value : float
        A finite number.

    Returns
    -------
    str
        The literal. A fraction carries an exponent: without one it would be read as a DECIMAL.
    """
    value = float(value)
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    text = repr(value)
    return text if "e" in text else text + "e0"


def double(value: float) -> str:
    """Write a number as a DOUBLE, whole ones too.

    Parameters
    ----------
    value : float
        A finite number.

    Returns
    -------
    str
        The literal, always with an exponent.
    """
    text = number(value)
    return text if "e" in text else f"{text}e0"


def indent(sql: str) -> str:
    """Indent the lines of a query that goes between parentheses.

    Parameters
    ----------
    sql : str
        The query.

    Returns
    -------
    str
        The query, four spaces further in.
    """
    return "\n".join("    " + line for line in sql.splitlines())


def query(relation: duckdb.DuckDBPyRelation, name: str, sql: str) -> duckdb.DuckDBPyRelation:
    """Query a relation by a name.

    Parameters
    ----------
    relation : duckdb.DuckDBPyRelation
        The rows.
    name : str
        The name that they have in the query.
    sql : str
        A SELECT.

    Returns
    -------
    duckdb.DuckDBPyRelation
        What it gives.

    Raises
    ------
    ValueError
        If `sql` gives no rows to read, as a CREATE or INSERT does not.
    """
    found = relation.query(name, sql)
    if found is None:
        raise ValueError(f"This is no query that gives rows: {sql}")
    return found
