"""Keeps combinations of demographics in a published version large enough, once somebody is erased.

As ``models/marts/customers/customer_profiles.sql`` does it in a build.
"""

import duckdb

COLUMNS = ("age_band", "gender", "country", "region")
# What is left of a combination that is still too rare, step by step.
_LEFT = (COLUMNS, COLUMNS[:3], COLUMNS[1:3], COLUMNS[2:3], ())


def generalise(published: duckdb.DuckDBPyConnection, minimum: int) -> int:
    """Withhold of the customers of a version what fewer than enough of them share.

    Parameters
    ----------
    published : duckdb.DuckDBPyConnection
        A copy of the version.
    minimum : int
        How many customers each combination needs.

    Returns
    -------
    int
        Number of customers of whom less is published than before.
    """
    found = published.execute(
        "select column_name from duckdb_columns() "
        "where schema_name = 'marts' and table_name = 'customers'"
    ).fetchall()
    if not set(COLUMNS) <= {name for (name,) in found}:
        return 0
    listed = ", ".join(COLUMNS)
    steps = f"select customer_id, {listed}, false as is_frequent from marts.customers"
    for left in _LEFT:
        withheld = ", ".join(
            name if name in left else f"case when is_frequent then {name} end as {name}"
            for name in COLUMNS
        )
        steps = (
            f"select customer_id, {listed}, is_frequent or count(*) over (partition by {listed}) "
            f">= {minimum} as is_frequent "
            f"from (select customer_id, {withheld}, is_frequent from ({steps}))"
        )
    order = ", ".join(f"{name} nulls last" for name in COLUMNS)
    # who is left, without anything, is too few: the rarest combination joins them
    ranked = (
        f"select *, not bool_and(is_frequent) over () and dense_rank() over (order by is_frequent, "
        f"customers, {order}) <= 2 as is_withheld from (select *, count(*) over (partition by "
        f"{listed}) as customers from ({steps}))"
    )
    kept = ", ".join(f"case when not is_withheld then {name} end as {name}" for name in COLUMNS)
    changes = " or ".join(f"customers.{name} is distinct from fewer.{name}" for name in COLUMNS)
    ((count,),) = published.execute(
        f"update marts.customers set {', '.join(f'{name} = fewer.{name}' for name in COLUMNS)} "
        f"from (select customer_id, {kept} from ({ranked})) as fewer "
        f"where customers.customer_id = fewer.customer_id and ({changes})"
    ).fetchall()
    return int(count)
