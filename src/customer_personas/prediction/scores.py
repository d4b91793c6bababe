"""The SQL of several targets' published models as one query."""

import json
from collections.abc import Sequence
from typing import Any

from customer_personas.sql import identifier, indent, literal

_NO_SCORES = """select
    customer_id,
    '' as target,
    '' as model_id,
    '' as class,
    0e0 as probability
from features
where false"""

_NO_CONTRIBUTIONS = """select
    customer_id,
    '' as target,
    '' as class,
    '' as feature_name,
    '' as feature_value,
    0e0 as contribution
from features
where false"""


def scores_sql(models: Sequence[dict[str, Any]]) -> str:
    """Write the query that scores customers for all targets.

    Parameters
    ----------
    models : sequence of dict
        Rows of need_fits, one per target that could be learnt: target, model_id, scoring_sql.

    Returns
    -------
    str
        A SELECT over a relation ``features`` with one row per customer; gives customer_id, target,
        model_id, class and probability (those of a customer and target add up to 1). Without any
        model it gives no row.
    """
    return "\nunion all\n".join(map(_model_scores, models)) or _NO_SCORES


def _model_scores(model: dict[str, Any]) -> str:
    return f"""select
    customer_id,
    {literal(model["target"])} as target,
    {literal(model["model_id"])} as model_id,
    class,
    probability
from (
{indent(model["scoring_sql"])}
)"""


def contributions_sql(models: Sequence[dict[str, Any]]) -> str:
    """Write the query that says what speaks for each customer's likeliest class.

    Parameters
    ----------
    models : sequence of dict
        Rows of need_fits: target, features (JSON list) and contributions_sql; rows without the
        latter have no reasons.

    Returns
    -------
    str
        A SELECT over ``features`` and ``predictions`` (customer_id, target, class); gives
        customer_id, target, class, feature_name, feature_value (text) and contribution.
    """
    known = [model for model in models if model["contributions_sql"]]
    return "\nunion all\n".join(map(_model_contributions, known)) or _NO_CONTRIBUTIONS


def _model_contributions(model: dict[str, Any]) -> str:
    names = json.loads(model["features"])
    as_text = ",\n        ".join(
        f"cast({identifier(name)} as varchar) as {identifier(name)}" for name in names
    )
    listed = ", ".join(map(identifier, names))
    # the query starts with `with`: the customers' classes go in front
    query = model["contributions_sql"].removeprefix("with ")
    return f"""select
    found.customer_id,
    {literal(model["target"])} as target,
    own.class,
    found.feature_name,
    known.feature_value,
    cast(found.contribution as double) as contribution
from (
    with predicted as (
        select customer_id, class from predictions where target = {literal(model["target"])}
    ),

{indent(query)}
) as found
inner join predictions as own
    on found.customer_id = own.customer_id and own.target = {literal(model["target"])}
left join (
    select customer_id, feature_name, feature_value
    from (
        select
            customer_id,
            {as_text}
        from features
    )
    unpivot (feature_value for feature_name in ({listed}))
) as known
    on found.customer_id = known.customer_id and found.feature_name = known.feature_name"""
