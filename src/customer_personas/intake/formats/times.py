"""Dates and times: which national form, which order, epochs, zones."""

from dataclasses import replace
from itertools import permutations

from customer_personas.intake.errors import IntakeError
from customer_personas.intake.folder import MAPPING_FILE
from customer_personas.intake.formats.months import MONTHS
from customer_personas.intake.formats.values import TOLERATED, Column, Reading, half_width
from customer_personas.sql import literal

_CLOCK = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?"
_HALF_DAY = r"(?: ?[AaPp]\.?[Mm]\.?)?"
# Minutes that zones are ahead of UTC. Not here: what means several (CST, IST, BST).
_ZONES = {
    **{"Z": 0, "UT": 0, "UTC": 0, "GMT": 0, "WET": 0, "WEST": 60, "CET": 60, "CEST": 120},
    **{"MEZ": 60, "MESZ": 120, "EET": 120, "EEST": 180, "MSK": 180, "SAST": 120, "WIB": 420},
    **{"HKT": 480, "SGT": 480, "JST": 540, "KST": 540, "AEST": 600, "AEDT": 660, "NZST": 720},
    **{"NZDT": 780, "BRT": -180, "AKDT": -480, "AKST": -540, "HST": -600},
    **{"EDT": -240, "EST": -300, "CDT": -300, "MDT": -360, "MST": -420, "PDT": -420, "PST": -480},
}
_OFFSET = r"[+-](?:0?\d|1[0-4])(?::?[0-5]\d)?"
_PLACE = r"[A-Z][A-Za-z_]+(?:/[A-Za-z_]+)+"
# +0200, UTC, GMT+2, CEST, Europe/Berlin; programs add a name in parentheses
_ZONE = rf"(?:(?:UTC|GMT)?{_OFFSET}|{'|'.join(_ZONES)}|{_PLACE})(?: \([^()]*\))?"
_REST = rf"((?:[ T]|, )+{_CLOCK}{_HALF_DAY}(?: ?{_ZONE})?)?"
_ISO = r"\d{4}-\d{1,2}-\d{1,2}(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)?"
# A letter: of ASCII, or any sign beyond it. Bounds of repetition and classes such as \p{L} make the
# engine's automaton so large that it reads ten times slower, and words are looked up anyway.
_LETTER = r"[A-Za-z\x{C0}-\x{10FFFF}]"
_MONTH = rf"{_LETTER}{{3,}}\.?"
_ZONE_FOUND = rf"({_CLOCK}{_HALF_DAY}) ?({_ZONE})$"

# A day or month, and what parts it from the next: 31. 12. 2024 in Czech, Hungarian and Korean.
_ONE, _SIGN = r"(\d{1,2})", r"(?:[/-]|\. ?)"
# Name: what it looks like, the pattern with the rest of the text as its last group, and how the
# groups give an ISO date.
_REORDERED = {
    "year_first": ("2024/12/31", rf"(\d{{4}}){_SIGN}{_ONE}{_SIGN}{_ONE}\.?", r"\1-\2-\3"),
    "day_first": ("31/12/2024", rf"{_ONE}{_SIGN}{_ONE}{_SIGN}(\d{{4}})\.?", r"\3-\2-\1"),
    "month_first": ("12/31/2024", rf"{_ONE}{_SIGN}{_ONE}{_SIGN}(\d{{4}})\.?", r"\3-\1-\2"),
    "day_first_short": ("31/12/24", rf"{_ONE}{_SIGN}{_ONE}{_SIGN}(\d{{2}})\.?", r"20\3-\2-\1"),
    "month_first_short": ("12/31/24", rf"{_ONE}{_SIGN}{_ONE}{_SIGN}(\d{{2}})\.?", r"20\3-\1-\2"),
    "year_first_short": ("24/12/31", rf"(\d{{2}}){_SIGN}{_ONE}{_SIGN}{_ONE}\.?", r"20\1-\2-\3"),
    "east_asian": (
        "2024年12月31日",
        r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日號号일]?",
        r"\1-\2-\3",
    ),
    "compact": ("20241231", r"((?:19|20)\d{2})(\d{2})(\d{2})", r"\1-\2-\3"),
}
_SHORT = ("day_first_short", "month_first_short", "year_first_short")
_RIVALS = (("day_first", "month_first"), _SHORT)
# Day first unless the values tell otherwise: no program writes 24-Dec-31 by itself.
_NAMED_YEAR_FIRST = "year_first_named"
_YEAR_NAMED = rf"(\d{{2}})[ ./-]+({_MONTH})[ ./-]+(\d{{1,2}})"
_NAMED_BETWEEN = rf"[ ./-]+{_MONTH}[ ./-]+"
# Two digits from here on mean the last century; a customer is hardly born in the other one.
_PIVOT, _BIRTH_PIVOT = 69, 15
# So many numbers in one place of a date, and so many times those of another place, are no years.
_MANY_DAYS, _DAYS_A_YEAR = 8, 4


