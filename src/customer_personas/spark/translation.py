"""Turns SQL that is written for DuckDB into Spark SQL of the same meaning.

sqlglot knows both dialects. `expressions`, `patterns` and `statements` write what it leaves:
functions that only DuckDB has, patterns of which the engines think differently, clauses that they
read differently, and a pivot whose columns the rows decide.
"""

from collections.abc import Callable

import sqlglot
from sqlglot import exp

from customer_personas.spark.expressions import translate_node
from customer_personas.spark.patterns import TranslationError
from customer_personas.spark.statements import (
    NameFunction,
    RunQuery,
    hand_back,
    name_nested_ctes,
    rewrite_select,
    write_out_pivot,
)

NameTable = Callable[[exp.Table], str]


def translate(
    sql: str,
    run: RunQuery | None = None,
    name_table: NameTable | None = None,
    name_function: NameFunction | None = None,
) -> str:
    """Write a statement for DuckDB as one for Spark.

    Parameters
    ----------
    sql : str
        The statement.
    run : callable, optional
        Runs a query in Spark SQL and gives the values of its only column: a pivot is asked for the
        columns it makes.
    name_table : callable, optional
        Gives the name that Spark knows a table of a schema by.
    name_function : callable, optional
        Gives the name of a function of one text for an expression of DuckDB over
        `statements.TEXT`: what goes through lists of parts of a text is computed by DuckDB in
        Spark's Python workers.

    Returns
    -------
    str
        The statement in Spark SQL, which may call what `functions` registers.

    Raises
    ------
    TranslationError
        Where the statement cannot be read, uses a function that Spark has not, or pivots without
        `run`.
    """
    try:
        tree = sqlglot.parse_one(sql, dialect="duckdb")
    except sqlglot.errors.ParseError as error:
        raise TranslationError(f"This is no SQL of DuckDB that can be read: {error}") from error
    if name_table:
        for table in list(tree.find_all(exp.Table)):
            if table.db:
                table.replace(exp.to_table(name_table(table), alias=table.alias_or_name))
    if name_function:
        hand_back(tree, name_function)
    # from the leaves up: what is written for a node holds what was written for its parts
    for node in reversed(list(tree.walk())):
        if isinstance(node, exp.Select):
            rewrite_select(node)
        elif (written := translate_node(node)) is not node:
            tree = written if node is tree else node.replace(written) and tree
    name_nested_ctes(tree)
    for pivot in list(tree.find_all(exp.Pivot)):
        tree = write_out_pivot(tree, pivot, run)
    return tree.sql(dialect="spark", unsupported_level=sqlglot.ErrorLevel.RAISE)
