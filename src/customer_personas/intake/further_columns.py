"""What the check says of further columns of the customers file: how the build would read them."""

from customer_personas.intake.folder import MAPPING_FILE
from customer_personas.language.texts import own_texts, say

QUERY = """
    with counted as (
        select attribute, try_cast(attribute_value as double) as number, count(*) as customers
        from staging.customer_attributes
        group by attribute, number
    )
    select
        catalog.attribute,
        catalog.distinct_values,
        catalog.is_code,
        catalog.left_out_because,
        circumstances.evidence,
        counted.number,
        counted.customers
    from features.attribute_catalog as catalog
    left join features.attribute_circumstances as circumstances
        on catalog.attribute = circumstances.attribute
    left join counted
        on
            catalog.attribute = counted.attribute
            and counted.number in (catalog.low_sentinel, catalog.high_sentinel)
    where
        catalog.is_code
        or catalog.left_out_because is not null
        or circumstances.evidence is not null
        or counted.number is not null
    order by catalog.attribute, counted.number
"""


def describe_further_columns(rows: list[tuple], system: str) -> list[str]:
    """Say which columns would not be read as they look, why, and what setting changes it.

    Parameters
    ----------
    rows : list of tuple
        Rows of `QUERY`.
    system : str
        The source system.

    Returns
    -------
    list of str
        Lines of text; none where every column is as it looks.
    """
    if not rows:
        return []
    texts = own_texts()
    lines = ["", say("check.further_columns"), ""]
    said: set[tuple[str, str]] = set()
    for attribute, values, is_code, left_out, evidence, number, customers in rows:
        found = []
        if number is not None:
            words = say("check.sentinel", number=f"{number:g}", customers=f"{customers:,}")
            found.append(words + _say_read_as(attribute, "check.if_number", system))
        if is_code:
            words = say("check.codes", values=f"{values:,}")
            found.append(words + _say_read_as(attribute, "check.if_measure", system))
        if left_out is not None:
            found.append(say("check.left_out", why=texts.sentence(left_out)))
        if evidence is not None:
            setting = f"in_personas: {{attribute_{attribute}: true}}"
            found.append(
                say("check.circumstance", evidence=texts.sentence(evidence), setting=setting)
            )
        for each in found:
            if (attribute, each) not in said:
                said.add((attribute, each))
                lines.append("  " + say("check.attribute", attribute=attribute, said=each))
    return lines


def _say_read_as(attribute: str, condition: str, system: str) -> str:
    if system != "files":
        return ""
    setting = f"entities: customers: attributes: {attribute}: {{read_as: number}}"
    return say(condition, mapping=MAPPING_FILE, setting=setting)