# What programs write beside a clock in words and other signs, and how it stands in all others:
# pattern, replacement. In this order.
_AM, _PM = "上午|午前|오전|صباحا|ص", "下午|午後|오후|مساء|م"
_TIDIED = (
    (r"^'", ""),  # of a spreadsheet, so that it stays text
    (rf"^({_CLOCK}{_HALF_DAY}),? +(\d{{1,4}}[-/.].*)$", r"\2 \1"),
    (rf"[ ,]*(?:{_AM})\s*({_CLOCK})", r" \1 AM"),
    (rf"[ ,]*(?:{_PM})\s*({_CLOCK})", r" \1 PM"),
    (rf"(\d)\s*(?:{_AM})$", r"\1 AM"),
    (rf"(\d)\s*(?:{_PM})$", r"\1 PM"),
    # 18h30, 18h30m05s
    (r"(\d{1,2}) ?h ?(\d{2})(?: ?(?:m|min)? ?(\d{2}) ?s)?(?: ?min\.?| ?m)?$", r"\1:\2:\3"),
    (r"(\d:\d{2}):$", r"\1"),
    # 31-DEC-24 06.30.00.000000 PM of Oracle, 2024-12-31-18.30.00.000000 of Db2, 31.12.2024 18.30
    (
        r"(\d)(?:[ T]|, |(\d-\d{2})-)+(\d{1,2})\.(\d{2})\.(\d{2})([.,]\d+)?( ?[AaPp][Mm])?( .*)?$",
        r"\1\2 \3:\4:\5\6\7\8",
    ),
    (r"(\d{4}|[-/.]\d{2})(?:[ T]|, )+(\d{1,2})\.(\d{2})( ?[AaPp][Mm])?$", r"\1 \2:\3\4"),
    (r"([A-Za-z]{3}\d{4}):(\d{2}:\d{2})", r"\1 \2"),  # 31DEC2024:18:30:00 of SAS
    (r"([AaPp])\. +[Mm]\.?$", r"\1M"),
    (rf",? *(?:à|às|um|at|a las|alle|kl\.?|klo|om|в|o|u) +({_CLOCK})", r" \1"),
    (rf"({_CLOCK}) *(?:[Uu]hr|Uhr|h|hrs?\.?|uur)$", r"\1"),
    # 2024-12-31T18:30:00+01:00[Europe/Berlin] of Java
    (rf"({_OFFSET}|Z)\[{_PLACE}\]$", r"\1"),
    (rf"\[({_PLACE})\]$", r" \1"),
    # Tue Dec 31 18:30:00 UTC 2024 of Unix
    (rf"([A-Z][a-z]{{2}} +\d{{1,2}}) +({_CLOCK})(?: +({_ZONE}))? +(\d{{4}})$", r"\1 \4 \2 \3"),
)
_UNTIDY = (
    rf"{_AM}|{_PM}|[AaPp]\. [Mm]|\]$|\d ?h|:\d{{2}} *(?:[Uu]hr|uur)|[A-Za-z]{{3}}\d{{4}}:"
    r"|\d{1,2}\.\d{2}(\.\d{2}[.,\d]*)?( ?[AaPp][Mm].*| [+-]\d.*)?$|\p{L}\.? +\d{1,2}:\d{2}"
    rf"|{_CLOCK}.* \d{{4}}$|^'|^{_CLOCK}.*\d"
)
# Dates have some words; a column of so many is none.
_WORDS = 10_000


