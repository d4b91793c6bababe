"""Names and values written as SQL text, safely quoted."""


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
