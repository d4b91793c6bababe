"""Ids: text, unless a spreadsheet made numbers with decimals of them."""

from customer_personas.intake.columns import key
from customer_personas.intake.errors import IntakeError
from customer_personas.intake.folder import MAPPING_FILE
from customer_personas.intake.formats.values import TOLERATED, Column, Reading
from customer_personas.sql import literal

_ROUNDED = "[0-9]([.,][0-9]+)?[eE][+][0-9]+"
# Signs that take no room, and spaces that are none of the keyboard's.
_UNSEEN = (
    r"[\x{AD}\x{180E}\x{200B}-\x{200F}\x{202A}-\x{202E}\x{2060}-\x{2064}\x{2066}-\x{2069}"
    r"\x{FE00}-\x{FE0F}\x{FEFF}]"
)
_SPACE = (
    r"[\t\x0B\x0C\x{85}\x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}]"
)
# What spreadsheets put around digits that are to stay text: ="00100", '00100
_WRAPPED = r"""^="(.*)"$|^'([0-9].*)$"""
# What shops write in place of a customer who gave no name.
_NOBODY = (
    *("guest", "guest user", "guest customer", "guest checkout", "gast", "invitado", "ospite"),
    *("anonymous", "anonym", "unknown", "unbekannt", "not set", "(none)", "[none]", "walk-in"),
    "00000000-0000-0000-0000-000000000000",
)
# Lines that are no records: totals, and the count that a query tool writes below its rows.
_NO_RECORD = (
    r"\(?[0-9]+ rows?( affected| selected)?[.)]*|(grand |sub)?[ -]?totals?( g[eé]n[eé]ral)?:?"
    r"|gesamt(summe)?:?|(zwischen)?summe:?|总计|合计|小计|總計|合計|합계|총계"
)
# Numbers that stand for nobody where they have many times the records of any customer.
_NO_NUMBER = "-?0+|-1"
_NOBODY_RECORDS, _NOBODY_TIMES = 10, 5


def read_id(column: Column, is_customer: bool = False) -> Reading:
    """Decide how a column writes ids.

    Parameters
    ----------
    column : Column
        The column; its setting ``read_as: text`` keeps every text as it is.
    is_customer : bool
        Whether it says who the customer is: words for nobody (``guest``), totals and the header
        once more count as missing there, and ``0`` where it has many times the records of any
        other.

    Returns
    -------
    Reading
        As text, leading zeros included, without signs that nobody sees and without what
        spreadsheets put around (``="00100"``). ``17850.0`` is ``17850`` where every value is a
        whole number and some have the ``.0``, or nearly all have it.

    Raises
    ------
    IntakeError
        If a spreadsheet wrote ids as ``1.23457E+12``: their digits are lost.
    """
    if column.settings.get("read_as") == "text":
        return Reading("text", column.text, "mapping")
    dirt = f"regexp_matches(value, {literal(f'{_UNSEEN}|{_SPACE}|{_WRAPPED}')})"
    is_dirty = column.counts(dirt=dirt)["dirt"] > 0
    value, text = (_plain(each) if is_dirty else each for each in ("value", column.text))
    seen = column.counts(
        all="true",
        whole=f"regexp_full_match({value}, '[0-9]+([.]0+)?')",
        decimals=f"regexp_full_match({value}, '[0-9]+[.]0+')",
        fractions=f"regexp_full_match({value}, '[0-9]+[.][0-9]*[1-9][0-9]*')",
        rounded=f"regexp_full_match({value}, '{_ROUNDED}')",
    )
    if seen["rounded"]:
        lost = column.samples(f"regexp_full_match({value}, '{_ROUNDED}')")
        raise IntakeError(
            f"{column.source_file}, column {column.name}: a spreadsheet rounded ids, as in {lost}, "
            "so that different ones look the same. Export them again as text. If they are meant "
            f"so, say it in {MAPPING_FILE} for this column: {{column: ..., read_as: text}}."
        )
    shape = "text, unseen signs taken out" if is_dirty else "text"
    is_whole = seen["whole"] == seen["all"] or seen["decimals"] >= (1 - TOLERATED) * seen["all"]
    if seen["decimals"] and is_whole and not seen["fractions"]:
        shape = "17850.0"
        value, text = (
            f"regexp_replace({each}, '^([0-9]+)[.]0+$', '\\1')" for each in (value, text)
        )
    nobody = _find_nobody(column, value) if is_customer else []
    if nobody:
        listed = ", ".join(literal(each) for each in nobody)
        text = f"case when {text} not in ({listed}) then {text} end"
        shape += f", nobody where {' or '.join(sorted(nobody)[:3])}"
    return Reading(shape, text)


def _plain(text: str) -> str:
    """Write the SQL of an id without what nobody sees or means."""
    seen = f"regexp_replace({text}, '{_UNSEEN}', '', 'g')"
    spaced = f"trim(regexp_replace({seen}, '{_SPACE}', ' ', 'g'))"
    return f"nullif(trim(regexp_replace({spaced}, {literal(_WRAPPED)}, '\\1\\2')), '')"


def _find_nobody(column: Column, value: str) -> list[str]:
    """List the ids of a column that stand for no customer."""
    words = ", ".join(literal(word) for word in _NOBODY)
    found = column.session.execute(
        f"""
        with ids as (
            select
                {value} as id,
                sum(n) as records,
                lower(id) in ({words})
                or regexp_full_match(lower(id), {literal(_NO_RECORD)})
                or regexp_replace(lower(id), '[\\W_]+', '', 'g') = {literal(key(column.name))}
                    as is_word,
                regexp_full_match(id, '{_NO_NUMBER}') as is_number
            from {column.values} where id is not null group by id
        )
        select id from ids
        where is_word or (
            is_number and records >= {_NOBODY_RECORDS} and records >= {_NOBODY_TIMES}
            * (select coalesce(max(records), 0) from ids where not (is_word or is_number))
        )
        """
    ).fetchall()
    return [each for (each,) in found]
