"""Ids: text, unless a spreadsheet made numbers with decimals of them."""

from customer_personas.intake.errors import IntakeError
from customer_personas.intake.folder import MAPPING_FILE
from customer_personas.intake.formats.values import Column, Reading


def read_id(column: Column) -> Reading:
    """Decide how a column writes ids.

    Parameters
    ----------
    column : Column
        The column; its setting ``read_as: text`` keeps every text as it is.

    Returns
    -------
    Reading
        As text, leading zeros included. ``17850.0`` is ``17850`` where every value is a whole
        number and some have the ``.0``.

    Raises
    ------
    IntakeError
        If a spreadsheet wrote ids as ``1.23457E+12``: their digits are lost.
    """
    if column.settings.get("read_as") == "text":
        return Reading("text", column.text, "mapping")
    seen = column.counts(
        all="true",
        whole="regexp_full_match(value, '[0-9]+([.]0+)?')",
        decimals="regexp_full_match(value, '[0-9]+[.]0+')",
        rounded="regexp_full_match(value, '[0-9][.,][0-9]+[eE][+][0-9]+')",
    )
    if seen["rounded"]:
        lost = column.samples("regexp_full_match(value, '[0-9][.,][0-9]+[eE][+][0-9]+')")
        raise IntakeError(
            f"{column.source_file}, column {column.name}: a spreadsheet rounded ids, as in {lost}, "
            "so that different ones look the same. Export them again as text. If they are meant "
            f"so, say it in {MAPPING_FILE} for this column: {{column: ..., read_as: text}}."
        )
    if seen["decimals"] and seen["whole"] == seen["all"]:
        return Reading("17850.0", f"regexp_replace({column.text}, '[.]0+$', '')")
    return Reading("text", column.text)
