"""What the check names so that somebody looks: values nobody knows, orders that come again, ids."""

import json

from customer_personas.language.texts import say
from customer_personas.sql import literal

# Queries over the warehouse that the check cleans records in, by the name of what they find.
QUERIES = {
    "meanings": """
        select entity, column_name, received_value, counts_as, is_known, records
        from intermediate.int_value_meanings
        order by entity, is_known, records desc, received_value
    """,
    # sales that were taken back by their status alone
    "taken_back": """
        select count(*), sum(line_amount)::double from intermediate.int_order_lines
        where is_taken_back
        having count(*) > 0
    """,
    # orders without line numbers of which several files have lines that do not replace each other
    "orders_again": """
        with orders as (
            select
                order_id,
                sum(quantity * unit_price::decimal(28, 8)) filter (source_file != last_file)::double
                    as amount
            from (
                select
                    *,
                    max(source_file) over (
                        partition by source_system, order_id, customer_id, ordered_at::date
                    ) as last_file
                from intermediate.int_order_lines_judged
                where disposition = 'accepted' and order_line_number is null
            )
            group by source_system, order_id, customer_id, ordered_at::date
            having min(source_file) != max(source_file)
        )
        select count(*), min(order_id), sum(amount) from orders having count(*) > 0
    """,
    # a customer with far more orders than any other has may be none
    "crowded_ids": """
        with orders as (
            select customer_id, count(distinct (order_id, ordered_at::date)) as orders
            from intermediate.int_order_lines_judged
            where disposition = 'accepted'
            group by customer_id
        ),
        all_orders as (
            select count(*) as customers, sum(orders) as orders, median(orders) as usual from orders
        )
        select orders.customer_id, orders.orders, (orders.orders / all_orders.orders)::double
        from orders
        cross join all_orders
        where
            all_orders.customers >= 20
            and orders.orders >= 20 * all_orders.usual
            and orders.orders >= 0.02 * all_orders.orders
        order by orders.orders desc, orders.customer_id
        limit 3
    """,
    # a workbook shows 0.1 as 10%, and tells nobody
    "small_discounts": """
        select source_file, count(*), min(discount_amount)::double
        from intermediate.int_order_lines_judged
        where disposition = 'accepted' and discount_amount > 0
        group by source_file
        having
            count(*) >= 5
            and max(discount_amount) <= 1
            and median(abs(quantity) * unit_price::double) > 1
        order by source_file
    """,
    "examples": """
        with aside as (
            select * from quarantine.quarantined_records
            union all
            select * from quarantine.quarantined_values
        )
        select entity, rejection_reason, source_file, record_number, record, read_error
        from aside
        qualify row_number() over (
            partition by entity, rejection_reason order by source_file, record_number
        ) <= 100
        order by entity, rejection_reason, source_file, record_number
    """,
    "source_columns": """
        select entity, source_file, column_name, source_column from intermediate.int_source_formats
        where source_column is not null
    """,
}
_SEEDS = {
    "order_status": "order_statuses",
    "event_type": "event_types",
    "response": "responses",
    "status": "yes_no_spellings",
}
_EXAMPLES = 3
# Reasons that do not name the column they are about.
_ABOUT = {
    "test_product": "product_id",
    "non_product": "product_id",
    "adjustment": "product_id",
    "rating_out_of_scale": "rating",
    "conflicting_key": "order_id",
}


def describe_doubts(found: dict) -> list[str]:
    """Name what a build would count, and somebody may count otherwise.

    Parameters
    ----------
    found : dict
        By name, the rows that :data:`QUERIES` give.

    Returns
    -------
    list of str
        Lines of text.
    """
    lines = _describe_meanings(found.get("meanings", []))
    for count, amount in found.get("taken_back", []):
        said = say("check.taken_back", lines=f"{count:,}", amount=f"{amount:,.2f}")
        lines += ["", f"  {said}"]
    for orders, example, amount in found.get("orders_again", []):
        said = say(
            "check.orders_again", orders=f"{orders:,}", example=example, amount=f"{amount:,.2f}"
        )
        lines += ["", f"  {said}"]
    for file, count, example in found.get("small_discounts", []):
        said = say("check.small_discounts", file=file, lines=f"{count:,}", example=f"{example:.4g}")
        lines += ["", f"  {said}"]
    for customer, orders, share in found.get("crowded_ids", []):
        said = say(
            "check.crowded_id", customer=repr(customer), orders=f"{orders:,}", share=f"{share:.0%}"
        )
        lines += ["", f"  {said}"]
    return lines


def _describe_meanings(meanings: list[tuple]) -> list[str]:
    """Say what statuses and events count as, those first that no seed knows."""
    lines = []
    for entity, column in dict.fromkeys(row[:2] for row in meanings):
        rows = [row[2:] for row in meanings if row[:2] == (entity, column)]
        known: dict[str, list[str]] = {}
        for value, counts_as, is_known, records in rows:
            if is_known:
                known.setdefault(counts_as, []).append(f"{value} ({records:,})")
        lines += ["", f"  {entity}.{column}"]
        for counts_as, values in known.items():
            said = say("check.counts_as", counts_as=counts_as, values=", ".join(values))
            lines.append(f"    {said}")
        unknown = [row for row in rows if not row[2]]
        if unknown:
            some = ", ".join(f"{value} ({records:,})" for value, _, _, records in unknown[:20])
            others = len(unknown) - 20
            said = say(
                "check.unknown_values",
                counts_as=unknown[0][1],
                values=some + (say("check.others", count=f"{others:,}") if others > 0 else ""),
                seed=f"seeds/reference/{_SEEDS[column]}.csv",
            )
            lines.append(f"    {said}")
    return lines


def find_examples(found: dict, entity: str, reason: str) -> list[str]:
    """Show values that are the reason why something is set aside, with file and record.

    Parameters
    ----------
    found : dict
        By name, the rows that :data:`QUERIES` give.
    entity : str
        Canonical name.
    reason : str
        The rejection reason.

    Returns
    -------
    list of str
        Three at most, of different values.
    """
    canonical = _ABOUT.get(reason, reason.split("_", 1)[-1])
    columns = {
        (file, name): column.split(", ")[0].split(" of ")[0]
        for of, file, name, column in found.get("source_columns", [])
        if of == entity
    }
    shown: dict[str, str] = {}
    for of, why, file, number, record, error in found.get("examples", []):
        if (of, why) != (entity, reason):
            continue
        value = error or _value_of(record, columns.get((file, canonical), canonical))
        if value not in shown and len(shown) < _EXAMPLES:
            where = say("check.example", file=file, number=f"{number:,}")
            shown[value] = where + (f": {value}" if value else "")
    return list(shown.values())


def _value_of(record: str | None, column: str) -> str:
    """Give the value of a column of a record as received, shortly."""
    content = json.loads(record) if record else None
    if not isinstance(content, dict) or content.get(column) is None:
        return ""
    text = str(content[column])
    return literal(text if len(text) <= 60 else text[:60] + "...")