def _tidy(text: str) -> str:
    """Write the SQL of a time with its clock as most programs write it."""
    for pattern, replacement in _TIDIED:
        text = f"regexp_replace({text}, {literal(pattern)}, {literal(replacement)})"
    return f"trim({text})"


def _is_iso(text: str) -> str:
    return f"regexp_full_match({text}, '{_ISO}')"


# 2024-02-30 has the form, but is no date
PLAIN_TIME = f"{_is_iso('value')} and try_cast(value as timestamp) is not null"


def _iso_texts(spelled: str, pivot: int, months: dict[str, str]) -> dict[str, tuple[str, str]]:
    """Give, by form, what it looks like and the SQL of the ISO text, null where it has no such."""
    hours = r"(\d{1,2})\s*[時时시]\s*(\d{2})\s*[分분]"
    east_asian = (
        f"regexp_replace(regexp_replace({spelled}, '{hours}\\s*(\\d{{2}})\\s*[秒초]', "
        f"'\\1:\\2:\\3'), '{hours}', '\\1:\\2')"
    )
    forms = {}
    for name, (example, pattern, order) in _REORDERED.items():
        source = east_asian if name == "east_asian" else spelled
        whole = f"{pattern}{_REST}"
        forms[name] = (
            example,
            f"case when regexp_full_match({source}, '{whole}') "
            f"then regexp_replace({source}, '^{whole}$', '{order}\\4') end",
        )
    stamp = r"((?:19|20)\d{2})(\d{2})(\d{2})[T ]?(\d{2})(\d{2})(\d{2})?(Z)?"
    forms["compact_time"] = (
        "20241231183000",
        f"case when regexp_full_match({spelled}, '{stamp}') then "
        f"regexp_replace(regexp_replace({spelled}, '^{stamp}$', '\\1-\\2-\\3 \\4:\\5:\\6\\7'), "
        f"':(Z?)$', '\\1') end",
    )
    if months:
        forms["named_month"] = ("31 Dec 2024", _named_month(spelled, pivot, months))
        forms[_NAMED_YEAR_FIRST] = ("24-Dec-31", _named_year_first(spelled, pivot, months))
    return forms


def _named_month(spelled: str, pivot: int, months: dict[str, str]) -> str:
    """Write the SQL of the ISO text of a date with the name of its month: 31. Dezember 2024."""
    between = "(?:[ ./-]*| de | del )"
    day_month = rf"(\d{{1,2}})(?:st|nd|rd|th|er|[ºª°])?{between}({_MONTH})"
    year = r"[ ,./-]*(?: del? |-)?(\d{4}|\d{2})"
    month_day = rf"({_MONTH})[ -]*(\d{{1,2}})(?:st|nd|rd|th)?[, -]+(\d{{4}}|\d{{2}})"
    weekday = rf"(?:{_LETTER}{{2,}}\.?,? +)??"
    year_month = rf"(\d{{4}})[ ./-]+({_MONTH})[ ./-]+(\d{{1,2}})"
    whole = rf"{weekday}(?:{day_month}{year}|{month_day}|{year_month}){_REST}"
    groups = ["d1", "m1", "y1", "m2", "d2", "y2", "y3", "m3", "d3", "rest"]
    names = ", ".join(f"{literal(name)}: '{number}-'" for name, number in months.items())
    return (
        f"list_transform([regexp_extract({spelled}, '^{whole}$', {groups})], lambda found: "
        f"case when length(found.y1 || found.y2) = 2 "
        f"then if(found.y1 || found.y2 >= '{pivot}', '19', '20') else '' end "
        f"|| nullif(found.y1 || found.y2 || found.y3, '') || '-' "
        f"|| map {{{names}}}[lower(rtrim(found.m1 || found.m2 || found.m3, '.'))] "
        f"|| found.d1 || found.d2 || found.d3 || found.rest)[1]"
    )


