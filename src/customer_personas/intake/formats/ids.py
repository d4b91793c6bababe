"""Ids: text, unless a spreadsheet made numbers with decimals of them."""

from customer_personas.intake.errors import IntakeError
from customer_personas.intake.folder import MAPPING_FILE
from customer_personas.intake.formats.values import TOLERATED, Column, Reading

_ROUNDED = "[0-9]([.,][0-9]+)?[eE][+][0-9]+"


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
        number and some have the ``.0``, or nearly all have it.

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
        fractions="regexp_full_match(value, '[0-9]+[.][0-9]*[1-9][0-9]*')",
        rounded=f"regexp_full_match(value, '{_ROUNDED}')",
    )
    if seen["rounded"]:
        lost = column.samples(f"regexp_full_match(value, '{_ROUNDED}')")
        raise IntakeError(
            f"{column.source_file}, column {column.name}: a spreadsheet rounded ids, as in {lost}, "
            "so that different ones look the same. Export them again as text. If they are meant "
            f"so, say it in {MAPPING_FILE} for this column: {{column: ..., read_as: text}}."
        )
    is_whole = seen["whole"] == seen["all"] or seen["decimals"] >= (1 - TOLERATED) * seen["all"]
    if seen["decimals"] and is_whole and not seen["fractions"]:
        return Reading("17850.0", f"regexp_replace({column.text}, '^([0-9]+)[.]0+$', '\\1')")
    return Reading("text", column.text)
