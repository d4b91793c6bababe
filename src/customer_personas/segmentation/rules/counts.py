"""The rules counted over all customers, as SQL."""

import pyarrow as pa

from customer_personas.sql import literal


def write_counts(
    rules: pa.Table, features: str = "features", memberships: str = "memberships"
) -> str:
    """Write the count of every rule over all customers as SQL.

    Parameters
    ----------
    rules : pyarrow.Table
        The rules, from `fit_rules`.
    features : str
        Relation with one row per customer, as SQL text.
    memberships : str
        Relation with ``customer_id`` and ``persona_id``, as SQL text.

    Returns
    -------
    str
        A SELECT of ``persona_id``, ``rule_number``, ``condition``, ``customer_count`` (who meet
        it), ``coverage`` (share of the persona's customers who do), ``precision`` (share of
        those who meet it that are of the persona), ``lift`` (precision over the persona's share),
        ``candidates`` and ``own_candidates`` (customers, and those of the persona, who meet what
        the rule asks of published features; null where it asks of no other).
    """
    listed = rules.to_pylist()
    matches = ",\n".join(
        f"        count(*) filter (where {row['condition_sql']}) as matched_{position},\n"
        f"        count(*) filter (where {row['published_sql']}) as candidates_{position}"
        for position, row in enumerate(listed)
    )
    counted = "\n    union all\n".join(
        f"    select {literal(row['persona_id'])} as persona_id, {row['rule_number']} as "
        f"rule_number, {literal(row['condition'])} as condition,\n"
        f"        sum(matched_{position}) as customer_count,\n"
        f"        sum(case when persona_id = {literal(row['persona_id'])} "
        f"then matched_{position} end) as matched_customers,\n"
        f"        sum(candidates_{position}) as candidates,\n"
        f"        sum(case when persona_id = {literal(row['persona_id'])} "
        f"then candidates_{position} end) as own_candidates,\n"
        f"        {str(row['published_sql'] != row['condition_sql']).lower()} as asks_unpublished\n"
        "    from matches"
        for position, row in enumerate(listed)
    )
    if not listed:
        matches = "        0 as matched"
        counted = (
            "    select '' as persona_id, 0 as rule_number, '' as condition, 0 as customer_count,\n"
            "        0 as matched_customers, 0 as candidates, 0 as own_candidates,\n"
            "        false as asks_unpublished\n    where false"
        )
    return f"""with customers as (
    select features.*, cast(memberships.persona_id as varchar) as persona_id
    from {features} as features
    inner join {memberships} as memberships on features.customer_id = memberships.customer_id
    where memberships.persona_id is not null
),

matches as (
    select
        persona_id,
        count(*) as persona_customers,
{matches}
    from customers
    group by persona_id
),

rules as (
{counted}
)

select
    rules.persona_id,
    cast(rules.rule_number as integer) as rule_number,
    rules.condition,
    cast(rules.customer_count as bigint) as customer_count,
    rules.matched_customers / matches.persona_customers as coverage,
    rules.matched_customers / nullif(rules.customer_count, 0) as precision,
    rules.matched_customers / nullif(rules.customer_count, 0)
        / (matches.persona_customers / (select sum(persona_customers) from matches)) as lift,
    case when rules.asks_unpublished then cast(rules.candidates as bigint) end as candidates,
    case when rules.asks_unpublished then cast(rules.own_candidates as bigint) end as own_candidates
from rules
inner join matches on rules.persona_id = matches.persona_id
order by rules.persona_id, rules.rule_number"""
