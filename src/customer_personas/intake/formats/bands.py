"""Bands of numbers: 45-54, 65+, under 18, 50-74K."""

from customer_personas.intake.formats.numbers import read_number
from customer_personas.intake.formats.values import Column, Reading, half_width

_NUMBER = r"(\d+(?:\.\d+)?)([km]?)"
_RANGE = rf"{_NUMBER}(?:-|to|bis|至|~|a|à|and|und|et|y){_NUMBER}"
_ABOVE = (
    rf"(?:>|>=|≥|over|above|morethan|from|ab|über|mehrals|plusde|másde|masde|oltre|piùdi|maisde)"
    rf"{_NUMBER}"
    rf"|{_NUMBER}(?:\+|plus|andover|andabove|andup|ormore|orolder|andolder|undmehr|undälter|etplus"
    rf"|ymás|ymas|omás|omas|eoltre|oumais|及以上|以上)"
)
_BELOW = (
    rf"(?:<|<=|≤|under|below|lessthan|upto|bis|unter|wenigerals|moinsde|menosde|menodi|hasta)"
    rf"{_NUMBER}"
    rf"|{_NUMBER}(?:及以下|以下|未満|orless|andunder|andbelow|undweniger)"
)


def read_band(column: Column, sql_type: str) -> Reading:
    """Decide whether a column holds numbers or bands of numbers.

    Parameters
    ----------
    column : Column
        The column.
    sql_type : str
        The type to read it as.

    Returns
    -------
    Reading
        Of numbers; a band gives its middle (45-54: 49.5, as a whole number 49), one that is open
        above its lower bound (65+: 65), one that is open below one less than its upper bound
        (under 18: 17). A column is read as bands where it holds any of at least a twentieth.

    Raises
    ------
    IntakeError
        As :func:`customer_personas.intake.formats.numbers.read_number`.
    """
    whole = f"^(?:{_RANGE}|{_ABOVE}|{_BELOW})$"
    seen = column.counts(
        all="true",
        bands=f"regexp_matches({_plain('value')}, '{whole}|^\\d+(\\.\\d+)?[km]$')",
    )
    if column.is_native_number or seen["bands"] < 0.05 * max(seen["all"], 1):
        return read_number(column, sql_type, has_thousandths=False)
    band = "band"  # put into plain form once: it is mentioned often

    def amount(pattern: str, *groups: tuple[int, int]) -> str:
        """Write the SQL of a number with its K or M, from whichever of the groups is there."""
        numbers = ", ".join(
            f"nullif(regexp_extract({band}, '^(?:{pattern})$', {number}), '')"
            for number, _ in groups
        )
        units = " || ".join(
            f"regexp_extract({band}, '^(?:{pattern})$', {unit})" for _, unit in groups
        )
        scale = f"case left({units}, 1) when 'k' then 1000 when 'm' then 1000000 else 1 end"
        return f"(cast(coalesce({numbers}) as double) * {scale})"

    # 50-74K: the unit of the upper end holds for both
    low = amount(_RANGE, (1, 2))
    low_with_unit = (
        f"case when regexp_extract({band}, '^(?:{_RANGE})$', 2) = '' "
        f"then {amount(_RANGE, (1, 4))} else {low} end"
    )
    middle = f"({low_with_unit} + {amount(_RANGE, (3, 4))}) / 2"
    single = rf"{_NUMBER}"
    value = f"""case
        when regexp_full_match({band}, '{_RANGE}') then {middle}
        when regexp_full_match({band}, '{_ABOVE}') then {amount(_ABOVE, (1, 2), (3, 4))}
        when regexp_full_match({band}, '{_BELOW}') then {amount(_BELOW, (1, 2), (3, 4))} - 1
        when regexp_full_match({band}, '{single}') then {amount(single, (1, 2))}
    end"""
    number = f"trunc({value})" if sql_type == "integer" else value
    found = f"list_transform([{_plain(column.text)}], lambda band: {number})[1]"
    return Reading("bands (45-54, 65+), their middle", f"try_cast({found} as {sql_type})")


def _plain(text: str) -> str:
    """Write the SQL of a band in lower case without blanks, thousands and currency signs."""
    # no bound has thousandths: 15.000 and 15,000 are both fifteen thousand
    bare = (
        f"regexp_replace(lower({half_width(text)}), "
        f"'[\\s\\x{{A0}}\\x{{202F}}$€£¥]|euros?|eur|usd|gbp|chf|years?(old)?|jahren?"
        "|ans|岁|歳', '', 'g')"
    )
    # twice, since the digits behind one mark may be those in front of the next
    for _ in range(2):
        bare = f"regexp_replace({bare}, '(\\d)[.,''’](\\d{{3}})(\\D|$)', '\\1\\2\\3', 'g')"
    return f"regexp_replace(replace({bare}, ',', '.'), '^(between|entre|zwischen|von|de)', '')"
