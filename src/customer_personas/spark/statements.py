"""Clauses of DuckDB's statements that Spark reads otherwise, or not at all."""

from collections.abc import Callable, Sequence

from sqlglot import exp

from customer_personas.spark.expressions import HANDED_BACK, call, is_call, is_handed_back
from customer_personas.spark.patterns import TranslationError

RunQuery = Callable[[str], Sequence[str]]
NameFunction = Callable[[str], tuple[str, str]]

# What a text is called in an expression that DuckDB computes for Spark.
TEXT = "given_text"


def rewrite_select(node: exp.Select) -> None:
    """Rewrite the clauses of one SELECT.

    Parameters
    ----------
    node : sqlglot.exp.Select
        The SELECT, changed in place.

    Raises
    ------
    TranslationError
        Where it unnests two lists that are not the keys and values of one map.
    """
    for write in (
        _name_in_having,
        _group_by_functions,
        _look_up_in_select,
        _explode_map,
        _explode_apart,
    ):
        write(node)


def _name_in_having(node: exp.Select) -> None:
    """Say of a column in HAVING whose it is: Spark takes it for what is selected by that name."""
    having, source = node.args.get("having"), node.args.get("from_")
    if having is None or source is None or node.args.get("joins"):
        return
    for column in having.find_all(exp.Column):
        if not column.table and column.name in node.named_selects:
            column.set("table", exp.to_identifier(source.this.alias_or_name))


def _group_by_functions(node: exp.Select) -> None:
    """Select the least of what a function of ours gave to group by: in a group all are equal."""
    group = node.args.get("group")
    keys = [
        each
        for each in (group.expressions if group else [])
        if any(_is_of_workers(part) for part in each.find_all(exp.Anonymous))
    ]
    for projection in node.expressions:
        for part in list(projection.walk()):
            if part in keys and not part.find_ancestor(exp.AggFunc):
                least = exp.Min(this=part.copy())
                part.replace(least)


def _is_of_workers(node: exp.Anonymous) -> bool:
    return node.name.lower() in ("nfc_normalize", "number_as_text") or is_handed_back(node)


def _look_up_in_select(node: exp.Select) -> None:
    """Gather what a value is looked up among, where Spark looks up in conditions of rows only."""
    for projection in node.expressions:
        for found in list(projection.find_all(exp.In)):
            query = found.args.get("query")
            if query is None or found.find_ancestor(exp.Select) is not node:
                continue
            listed = (query.this if isinstance(query, exp.Subquery) else query).copy()
            listed.set("expressions", [exp.alias_(listed.selects[0].unalias(), "listed")])
            values = exp.select(call("collect_set", exp.column("listed")))
            values = values.from_(exp.Subquery(this=listed, alias=exp.to_identifier("lists")))
            is_found = call("array_contains", exp.Subquery(this=values), found.this.copy())
            known = exp.Not(this=exp.Is(this=found.this.copy(), expression=exp.Null()))
            found.replace(exp.Paren(this=exp.Case().when(known, is_found)))


def _explode_map(node: exp.Select) -> None:
    """Write keys and values that are unnested side by side as one row for each field."""
    rows = [each for each in node.expressions if isinstance(each.unalias(), exp.Explode)]
    if len(rows) < 2:
        return
    fields = [each.unalias().this for each in rows]
    if not (isinstance(fields[0], exp.MapKeys) and is_call(fields[1], "map_values")):
        raise TranslationError(f"Spark unnests one list in a select: {node.sql()[:200]}")
    names = [exp.to_identifier(each.alias) for each in rows]
    rows[0].replace(exp.Aliases(this=call("explode", fields[0].this), expressions=names))
    rows[1].pop()


def _explode_apart(node: exp.Select) -> None:
    """Unnest beside the rows what is unnested within an expression."""
    for number, projection in enumerate(node.expressions):
        value = projection.unalias()
        rows = value.find(exp.Explode)
        if rows is None or rows is value or rows.find_ancestor(exp.Select) is not node:
            continue
        name = f"unnested_{number}"
        view = exp.Lateral(
            this=exp.Explode(this=rows.this.copy()),
            view=True,
            alias=exp.TableAlias(
                this=exp.to_identifier(f"{name}_rows"), columns=[exp.to_identifier(name)]
            ),
        )
        rows.replace(exp.column(name))
        if node.args.get("from_") is None:
            node.from_(exp.select("1").subquery("nothing"), copy=False)
        node.append("laterals", view)