def _named_year_first(spelled: str, pivot: int, months: dict[str, str]) -> str:
    """Write the SQL of the ISO text of a date with a year of two digits in front: 24-Dec-31."""
    found = f"regexp_extract({spelled}, '^{_YEAR_NAMED}{_REST}$', ['y', 'm', 'd', 'rest'])"
    names = ", ".join(f"{literal(name)}: '{number}-'" for name, number in months.items())
    return (
        f"list_transform([{found}], lambda found: if(found.y >= '{pivot}', '19', '20') "
        f"|| nullif(found.y, '') || '-' || map {{{names}}}[lower(rtrim(found.m, '.'))] "
        "|| found.d || found.rest)[1]"
    )


def _months_of(column: Column) -> dict[str, str]:
    """Find the names of months in the values of a column; give their numbers."""
    words = column.session.execute(
        f"select distinct unnest(regexp_extract_all(lower(value), '[\\p{{L}}\\p{{M}}]{{2,}}')) "
        f"from {column.values} where regexp_matches(value, '\\pL{{3}}') limit {_WORDS}"
    ).fetchall()
    return {word: MONTHS[word] for (word,) in words if word in MONTHS}


def _value_of(iso: str, zone: str, has_halves: bool, has_zones: bool) -> str:
    """Write the SQL that makes a time of an ISO text."""
    local = f"regexp_replace({iso}, '{_ZONE_FOUND}', '\\1')" if has_zones else iso
    plain = f"regexp_replace(replace({local}, ', ', ' '), ',(\\d+)$', '.\\1')"
    value = f"try_cast({plain} as timestamp)"
    if has_halves:
        # the engine's own cast would take PM for a place and ignore it
        halves = f"upper(regexp_replace({local}, '[, T]+(\\d)', ' \\1'))"
        halves = f"regexp_replace({halves}, '([AP])\\.?M\\.?$', '\\1M')"
        value = (
            f"case when regexp_matches({local}, '[AaPp]\\.?[Mm]') then try_strptime("
            f"regexp_replace({halves}, ' ?([AP]M)$', ' \\1'), "
            f"{[f'%Y-%m-%d %I:%M{rest} %p' for rest in (':%S', '', ':%S.%f', ':%S.%n')]}) "
            f"else {value} end"
        )
    if has_zones:
        found = f"regexp_extract({iso}, '{_ZONE_FOUND}', 2)"
        value = (
            f"case when {found} = '' then {value} "
            f"else timezone({literal(zone)}, {_instant(value, found)}) end"
        )
    return value


def _instant(local: str, zone: str) -> str:
    """Write the SQL that makes a moment of a local time and the text of its zone."""
    bare = f"regexp_replace({zone}, ' \\(.*$', '')"
    offset = f"regexp_extract({bare}, '([+-])(\\d{{1,2}}):?(\\d{{2}})?$', ['s', 'h', 'm'])"
    minutes = f"cast({offset}.h as integer) * 60 + coalesce(try_cast({offset}.m as integer), 0)"
    names = " ".join(f"when '{name}' then {ahead}" for name, ahead in _ZONES.items())
    sign = f"case {offset}.s when '-' then -1 else 1 end"
    ahead = f"case when {offset}.h = '' then case {bare} {names} end else {sign} * ({minutes}) end"
    return (
        f"case when contains({bare}, '/') "
        f"then try_cast(strftime({local}, '%Y-%m-%d %H:%M:%S.%f ') || {bare} as timestamptz) "
        f"else timezone('UTC', {local} - to_minutes({ahead})) end"
    )


def _century(value: str, is_birth: bool) -> str:
    """Move two-digit years of the last century there."""
    pivot = _BIRTH_PIVOT if is_birth else _PIVOT
    return (
        f"case when year({value}) >= {2000 + pivot} then {value} - interval 100 year "
        f"else {value} end"
    )


