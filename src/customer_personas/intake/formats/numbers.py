"""Numbers: decimal point or comma, thousands, currency and percent signs."""

from customer_personas.intake.errors import IntakeError
from customer_personas.intake.folder import MAPPING_FILE
from customer_personas.intake.formats.values import TOLERATED, Column, Reading, half_width

_PLAIN = r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"
_CURRENCY = (
    r"(?i)(US\$|R\$|A\$|C\$|HK\$|[$€£¥￥₹₽₩₺₫฿元円원]"
    r"|EUR|USD|GBP|CNY|RMB|JPY|CHF|SEK|NOK|DKK|PLN|CZK|HUF|AUD|CAD|NZD|INR|BRL|KRW|TRY|ZAR"
    r"|kr\.?|z[łl]|Fr\.|Rs\.?)"
)


def bare_number(text: str) -> str:
    """Write the SQL of a number's digits, separators and sign, without anything else.

    Parameters
    ----------
    text : str
        SQL of the text.

    Returns
    -------
    str
        The expression: half-width, without currency signs, percent sign, blanks and apostrophes;
        a minus sign in front where there was one behind or brackets around.
    """
    plain = f"regexp_replace({half_width(text)}, '{_CURRENCY}', '', 'g')"
    bare = f"regexp_replace({plain}, '[\\s\\x{{A0}}\\x{{202F}}\\x{{2009}}''’]', '', 'g')"
    whole = f"regexp_replace({bare}, '[.,](-+|\\x{{2014}})$', '')"  # 12,- is 12
    signed = f"regexp_replace({whole}, '^\\((.+)\\)$', '-\\1')"
    return f"regexp_replace(regexp_replace({signed}, '^(.+)-$', '-\\1'), '%$', '')"


def _grouped(mark: str) -> str:
    """Give the pattern of whole numbers in groups: of three digits, or as in 12,34,567."""
    return rf"\d{{1,3}}({mark}\d{{2,3}})*{mark}\d{{3}}"


def _telling(point: str, other: str) -> str:
    """Give the pattern of numbers that can only be read with this decimal mark."""
    return "|".join(
        [
            rf"[+-]?\d*{point}(\d{{1,2}}|\d{{4,}})?([eE][+-]?\d+)?",  # 12.5 or 12.3456
            rf"[+-]?(0\d*|\d{{4,}})?{point}\d+",  # 0.123 or 1234.567 or .123
            rf"[+-]?{_grouped(other)}{point}\d+",  # 1,234.567
            rf"[+-]?\d{{1,3}}({other}\d{{2,3}})+{other}\d{{3}}",  # 1,234,567
        ]
    )


def read_number(
    column: Column, sql_type: str, is_amount: bool = False, has_thousandths: bool = True
) -> Reading:
    """Decide how a column writes numbers.

    Parameters
    ----------
    column : Column
        The column; its setting ``decimal_mark`` counts.
    sql_type : str
        The type to read it as.
    is_amount : bool
        Whether it is a canonical column: percentages are no number there, and two currencies stop.
    has_thousandths : bool
        Whether three digits behind the decimal mark are possible. (Behind a comma after ``$``,
        ``£`` or ``¥`` they are not: ``$60,000`` are sixty thousand.)

    Returns
    -------
    Reading
        As the given type. ``15%`` is 0.15 where all values are percentages.

    Raises
    ------
    IntakeError
        If the decimal mark cannot be told, or amounts are percentages or of two currencies.
    """
    plain_sql = (
        f"case when regexp_full_match({column.text}, '{_PLAIN}') "
        f"then try_cast({column.text} as {sql_type}) end"
    )
    if column.is_native_number:
        return Reading("1234.56", plain_sql, "file type")
    ambiguous = r"[+-]?[1-9]\d{0,2}%s\d{3}"
    simple = column.counts(
        all="true",
        plain=f"regexp_full_match(value, '{_PLAIN}')",
        point=f"regexp_full_match(value, '{_telling('[.]', ',')}')",
        either_point=f"regexp_full_match(value, '{ambiguous % '[.]'}')",
    )
    # most columns are plain throughout: the costlier questions are asked of the others only
    is_told = simple["point"] or not simple["either_point"]
    if is_told and simple["plain"] == simple["all"] and "decimal_mark" not in column.settings:
        return Reading("1234.56", f"try_cast({column.text} as {sql_type})")
    bare = bare_number("value")
    seen = column.counts(
        all="true",
        plain=f"regexp_full_match(value, '{_PLAIN}')",
        point=f"regexp_full_match({bare}, '{_telling('[.]', ',')}')",
        comma=f"regexp_full_match({bare}, '{_telling(',', '[.]')}')",
        either_point=f"regexp_full_match({bare}, '{ambiguous % '[.]'}')",
        either_comma=f"regexp_full_match({bare}, '{ambiguous % ','}')",
        signs="regexp_matches(value, '[$£¥￥]') and regexp_matches(value, '\\d')",
        percent=f"regexp_full_match({half_width('value')}, '[^%]*\\d[^%]*%')",
    )
    if is_amount:
        _refuse_two_currencies(column)
    is_share = _reads_percentages(column, seen, is_amount)
    if not has_thousandths:
        seen["comma"] += seen["either_point"]
    if not has_thousandths or seen["signs"] >= 0.5 * seen["all"] > 0:
        seen["point"] += seen["either_comma"]
    mark, decided_by = _decimal_mark(column, seen)
    # words among plain numbers are no format
    numbers = column.counts(numbers=_is_number(bare, mark))["numbers"]
    is_plain = mark == "point" and seen["plain"] == numbers
    if is_plain:
        return Reading("1234.56", plain_sql, decided_by)
    bare = bare_number(column.text)
    point = bare if mark == "point" else f"translate({bare}, '.,', ',.')"
    value = f"try_cast(replace({point}, ',', '') as {sql_type})"
    if is_share:
        value = f"cast(try_cast(replace({point}, ',', '') as double) / 100 as {sql_type})"
    has_sign = f"contains({half_width(column.text)}, '%')"
    condition = _is_number(bare, mark)
    if seen["percent"]:
        condition = f"{condition} and {has_sign if is_share else f'not {has_sign}'}"
    sql = f"case when {condition} then {value} end"
    example = "1,234.56" if mark == "point" else "1.234,56"
    return Reading(example + ("%" if is_share else ""), sql, decided_by)


