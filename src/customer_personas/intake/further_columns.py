"""What the check says of further columns of the customers file: how the build would read them."""

from customer_personas.intake.folder import MAPPING_FILE

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
    lines = ["", "Further columns of customers that are not what they look like", ""]
    said: set[tuple[str, str]] = set()
    for attribute, values, is_code, left_out, evidence, number, customers in rows:
        found = []
        if number is not None:
            found.append(
                f"{number:g} stands for unknown or never ({customers:,} customers) and counts as "
                f"no value.{_say_read_as(attribute, 'If it is a number like the others', system)}"
            )
        if is_code:
            found.append(
                f"its {values:,} numbers name something, and are read as categories."
                f"{_say_read_as(attribute, 'If they measure something', system)}"
            )
        if left_out is not None:
            found.append(f"left out: {left_out}.")
        if evidence is not None:
            found.append(
                f"{evidence}. So personas are not formed on it. If it is a trait of customers, "
                f"build with the var in_personas: {{attribute_{attribute}: true}}."
            )
        for each in found:
            if (attribute, each) not in said:
                said.add((attribute, each))
                lines.append(f"  {attribute}: {each}")
    return lines


def _say_read_as(attribute: str, condition: str, system: str) -> str:
    if system != "files":
        return ""
    return (
        f" {condition}, say so in {MAPPING_FILE}, under entities: customers: attributes: "
        f"{attribute}: {{read_as: number}}."
    )