def _numbered(text: str, zone: str) -> dict[str, tuple[str, str]]:
    """Give the forms in which a time is one number: epochs and spreadsheet days."""
    spelled = half_width(text)
    number = f"try_cast(replace({spelled}, ',', '.') as double)"

    def local(stamp: str) -> str:
        return f"timezone({literal(zone)}, timezone('UTC', {stamp}))" if zone != "UTC" else stamp

    return {
        "epoch_seconds": (
            "1735669800",
            f"case when regexp_full_match({spelled}, '-?\\d{{9,10}}(\\.\\d+)?|0') "
            f"then {local(f'make_timestamp(cast({number} * 1000000 as bigint))')} end",
        ),
        "epoch_milliseconds": (
            "1735669800000",
            f"case when regexp_full_match({spelled}, '-?\\d{{11,13}}(\\.0+)?|0') "
            f"then {local(f'make_timestamp(cast({number} * 1000 as bigint))')} end",
        ),
        # of 19 digits only: those of 18 are what Windows counts
        "epoch_nanoseconds": (
            "1735669800000000000",
            f"case when regexp_full_match({spelled}, '1\\d{{18}}|0') "
            f"then {local(f'make_timestamp(try_cast({spelled} as bigint) // 1000)')} end",
        ),
        "epoch_microseconds": (
            "1735669800000000",
            f"case when regexp_full_match({spelled}, '-?\\d{{14,16}}|0') "
            f"then {local(f'make_timestamp(try_cast({spelled} as bigint))')} end",
        ),
        "spreadsheet_days": (
            "45657.77",
            f"case when regexp_full_match({spelled}, '[1-6]\\d{{4}}([.,]\\d+)?') "
            f"then timestamp '1899-12-30' + to_seconds(round({number} * 86400)) end",
        ),
    }


