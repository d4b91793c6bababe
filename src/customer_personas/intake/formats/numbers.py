"""Numbers: decimal point or comma, thousands, currency and percent signs."""

import re
from dataclasses import replace

from customer_personas.intake.errors import IntakeError
from customer_personas.intake.folder import MAPPING_FILE
from customer_personas.intake.formats.values import BLANKS, TOLERATED, Column, Reading, half_width

_PLAIN = r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"
# By currency, how amounts name it; each also by its code of three letters.
_CURRENCY_SIGNS = {
    "USD": r"US ?\$|dollars?|u\.?s\.? dollars?",
    "EUR": "€|euros?",
    "GBP": "£|pounds?",
    "JPY": "円|yen",
    "CNY": "RMB|元|yuan",
    "KRW": "₩|원|won",
    "INR": r"₹|Rs\.?|rupees?",
    "RUB": r"₽|руб\.?|р\.|rub\.?",
    "UAH": r"₴|грн\.?",
    "PLN": "z[łl]",
    "CZK": "Kč",
    "HUF": "Ft",
    "RON": "lei",
    "CHF": r"Fr\.|SFr\.?|francs?",
    "TRY": "₺|TL",
    "ILS": "₪",
    "VND": "₫|đ",
    "THB": "฿",
    "IDR": r"Rp\.?",
    "MYR": "RM",
    "PHP": "₱",
    "NGN": "₦",
    "BRL": r"R\$",
    "CAD": r"C\$|CA\$|CDN\$",
    "AUD": r"A\$|AU\$",
    "NZD": r"NZ\$",
    "HKD": r"HK\$",
    "SGD": r"S\$",
    "TWD": r"NT\$",
    "MXN": r"MX\$|Mex\$",
    "AED": r"د\.إ\.?",
    "SAR": r"ر\.س\.?|﷼",
    "BGN": r"лв\.?",
    "RSD": r"дин\.?|din\.?",
    "KZT": "₸",
    "GEL": "₾",
    "AZN": "₼",
    "BDT": r"৳|Tk\.?",
    "MNT": "₮",
    "GHS": "GH₵|₵",
    "PYG": "₲",
    "CRC": "₡",
    "PEN": r"S/\.?",
}
_CODES = (
    *("SEK", "NOK", "DKK", "ISK", "ZAR", "EGP", "MAD", "TND", "DZD", "KES"),
    *("QAR", "KWD", "BHD", "OMR", "JOD", "LBP", "PKR", "LKR", "NPR", "AMD"),
    *("ARS", "CLP", "COP", "UYU", "BOB", "DOP", "GTQ", "HRK", "ALL", "MKD"),
)
# Signs that several currencies share, and which of them a sign may stand for beside a code.
_SHARED = r"\$|[¥￥]|kr\.?"
_MAY_BE = {"$": {"USD"}, "¥": {"JPY", "CNY"}, "kr": {"SEK", "NOK", "DKK", "ISK"}}
_CURRENCY = "(?i:" + "|".join([*_CURRENCY_SIGNS.values(), *_CURRENCY_SIGNS, *_CODES, _SHARED]) + ")"
# Of these money has no decimals: what stands before three digits parts thousands.
_WITHOUT_DECIMALS = r"(?i:₩|원|KRW|円|JPY|₫|đ|VND|Rp\.?|IDR)"
# Blanks and apostrophes part thousands and nothing else: 12 50 and 12 13 are no numbers.
_IN_GROUPS = r"[+-]?\d{1,3}([ ''’]\d{3})+(\D.*)?"