def _is_number(bare: str, mark: str) -> str:
    point, comma = ("[.]", ",") if mark == "point" else (",", "[.]")
    whole = rf"(\d+|{_grouped(comma)})?"
    pattern = rf"[+-]?{whole}({point}\d*)?([eE][+-]?\d+)?"
    return f"(regexp_full_match({bare}, '{pattern}') and regexp_matches({bare}, '\\d'))"


def _decimal_mark(column: Column, seen: dict[str, int]) -> tuple[str, str]:
    if "decimal_mark" in column.settings:
        return column.settings["decimal_mark"], "mapping"
    point, comma = seen["point"], seen["comma"]
    less, more = sorted((point, comma))
    if more == 0 and not seen["either_point"] and not seen["either_comma"]:
        return "point", "values"
    if more == 0 or less > TOLERATED * more:
        raise column.undecidable(
            "its numbers may have a decimal point or a decimal comma, as in "
            + column.samples("regexp_matches(value, '\\d[.,．，]\\d')"),
            "decimal_mark",
            "point or comma",
        )
    return ("point" if point == more else "comma"), "values"


def _reads_percentages(column: Column, seen: dict[str, int], is_amount: bool) -> bool:
    """Tell whether a column holds percentages, which must be all or none and no amount."""
    shares = seen["percent"]
    if shares <= TOLERATED * seen["all"]:
        return False
    where = f"contains({half_width('value')}, '%')"
    if is_amount:
        raise IntakeError(
            f"{column.source_file}, column {column.name}: it holds percentages, as in "
            f"{column.samples(where)}, where an amount belongs. Map it in {MAPPING_FILE} by an "
            f"expression: a discount as 'quantity * unit_price * {column.name}', a rating as "
            f"'{column.name} * 100' with rating_scale_max: {{value: 100}}; or list it there under "
            "ignore."
        )
    if shares < (1 - TOLERATED) * seen["all"]:
        raise IntakeError(
            f"{column.source_file}, column {column.name}: some values are percentages, as in "
            f"{column.samples(where)}, and others are not, as in {column.samples(f'not {where}')}. "
            "Write them alike in the file, or say read_as: text for the column in "
            f"{MAPPING_FILE}."
        )
    return True


def _refuse_two_currencies(column: Column) -> None:
    signs = [
        sign
        for (sign,) in column.session.execute(
            f"""
            select upper(regexp_extract(value, '{_CURRENCY}', 1)) as sign
            from {column.values}
            where sign != '' and regexp_matches(value, '\\d')
            group by sign
            having sum(n) > {TOLERATED} * (select sum(n) from {column.values})
            order by sum(n) desc, sign
            """
        ).fetchall()
    ]
    if len(signs) > 1:
        raise IntakeError(
            f"{column.source_file}, column {column.name}: amounts in {' and '.join(signs)}, as in "
            f"{column.samples()}. Amounts are added up, so there can be one currency only: convert "
            f"them in the file, or by an expression in {MAPPING_FILE}."
        )


def looks_like_numbers(column: Column) -> bool:
    """Tell whether nearly all values of a column are numbers, however they are written.

    Parameters
    ----------
    column : Column
        The column, with its distinct values.

    Returns
    -------
    bool
        False where only some of them are percentages: those would be of another unit.
    """
    bare = bare_number("value")
    seen = column.counts(
        all="true",
        numbers=f"{_is_number(bare, 'point')} or {_is_number(bare, 'comma')}",
        percent=f"contains({half_width('value')}, '%')",
    )
    few, most = TOLERATED * seen["all"], (1 - TOLERATED) * seen["all"]
    return seen["all"] > 0 and seen["numbers"] >= most and not few < seen["percent"] < most