def read_time(column: Column, is_date: bool = False) -> Reading:
    """Decide how a column writes dates or times.

    Parameters
    ----------
    column : Column
        The column; its settings ``date_format``, ``date_order`` and ``time_zone`` count.
    is_date : bool
        Whether it holds dates of birth.

    Returns
    -------
    Reading
        As TIMESTAMP. Times with a zone, and epochs, are brought to the setting ``time_zone`` (UTC
        where it is not given); times without one are taken as local.

    Raises
    ------
    IntakeError
        If the day and the month cannot be told apart.
    """
    zone = column.settings.get("time_zone", "UTC")
    if "date_format" in column.settings and not column.is_native_time:
        return _read_as_told(column, is_date)

    odd = column.odd(PLAIN_TIME)
    shape = column.counts(all="true")
    shape["iso"] = shape["all"] - odd.counts(all="true")["all"]
    mostly_iso = shape["iso"] >= 0.5 * shape["all"]
    if shape["iso"] == shape["all"]:
        return Reading("2024-12-31", f"try_cast({column.text} as timestamp)", unreadable=0)
    if mostly_iso:
        column = odd
    plain = half_width("value")
    is_untidy = column.counts(untidy=f"regexp_matches({plain}, {literal(_UNTIDY)})")["untidy"] > 0
    pivot = _BIRTH_PIVOT if is_date else _PIVOT
    months = _months_of(column)

    def tidied(text: str) -> str:
        return _tidy(half_width(text)) if is_untidy else half_width(text)

    shape |= column.counts(
        halves=f"regexp_matches({tidied('value')}, '\\d ?[AaPp]\\.?[Mm]\\.?')",
        zones=f"regexp_matches({tidied('value')}, '{_ZONE_FOUND}')",
        short_named=f"regexp_matches({plain}, '^\\D?\\d{{2}}\\D+\\d{{1,2}}(\\D|$)')",
    )

    # text by text once, and what is made of it in a second step: a moment mentions its text often
    spelled = _iso_texts(tidied("value"), pivot, months)
    if not shape["short_named"]:
        spelled.pop(_NAMED_YEAR_FIRST, None)
    isos = ", ".join(f"{iso} as {name}" for name, (_, iso) in spelled.items())
    column.session.execute(
        f"create or replace temp table {column.values}_spelled as "
        f"select *, {isos} from {column.values}"
    )
    column = replace(column, values=f"{column.values}_spelled")

    def moment(name: str, iso: str) -> str:
        value = _value_of(iso, zone, shape["halves"] > 0, shape["zones"] > 0)
        return _century(value, is_date) if name in _SHORT else value

    looks_like = column.counts(**{name: f"{name} is not null" for name in spelled})
    of_values = {
        name: moment(name, name) if looks_like[name] else "cast(null as timestamp)"
        for name in spelled
    }
    of_values |= {name: sql for name, (_, sql) in _numbered("value", zone).items()}
    readable = column.counts(**{name: f"({sql}) is not null" for name, sql in of_values.items()})
    if mostly_iso and not readable["year_first"]:
        sql = f"try_cast({column.text} as timestamp)"
        if odd.counts(others="try_cast(value as timestamp) is not null")["others"]:
            sql = f"case when {_is_iso(column.text)} then {sql} end"
        return Reading("2024-12-31", sql, unreadable=shape["all"] - shape["iso"])
    if mostly_iso:
        readable = {"year_first": shape["iso"]}
    decided_by = "values"
    for rivals in _RIVALS:
        most = max(readable.get(name, 0) for name in rivals)
        if not most or max(readable.values()) > most:
            continue
        order = column.settings.get("date_order", "")
        kept = next((name for name in rivals if order and name.startswith(order)), None)
        if kept is None:
            kept = _decide_order(column, {name: of_values[name] for name in rivals})
        elif readable[kept] < most - TOLERATED * shape["all"]:
            misread = f"({of_values[kept]}) is null"
            raise IntakeError(
                f"{column.source_file}, column {column.name}: {MAPPING_FILE} says date_order: "
                f"{order}, but most values can only be read another way, as in "
                f"{column.samples(misread)}. Say it for this "
                "file or column only (a list of parts with files)."
            )
        else:
            decided_by = "mapping"
        for name in rivals:
            if name != kept:
                readable.pop(name)
    if readable.get(_NAMED_YEAR_FIRST):
        year_is_first = _is_year_first(
            column, of_values["named_month"], of_values[_NAMED_YEAR_FIRST]
        )
        readable.pop("named_month" if year_is_first else _NAMED_YEAR_FIRST)
    best = max(readable, key=lambda name: readable[name])
    if readable[best] == 0:
        return Reading("no date found", "cast(null as timestamp)")
    if best in spelled:
        example, iso = _iso_texts(tidied(column.text), pivot, months)[best]
        sql = moment(best, iso)
        if is_untidy or best in ("named_month", _NAMED_YEAR_FIRST):
            # this one mentions its text often
            sql = f"list_transform([{iso}], lambda iso: {moment(best, 'iso')})[1]"
    else:
        example, sql = _numbered(column.text, zone)[best]
    if any(best in rivals for rivals in _RIVALS):
        return Reading(f"{best.removesuffix('_short')} ({example})", sql, decided_by)
    return Reading(f"{best} ({example})" if not example[0].isalpha() else best, sql)


def _read_as_told(column: Column, is_date: bool) -> Reading:
    """Read dates in the format of the mapping, which has to fit most of them."""
    given = column.settings["date_format"]
    zone = column.settings.get("time_zone", "UTC")

    def sql(text: str) -> str:
        spelled = half_width(text)
        if "%z" in given:
            spelled = f"regexp_replace({spelled}, 'Z$', '+00')"
        time = f"try_strptime({spelled}, {literal(given)})"
        if "%z" in given or "%Z" in given:
            time = f"timezone({literal(zone)}, {time})"
        time = f"cast({time} as timestamp)"
        return _century(time, True) if is_date and "%y" in given else time

    seen = column.counts(all="true", read=f"({sql('value')}) is not null")
    if seen["read"] < 0.5 * seen["all"]:
        raise IntakeError(
            f"{column.source_file}, column {column.name}: the date_format {given!r} of "
            f"{MAPPING_FILE} fits {seen['read']} of {seen['all']} values, as in "
            f"{column.samples()}. Mend it; days are %d, months %m, years %Y (24 is %y), hours %H, "
            "minutes %M, seconds %S."
        )
    return Reading(given, sql(column.text), "mapping", seen["all"] - seen["read"])