def bare_number(text: str) -> str:
    """Write the SQL of a number's digits, separators and sign, without anything else.

    Parameters
    ----------
    text : str
        SQL of the text.

    Returns
    -------
    str
        The expression: plain digits, without a currency in front or behind, percent sign, blanks
        around and apostrophes or blanks between thousands; a minus sign in front where there was
        one behind or brackets around.
    """
    plain = f"trim({half_width(text)}, {BLANKS})"
    # a sign or a bracket may stand on either side of the currency
    front = rf"^([(+-]?)\s*(?:{_CURRENCY})\s*([(+-]?)\s*"
    behind = rf"([\d.,)-])\s*(?:{_CURRENCY})\s*([)-]?)$"
    unsigned = f"regexp_replace({plain}, '{front}', '\\1\\2')"
    unsigned = f"regexp_replace({unsigned}, '{behind}', '\\1\\2')"
    bare = f"regexp_replace({unsigned}, '^([(+-])\\s+', '\\1')"
    bare = f"regexp_replace({bare}, '\\s+([)%-])$', '\\1')"
    # 12,- and 12/- are 12, and so is '12 of a spreadsheet
    whole = f"regexp_replace(ltrim({bare}, ''''), '[.,/](-+|=|\\x{{2014}})$', '')"
    signed = f"regexp_replace({whole}, '^\\((.+)\\)$', '-\\1')"
    sign = f"regexp_replace(regexp_replace({signed}, '^(.+)-$', '-\\1'), '\\s*%$', '')"
    # most have digits, separators and a frequent sign only; each of the others is looked at once
    digits, signs = r"[+-]?[\d.,]*\d", "€$£ \N{NO-BREAK SPACE}"
    return (
        f"case when regexp_full_match({text}, '{digits}[{signs}]*|[{signs}]*{digits}') "
        f"then trim({text}, '{signs}') else list_transform([{sign}], lambda bare: "
        f"case when regexp_full_match(bare, '{_IN_GROUPS}') "
        f"then regexp_replace(bare, '[ ''’]', '', 'g') else bare end)[1] end"
    )


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
        ``£``, ``¥`` or ``₹`` they are not: ``$60,000`` are sixty thousand, nor in money without
        decimals: ``₫ 60.000``.)

    Returns
    -------
    Reading
        As the given type. ``15%`` is 0.15 where all values are percentages.

    Raises
    ------
    IntakeError
        If the decimal mark cannot be told, or amounts are percentages or of two currencies.
    """
    cast = f"try_cast({column.text} as {sql_type})"
    plain_sql = f"case when regexp_full_match({column.text}, '{_PLAIN}') then {cast} end"
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
        return Reading("1234.56", cast)
    # each text once: most questions are asked of its bare number
    bare = "bare"
    column.session.execute(
        f"create or replace temp table {column.values}_bare as "
        f"select *, {bare_number('value')} as {bare} from {column.values}"
    )
    column = replace(column, values=f"{column.values}_bare")
    seen = column.counts(
        all="true",
        plain=f"regexp_full_match(value, '{_PLAIN}')",
        point=f"regexp_full_match({bare}, '{_telling('[.]', ',')}')",
        comma=f"regexp_full_match({bare}, '{_telling(',', '[.]')}')",
        either_point=f"regexp_full_match({bare}, '{ambiguous % '[.]'}')",
        either_comma=f"regexp_full_match({bare}, '{ambiguous % ','}')",
        signs="regexp_matches(value, '[$£¥￥₹]') and regexp_matches(value, '\\d')",
        whole=f"regexp_matches(value, '{_WITHOUT_DECIMALS}') and regexp_matches(value, '\\d')",
        percent=f"regexp_full_match({half_width('value')}, '[^%]*\\d[^%]*%')",
    )
    if is_amount:
        _refuse_two_currencies(column, bare)
    is_share = _reads_percentages(column, seen, is_amount)
    has_thousandths &= not seen["whole"] >= 0.5 * seen["all"] > 0
    if not has_thousandths:
        seen["comma"] += seen["either_point"]
    if not has_thousandths or seen["signs"] >= 0.5 * seen["all"] > 0:
        seen["point"] += seen["either_comma"]
    mark, decided_by = _decimal_mark(column, seen)
    # words among plain numbers are no format
    numbers = column.counts(numbers=_is_number(bare, mark))["numbers"]
    is_plain = mark == "point" and seen["plain"] == numbers
    if is_plain:
        # most texts that are no numbers in this sense are none in that of the engine either
        is_cast = f"try_cast(value as {sql_type}) is not null"
        others = f"not regexp_full_match(value, '{_PLAIN}') and {is_cast}"
        sql = plain_sql if column.counts(others=others)["others"] else cast
        return Reading("1234.56", sql, decided_by)
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


def _refuse_two_currencies(column: Column, bare: str) -> None:
    """Stop where any amount is of another currency than the others."""
    found = column.session.execute(
        f"""
        select regexp_extract_all(value, '{_CURRENCY}') as signs, min(value)
        from {column.values}
        where
            length(signs) > 0
            and ({_is_number(bare, "point")} or {_is_number(bare, "comma")})
        group by signs
        order by sum(n) desc, signs
        """
    ).fetchall()
    seen: dict[str, tuple[str, str]] = {}  # by currency, its sign and an example
    for signs, example in found:
        named = [(sign, code) for sign in signs if (code := _code_of(sign)) is not None]
        shared = (signs[0], signs[0].lower().strip(".").replace("￥", "¥"))
        sign, currency = named[0] if named else shared
        seen.setdefault(currency, (sign, example))
    for sign, codes in _MAY_BE.items():
        if sign in seen and len(codes & seen.keys()) == 1:
            del seen[sign]  # $ beside USD is the same
    if len(seen) > 1:
        listed = " and ".join(sign for sign, _ in seen.values())
        examples = ", ".join(repr(example) for _, example in list(seen.values())[:3])
        raise IntakeError(
            f"{column.source_file}, column {column.name}: amounts in {listed}, as in {examples}. "
            f"Amounts are added up, so there can be one currency only: convert them in the "
            f"file, or by an expression in {MAPPING_FILE}."
        )


def _code_of(sign: str) -> str | None:
    """Give the code of the currency that a sign names; None where several share it."""
    if sign.upper() in (*_CURRENCY_SIGNS, *_CODES):
        return sign.upper()
    for code, pattern in _CURRENCY_SIGNS.items():
        if re.fullmatch(pattern, sign, re.IGNORECASE):
            return code
    return None


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