def hand_back(tree: exp.Expr, name_function: NameFunction) -> None:
    """Have DuckDB compute of one text what other engines compute otherwise.

    That is what goes through lists of its parts, what reads a value that may be none, and capital
    letters.

    Parameters
    ----------
    tree : sqlglot.exp.Expr
        A statement for DuckDB, changed in place.
    name_function : callable
        Gives for an expression over `TEXT` the name of a function of one text, which says the
        value as a text, and the type of the value in DuckDB's words.
    """
    for own_way in list(tree.find_all(exp.Transform, exp.TryCast, exp.Upper)):
        if own_way.root() is not tree or len(_inputs(own_way)) != 1:
            continue
        whole: exp.Expr = own_way
        above = own_way.parent
        while above is not None and _is_value(above) and len(_inputs(above)) == 1:
            if not isinstance(above, exp.If):
                whole = above
            above = above.parent
        (text,) = _inputs(whole).values()
        own = whole.copy()
        for each in list(own.walk()):
            if each == text:
                each.replace(exp.column(TEXT))
        name, kind = name_function(own.sql(dialect="duckdb"))
        value: exp.Expr = call(name, text.copy())
        if kind != "VARCHAR":
            value = exp.TryCast(
                this=value, to=exp.DataType.build(kind, dialect="duckdb"), safe=True
            )
            value.meta[HANDED_BACK] = True
        whole.replace(value)


def _is_value(node: exp.Expr) -> bool:
    is_of_rows = isinstance(node, exp.Condition) and not isinstance(node, (exp.AggFunc, exp.Window))
    return is_of_rows and node.find(exp.Query) is None and not _is_of_session(node)


def _is_of_session(node: exp.Expr) -> bool:
    """Say whether an expression looks at what only the session knows: its variables, the time."""
    times = (exp.CurrentDate, exp.CurrentTime, exp.CurrentTimestamp)
    return node.find(*times) is not None or any(
        is_call(each, "getvariable") for each in node.find_all(exp.Anonymous)
    )


def _inputs(node: exp.Expr) -> dict[str, exp.Expr]:
    """List the columns, and what is aggregated of them, that an expression looks at."""
    found: dict[str, exp.Expr] = {}
    for each in node.walk(prune=lambda each: isinstance(each, exp.AggFunc)):
        if isinstance(each, (exp.Column, exp.AggFunc)):
            found[each.sql()] = each
    return found


def name_nested_ctes(tree: exp.Expr) -> None:
    """Give the CTEs of a CTE names that no other has: not everybody looks at the nearest.

    Parameters
    ----------
    tree : sqlglot.exp.Expr
        A statement, changed in place.
    """
    for number, clause in enumerate(list(tree.find_all(exp.With))):
        statement = clause.parent
        if statement is None or not clause.find_ancestor(exp.CTE):
            continue
        names = {each.alias: f"{each.alias}_{number}" for each in clause.expressions}
        for table in list(statement.find_all(exp.Table)):
            if table.name in names and not table.db:
                table.set("alias", exp.TableAlias(this=exp.to_identifier(table.alias_or_name)))
                table.set("this", exp.to_identifier(names[table.name]))
        for each in clause.expressions:
            each.set("alias", exp.TableAlias(this=exp.to_identifier(names[each.alias])))


def write_out_pivot(tree: exp.Expr, pivot: exp.Pivot, run: RunQuery | None) -> exp.Expr:
    """Write a pivot as one aggregate for each value of the column that names the columns.

    Parameters
    ----------
    tree : sqlglot.exp.Expr
        The statement.
    pivot : sqlglot.exp.Pivot
        A pivot in it.
    run : callable or None
        Runs a query and gives the values of its only column.

    Returns
    -------
    sqlglot.exp.Expr
        The statement without it.

    Raises
    ------
    TranslationError
        Without `run`.
    """
    if run is None:
        raise TranslationError("A pivot needs a query for the names of its columns.")
    ctes = pivot.args.get("with_")
    (names,), (value,) = pivot.expressions, pivot.args["using"]
    found = exp.select(names).distinct().from_(pivot.this).where(f"{names.sql()} is not null")
    keys = pivot.args["group"].expressions
    written = exp.select(*keys).from_(pivot.this).group_by(*keys)
    found.set("with_", ctes.copy() if ctes else None)
    for name in sorted(run(found.sql(dialect="spark"))):
        own = value.copy()
        own.set(
            "this",
            exp.Case().when(
                exp.EQ(this=names.copy(), expression=exp.Literal.string(name)), own.this
            ),
        )
        written = written.select(exp.alias_(own, name, quoted=True))
    written.set("with_", ctes)
    return written if pivot is tree else pivot.replace(written) and tree
