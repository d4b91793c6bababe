"""The scoring SQL of several targets' champions as one query."""

from typing import Any

from customer_personas.sql_text import indent, literal

_NO_SCORES = """select
    customer_id,
    '' as target,
    '' as model_id,
    '' as class,
    0e0 as probability
from features
where false"""


def champions_sql(champions: list[dict[str, Any]]) -> str:
    """Write the query that scores customers for all targets.

    Parameters
    ----------
    champions : list of dict
        Rows of need_fits, one per target that could be learnt: target, model_id, scoring_sql.

    Returns
    -------
    str
        A SELECT over a relation ``features`` with one row per customer; gives customer_id, target,
        model_id, class and probability (those of a customer and target add up to 1). Without any
        champion it gives no row.
    """
    return "\nunion all\n".join(map(_champion_sql, champions)) or _NO_SCORES


def _champion_sql(champion: dict[str, Any]) -> str:
    return f"""select
    customer_id,
    {literal(champion["target"])} as target,
    {literal(champion["model_id"])} as model_id,
    class,
    probability
from (
{indent(champion["scoring_sql"])}
)"""