def _decide_order(column: Column, rivals: dict[str, str]) -> str:
    """Choose, of the orders of day, month and year, the one that the values speak for."""
    # An order is beaten by one that reads values that it cannot. Where two read the same days,
    # either is right.
    names = list(rivals)
    questions = {}
    for one, other in permutations(names, 2):
        read, unread = f"({rivals[one]}) is not null", f"({rivals[other]}) is null"
        questions[f"{one}>{other}"] = f"{read} and {unread}"
        questions[f"{one}|{other}"] = f"({rivals[one]}) != ({rivals[other]})"
    told = column.counts(**questions)

    def is_beaten(one: str, other: str) -> bool:
        more = told[f"{other}>{one}"]
        return more > 0 and told[f"{one}>{other}"] <= TOLERATED * more

    def is_same(one: str, other: str) -> bool:
        return not any(
            told[each] for each in (f"{one}>{other}", f"{other}>{one}", f"{one}|{other}")
        )

    beaten = {one for one, other in permutations(names, 2) if is_beaten(one, other)}
    possible = [one for one in names if one not in beaten]
    if "year_first_short" in names:
        possible = [one for one in possible if one not in _by_change(column)]
    if possible and all(is_same(possible[0], other) for other in possible[1:]):
        return possible[0]
    either = column.samples(" or ".join(f"({sql}) is not null" for sql in rivals.values()))
    listed = [name.removesuffix("_short") for name in names]
    first, *rest = (f"the {name.removesuffix('_first')}" for name in listed)
    raise column.undecidable(
        f"{first} may come first or {' or '.join(rest)}, as in {either}",
        "date_order",
        f"{', '.join(listed[:-1])} or {listed[-1]}",
    )


def _is_year_first(column: Column, day: str, year: str) -> bool:
    """Tell whether the year stands in front of the name of a month, as the values have it."""
    if order := column.settings.get("date_order"):
        return order == "year_first"
    told = column.counts(
        day=f"({day}) is not null and ({year}) is null",
        year=f"({year}) is not null and ({day}) is null",
    )
    if told["day"] or told["year"]:
        return told["year"] > told["day"]
    first, last = _changes(column, _NAMED_BETWEEN)
    if last >= max(_MANY_DAYS, _DAYS_A_YEAR * first):
        return True
    if first >= last:
        return False
    raise column.undecidable(
        f"the day may come first or the year, as in {column.samples(f'({year}) is not null')}",
        "date_order",
        "day_first or year_first",
    )


def _by_change(column: Column) -> tuple[str, ...]:
    """Tell which orders of two-digit years are none: a year hardly changes from day to day."""
    first, last = _changes(column, rf"{_SIGN}\d{{1,2}}{_SIGN}")
    if first >= max(_MANY_DAYS, _DAYS_A_YEAR * last):
        return ("year_first_short",)
    if last >= max(_MANY_DAYS, _DAYS_A_YEAR * first):
        return ("day_first_short", "month_first_short")
    return ()


def _changes(column: Column, between: str) -> tuple[int, int]:
    """Count the numbers that the first part of dates has, and the last, by what parts them."""
    parts = rf"^''?(\d{{1,2}}){between}(\d{{1,2}})(?:\D.*)?$"
    ((first, last),) = column.session.execute(
        f"select count(distinct nullif(regexp_extract(value, '{parts}', 1), '')), "
        f"count(distinct nullif(regexp_extract(value, '{parts}', 2), '')) from {column.values}"
    ).fetchall()
    return first, last
