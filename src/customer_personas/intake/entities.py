"""The canonical entities: the columns that every source system is brought to, told here only.

The macro ``canonical_entities`` is written from them. After a change:

    python -m customer_personas.intake.entities
"""

from dataclasses import dataclass
from pathlib import Path


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
    identifier : str or None
        ``email``, ``phone`` or ``name`` for a direct identifier, which staging normalises so and
        keeps as a keyed hash only, in ``<name>_hash``.
    is_private : bool
        Whether it stays in staging: downstream knows only whether it was there.
    is_key : bool
        Whether it is the id of a record, which a hash may stand for.
    is_of_product : bool
        Whether it tells products apart.
    """

    name: str
    kind: str = "text"
    sql_type: str = "varchar"
    is_required: bool = False
    aliases: tuple[str, ...] = ()
    identifier: str | None = None
    is_private: bool = False
    is_key: bool = False
    is_of_product: bool = False


def _time(name: str, is_required: bool = False, aliases: tuple[str, ...] = ()) -> Column:
    return Column(name, "time", "timestamp", is_required, aliases)


def _number(name: str, sql_type: str = "decimal(18, 4)", is_required: bool = False) -> Column:
    return Column(name, "number", sql_type, is_required)


ENTITIES: dict[str, tuple[Column, ...]] = {
    "customers": (
        Column("customer_id", "id", is_required=True),
        Column("email", aliases=("mail", "email_address"), identifier="email"),
        Column(
            "phone",
            aliases=("phone_number", "telephone", "mobile", "mobile_phone"),
            identifier="phone",
        ),
        Column("full_name", aliases=("name", "customer_name"), identifier="name"),
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
        Column("order_id", "id", is_key=True),
        Column("order_line_number", "whole number", "integer"),
        Column("customer_id", "id", is_required=True),
        _time("ordered_at", is_required=True, aliases=("order_date", "order_time")),
        Column("product_id", "id", aliases=("sku",), is_of_product=True),
        Column("product_name", is_of_product=True),
        Column("product_category", aliases=("category",), is_of_product=True),
        _number("quantity", "decimal(18, 3)"),
        # prices worked out from line totals need the digits: 100.00 for 7,000 pieces
        _number("unit_price", "decimal(18, 8)", is_required=True),
        _number("discount_amount"),
        _number("order_discount_amount"),
        _number("order_refunded_amount"),
        Column("currency"),
        Column("order_status"),
        Column("country"),
        _time("updated_at"),
    ),
    "web_events": (
        Column("event_id", "id", is_key=True),
        Column("visitor_id", "id", is_key=True),
        Column("customer_id", "id"),
        _time("occurred_at", is_required=True),
        Column("event_type", is_required=True),
        Column("page_url", is_private=True),
        Column("product_id", "id", is_of_product=True),
        Column("product_category", is_of_product=True),
        Column("device_type"),
        _time("updated_at"),
    ),
    "feedback": (
        Column("feedback_id", "id", is_key=True),
        Column("customer_id", "id", is_required=True),
        _time("submitted_at", is_required=True),
        Column("channel"),
        Column("feedback_type"),
        _number("rating", "decimal(9, 3)"),
        _number("rating_scale_max", "decimal(9, 3)"),
        Column("comment", is_private=True),
        _time("updated_at"),
    ),
    "declared_needs": (
        Column("customer_id", "id", is_required=True),
        Column("need", is_required=True),
        _time("declared_at"),
        _time("updated_at"),
    ),
    "consents": (
        Column("customer_id", "id", is_required=True),
        Column("channel"),
        Column("purpose"),
        Column("status", is_required=True, aliases=("consent", "consent_status")),
        _time("recorded_at", aliases=("consented_at", "consent_date")),
        _time("updated_at"),
    ),
    "contacts": (
        Column("customer_id", "id", is_required=True),
        Column("campaign", is_required=True, aliases=("campaign_id", "campaign_name")),
        Column("campaign_type"),
        Column("channel"),
        _time("sent_at", is_required=True, aliases=("send_time", "sent_on", "contacted_at")),
        Column("response"),
        _time("responded_at"),
        _time("updated_at"),
    ),
}

# All further fields of these entities are kept as JSON, in a private column `attributes`.
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

_MACRO = Path(__file__).parents[3] / "macros" / "staging" / "canonical_entities.sql"

_HEAD = """\
{#
    The canonical entities, and the columns every source system is brought to. Generated from
    src/customer_personas/intake/entities.py, which says what each word means. Change them there,
    then run: python -m customer_personas.intake.entities
#}
{% macro canonical_entities() %}
    {{ return({
"""


def staged_columns(entity: str) -> list[dict[str, str | bool]]:
    """Describe an entity's columns as staging gives them.

    Parameters
    ----------
    entity : str
        A key of ``ENTITIES``.

    Returns
    -------
    list of dict
        For each column its name and type; of a hashed identifier also the column it ``reads`` and
        how that is normalised (``identifier``); ``private``, ``is_key`` and ``is_of_product`` where
        they hold.
    """
    staged = []
    for column in ENTITIES[entity]:
        told: dict[str, str | bool] = {"name": column.name, "type": column.sql_type}
        if column.identifier:
            told |= {"name": f"{column.name}_hash", "reads": column.name}
            told |= {"identifier": column.identifier}
        flags = {
            "private": column.is_private,
            "is_key": column.is_key,
            "is_of_product": column.is_of_product,
        }
        staged.append(told | {name: True for name, holds in flags.items() if holds})
    if entity in WITH_ATTRIBUTES:
        staged.append({"name": "attributes", "type": "varchar", "private": True})
    return staged


def macro_text() -> str:
    """Write the macro ``canonical_entities``.

    Returns
    -------
    str
        The text of its file.
    """
    lines = []
    for entity in ENTITIES:
        lines.append(f"        '{entity}': [")
        for column in staged_columns(entity):
            fields = ", ".join(
                f"'{name}': {str(value).lower() if value is True else repr(value)}"
                for name, value in column.items()
            )
            lines.append(f"            {{{fields}}},")
        lines.append("        ],")
    return _HEAD + "\n".join(lines) + "\n    }) }}\n{% endmacro %}\n"


if __name__ == "__main__":
    _MACRO.write_text(macro_text(), encoding="utf-8")
