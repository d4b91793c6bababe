"""The setting that would cure what records and values are set aside for."""

import re

from customer_personas.intake.folder import MAPPING_FILE

# By reason: a setting of the mapping; {column} is the canonical column that the reason names.
_BY_MAPPING = (
    ("unreadable_record", "encoding or delimiter under settings, if they were taken for others"),
    (
        "unreadable_(rating|rating_scale_max)",
        "{column}: {{expression: \"split_part(stars, '/', 1)\"}}",
    ),
    ("unreadable_order_line_number", "{column}: {{expression: row_number}}"),
    ("unreadable_.*_(at|date)", '{column}: {{column: <yours>, date_format: "%d.%m.%Y %H:%M"}}'),
    ("unreadable_.*", '{column}: {{column: <yours>, decimal_mark: comma, missing_values: ["?"]}}'),
    ("missing_order_id", "{column}: <another column>, or none: a day's lines are one order then"),
    ("missing_visitor_and_customer", "visitor_id: <another column>"),
    ("missing_.*", "{column}: <another column>"),
    ("future_.*", "time_zone, or date_order if day and month changed places"),
    ("implausible_birth_date", "date_order, or {column}: {{column: <yours>, date_format: ...}}"),
    ("implausible_age", '{column}: {{expression: "2024 - year_of_birth"}}, if these are years'),
    ("implausible_amount", "quantity or unit_price: <another column>"),
    ("negative_unit_price|zero_quantity", "order_status by an expression, if these are returns"),
    ("negative_annual_income", '{column}: {{column: <yours>, missing_values: ["-1"]}}'),
    ("negative_.*", '{column}: {{expression: "0 - <yours>"}}, if your system writes it so'),
    ("responded_before_sent", "responded_at: <another column>, or date_order"),
    ("rating_out_of_scale", 'rating_scale_max: {{value: "10"}}'),
)
# By reason: what the whole project is told elsewhere.
_BY_PROJECT = (
    ("implausible_.*_at", "the var earliest_plausible_date"),
    ("unknown_order_status", "a row of seeds/reference/order_statuses.csv"),
    (
        "unknown_marketing_consent|unknown_consent_status",
        "a row of seeds/reference/yes_no_spellings.csv",
    ),
    ("non_product|test_product|adjustment", "a row less of seeds/reference/non_product_codes.csv"),
    ("conflicting_key", "order_id as an expression, with the shop's name before the number"),
)


def find_cure(reason: str, system: str) -> str | None:
    """Name the setting that would cure what is set aside, if it is there to be used after all.

    Parameters
    ----------
    reason : str
        Why something is set aside, as ``seeds/reference/rejection_reasons.csv`` has it.
    system : str
        The source system; only ``files`` has a mapping.

    Returns
    -------
    str or None
        The setting and where it belongs; None where none would.
    """
    column = re.sub("^(unreadable|missing|implausible|negative|future)_", "", reason)
    for pattern, cure in _BY_PROJECT:
        if re.fullmatch(pattern, reason):
            return cure
    for pattern, cure in _BY_MAPPING if system == "files" else ():
        if re.fullmatch(pattern, reason):
            return f"{cure.format(column=column)}, in {MAPPING_FILE}"
    return None
