"""The canonical entities as the files of a landing folder are brought to them.

Names and types are those of the macro ``canonical_columns``, before identifiers are hashed.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """A canonical column.

    Attributes
    ----------
    name : str
        Its name.
    kind : str
        How its texts are read: ``id``, ``text``, ``time``, ``date``, ``number``, ``whole number``
        or ``band`` (a number or a band of numbers).
    sql_type : str
        Its type in the warehouse.
    is_required : bool
        Whether a file without it cannot be read.
    aliases : tuple of str
        Other names that can mean nothing else.
    """

    name: str
    kind: str = "text"
    sql_type: str = "varchar"
    is_required: bool = False
    aliases: tuple[str, ...] = ()


def _time(name: str, is_required: bool = False, aliases: tuple[str, ...] = ()) -> Column:
    return Column(name, "time", "timestamp", is_required, aliases)


def _number(name: str, sql_type: str = "decimal(18, 4)", is_required: bool = False) -> Column:
    return Column(name, "number", sql_type, is_required)


ENTITIES: dict[str, tuple[Column, ...]] = {
    "customers": (
        Column("customer_id", "id", is_required=True),
        Column("email", aliases=("mail", "email_address")),
        Column("phone", aliases=("phone_number", "telephone", "mobile", "mobile_phone")),
        Column("full_name", aliases=("name", "customer_name")),
        Column("birth_date", "date", "date", aliases=("date_of_birth", "dob", "birthday")),
        Column("age", "band", "integer"),
        Column("gender", aliases=("sex",)),
        Column("occupation"),
        Column("annual_income", "band", "decimal(18, 2)", aliases=("income", "yearly_income")),
        Column("country"),
        Column("region"),
        _time("signed_up_at"),
        Column("marketing_consent"),
        Column("need"),
        _time("updated_at"),
    ),
    "order_lines": (
        Column("order_id", "id"),
        Column("order_line_number", "whole number", "integer"),
        Column("customer_id", "id", is_required=True),
        _time("ordered_at", is_required=True, aliases=("order_date", "order_time")),
        Column("product_id", "id", aliases=("sku",)),
        Column("product_name"),
        Column("product_category", aliases=("category",)),
        _number("quantity", "decimal(18, 3)"),
        # prices worked out from line totals need the digits: 100.00 for 7,000 pieces
        _number("unit_price", "decimal(18, 8)", is_required=True),
        _number("discount_amount"),
        Column("currency"),
        Column("order_status"),
        Column("country"),
        _time("updated_at"),
    ),
    "web_events": (
        Column("event_id", "id"),
        Column("visitor_id", "id"),
        Column("customer_id", "id"),
        _time("occurred_at", is_required=True),
        Column("event_type", is_required=True),
        Column("page_url"),
        Column("product_id", "id"),
        Column("product_category"),
        Column("device_type"),
        _time("updated_at"),
    ),
    "feedback": (
        Column("feedback_id", "id"),
        Column("customer_id", "id", is_required=True),
        _time("submitted_at", is_required=True),
        Column("channel"),
        Column("feedback_type"),
        _number("rating", "decimal(9, 3)"),
        _number("rating_scale_max", "decimal(9, 3)"),
        Column("comment"),
        _time("updated_at"),
    ),
    "declared_needs": (
        Column("customer_id", "id", is_required=True),
        Column("need", is_required=True),
        _time("declared_at"),
        _time("updated_at"),
    ),
}

# Further columns of these entities are kept as attributes.
WITH_ATTRIBUTES = ("customers",)

# What stands for a column that no file has: what it means, and the SQL over the canonical columns.
STAND_INS: dict[str, dict[str, tuple[str, str]]] = {
    "order_lines": {
        "order_id": (
            "one order per customer and day",
            "customer_id || ':' || strftime(ordered_at, '%Y-%m-%d')",
        ),
        "quantity": ("1 each", "cast(1 as decimal(18, 3))"),
    },
    "web_events": {
        "event_id": ("file and position", "source_file || ':' || record_number"),
    },
}
