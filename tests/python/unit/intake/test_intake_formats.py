"""How the values of one column decide its format, and what is read by it."""

from datetime import datetime

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customer_personas.intake import IntakeError
from customer_personas.intake.formats.bands import read_band
from customer_personas.intake.formats.ids import read_id
from customer_personas.intake.formats.months import NAMES
from customer_personas.intake.formats.numbers import looks_like_numbers, read_number
from customer_personas.intake.formats.times import read_time
from customer_personas.intake.formats.values import (
    MISSING,
    MISSING_WHERE_TYPED,
    Column,
    cleaned,
    needs_cleaning,
)


def column_of(texts, **given) -> Column:
    session = duckdb.connect()
    session.execute("create table received (position bigint, x varchar)")
    for position, text in enumerate(texts):
        session.execute("insert into received values (?, ?)", [position, text])
    text = cleaned("x", MISSING + MISSING_WHERE_TYPED)
    session.execute(
        f"create table distinct_values as select {text} as value, count(*) as n from received "
        f"where {text} is not null group by all"
    )
    return Column(session, "orders.csv", "amount", text, "distinct_values", given)


def values_of(column: Column, reading) -> list:
    rows = column.session.execute(f"select {reading.sql} from received order by position")
    return [value for (value,) in rows.fetchall()]


def times(texts, is_date=False, **given) -> list:
    column = column_of(texts, **given)
    return [value and str(value) for value in values_of(column, read_time(column, is_date))]


def numbers(texts, sql_type="decimal(18, 4)", **given) -> list:
    column = column_of(texts, **given)
    reading = read_number(column, sql_type)
    return [None if value is None else float(value) for value in values_of(column, reading)]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["2024-03-05", "2024-3-5 7:05"], ["2024-03-05 00:00:00", "2024-03-05 07:05:00"]),
        (["2024-03-05T10:00:00Z", "2024-03-05 10:00:00"], ["2024-03-05 10:00:00"] * 2),
        (["2024-03-05T10:00:00+02:00"], ["2024-03-05 08:00:00"]),
        (["2024-03-05 10:00:00.250"], ["2024-03-05 10:00:00.250000"]),
        (["31/12/2024", "03/04/2024"], ["2024-12-31 00:00:00", "2024-04-03 00:00:00"]),
        (["31.12.2024 23:59", "1.2.2024"], ["2024-12-31 23:59:00", "2024-02-01 00:00:00"]),
        (
            ["12/31/2024 11:59 PM", "3/4/2024 12:00 am"],
            ["2024-12-31 23:59:00", "2024-03-04 00:00:00"],
        ),
        (["31-12-24", "01-02-75"], ["2024-12-31 00:00:00", "1975-02-01 00:00:00"]),
        (["2024/12/31", "2024.1.2"], ["2024-12-31 00:00:00", "2024-01-02 00:00:00"]),
        (
            ["2024年3月5日", "2024年12月31日 14时30分", "２０２４年3月5日 14:30:05"],
            ["2024-03-05 00:00:00", "2024-12-31 14:30:00", "2024-03-05 14:30:05"],
        ),
        (["2024년 3월 5일"], ["2024-03-05 00:00:00"]),
        (
            ["понедельник, 5 марта 2024 7:05", "Donnerstag, 7. März 2024", "5 nothing 2024"],
            ["2024-03-05 07:05:00", "2024-03-07 00:00:00", None],
        ),
        (["20241231", "20240102"], ["2024-12-31 00:00:00", "2024-01-02 00:00:00"]),
        (["20241231183005", "20241231T183005Z"], ["2024-12-31 18:30:05"] * 2),
        (["1735669800", "0"], ["2024-12-31 18:30:00", "1970-01-01 00:00:00"]),
        (["1735669800123"], ["2024-12-31 18:30:00.123000"]),
        (["45657.5", "45000"], ["2024-12-31 12:00:00", "2023-03-15 00:00:00"]),
        (["5 Mar 2024", "Mar 5, 2024", "05-MAR-24"], ["2024-03-05 00:00:00"] * 3),
        (["Tue, 5 March 2024 07:05:01 PM"], ["2024-03-05 19:05:01"]),
        (["2024-02-30", "2024-02-29"], [None, "2024-02-29 00:00:00"]),
        (["31/02/2024", "31/12/2024"], [None, "2024-12-31 00:00:00"]),
        # one format for all: a value in another one is not read by another rule
        (["2024-03-05"] * 9 + ["12/31/2024"], ["2024-03-05 00:00:00"] * 9 + [None]),
        (["2024-03-05", "NULL", " n/a ", "", None], ["2024-03-05 00:00:00", *[None] * 4]),
        (["yesterday", "soon"], [None, None]),
    ],
)
def test_dates_are_read_as_they_are_meant(texts, expected):
    assert times(texts) == expected


@pytest.mark.parametrize(
    "text",
    [
        "2025-01-03 14:05:09 +0200",
        "2025-01-03 14:05:09.0000000 +02:00",
        "2025-01-03T14:05:09,000+02",
        "Fri, 03 Jan 2025 14:05:09 +0200",
        "Fri Jan 03 2025 14:05:09 GMT+0200 (Eastern European Standard Time)",
        "2025-01-03 02:05:09 PM UTC+2",
        "2025-01-03 7:05:09 AM EST",
        "2025-01-03 12:05:09 p.m. UTC",
        "03/Jan/2025 13:05:09 CET",
        "31/12/2024 36:05:09 +0200",
        "2025/01/03 10:05:09 \N{MINUS SIGN}0200",
        "2025-01-03 17:35:09 +5:30",
        "2025-01-03 13:05:09.000 Europe/Berlin",
        "03/01/2025 14:05:09 +0200",
        "2025-01-03 14.05.09 +02:00",
        "2025-01-03T13:05:09[Europe/Berlin]",
        "2025-01-03 13:05:09 MEZ",
    ],
)
def test_offsets_are_read_wherever_they_stand(text):
    # the second value decides the order of day and month, where that is open
    order = "31/12/2024 00:00" if text[2] == "/" and text[5] == "/" else text
    expected = None if "36:05" in text else "2025-01-03 12:05:09"
    assert times([text, order])[0] == expected


@pytest.mark.parametrize(
    "text",
    [
        *("31. Dezember 2024", "31 décembre 2024", "31 de diciembre de 2024", "31 dic 2024"),
        *("31 dez. 2024", "31-gru-2024", "31 декабря 2024", "31-Dez-24", "31 Aralık 2024"),
        *("Dienstag, 31. Dezember 2024", "mardi 31 décembre 2024", "December 31st, 2024"),
        *(
            "2024-Dec-31",
            "31Dec2024",
            "Dec-31-24",
            "Dec 31, 24",
            "31. 12. 2024",
            "2024. 12. 31.",
            "٣١/١٢/٢٠٢٤",
        ),
    ],
)
def test_dates_are_read_in_the_languages_of_offices(text):
    assert times([text]) == ["2024-12-31 00:00:00"]


@pytest.mark.parametrize(
    "text",
    [
        *("12/31/2024, 6:30:00\u202fPM", "31\u200f/12\u200f/2024, 6:30:00 م"),
        *("2024/12/31 下午 6:30", "2024年12月31日 下午6:30", "2024. 12. 31. 오후 6:30:00"),
        *("31.12.2024 18:30 Uhr", "31.12.2024 um 18:30", "31/12/2024 à 18:30", "31.12.2024 18.30"),
        *("31/12/2024 18h30", "31/12/2024 06:30:00 p. m.", "31DEC2024:18:30:00"),
        *("31-DEC-24 06.30.00.000000 PM", "2024-12-31-18.30.00.000000"),
        *("2024-12-31T19:30:00+01:00[Europe/Berlin]", "Tue Dec 31 18:30:00 UTC 2024"),
        *("Tue Dec 31 18:30:00 +0000 2024", "1735669800000000000", "45657,770833333"),
    ],
)
def test_clocks_are_read_as_programs_write_them(text):
    assert times([text]) == ["2024-12-31 18:30:00"]


NAMED = [f"{2023 + day // 28 - 2000}-Jan-{day % 28 + 1:02}" for day in range(0, 56, 2)]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        # the year may come first: the last number changes from day to day, the first hardly does
        (NAMED, [f"20{text[:2]}-01-{text[-2:]} 00:00:00" for text in NAMED]),
        (["99-Dec-31 10:05", "25-Jan-03 10:05"], ["1999-12-31 10:05:00", "2025-01-03 10:05:00"]),
        (["03-JAN-25", "04-FEB-25"], ["2025-01-03 00:00:00", "2025-02-04 00:00:00"]),
        (["25-Jan-03"], ["2003-01-25 00:00:00"]),
        (["01-JAN-85", "01-FEB-03"], ["1985-01-01 00:00:00", "2003-02-01 00:00:00"]),
    ],
)
def test_a_year_of_two_digits_may_come_before_the_name_of_a_month(texts, expected):
    assert times(texts) == expected


def test_a_year_before_the_name_of_a_month_is_asked_about_where_few_values_speak_for_it():
    texts = ["25-Jan-03", "25-Jan-09"]
    with pytest.raises(IntakeError, match="date_order: day_first or year_first"):
        times(texts)
    assert times(texts, date_order="year_first")[0] == "2025-01-03 00:00:00"
    assert times(texts, date_order="day_first")[0] == "2003-01-25 00:00:00"


def test_what_stands_before_a_date_is_no_part_of_it():
    assert times(["'2025-01-03"]) == ["2025-01-03 00:00:00"]
    assert times(["14:05 13/01/2025"]) == ["2025-01-13 14:05:00"]
    assert times(["02:05 PM, 13/01/2025"]) == ["2025-01-13 14:05:00"]


def test_every_month_of_a_language_is_read():
    german = ["Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt."]
    german += ["Nov.", "Dez."]
    assert times([f"5 {month} 2024" for month in german]) == [
        f"2024-{number:02}-05 00:00:00" for number in range(1, 13)
    ]


def test_the_name_of_a_month_means_one_month():
    listed = [name for names in NAMES for name in set(names.split())]
    assert len(listed) == len(set(listed))


def test_numbers_that_are_no_epoch_are_no_dates():
    # ticks of Windows, and days that other calendars count
    assert times(["638712666000000000", "133801434000000000"]) == [None, None]


def test_a_zone_that_means_several_is_not_guessed():
    assert times(["2025-01-03 14:05:09 CST", "2025-01-03 14:05:09 Nowhere/Land"]) == [None, None]


def test_a_zone_in_the_format_comes_to_the_time_of_the_company():
    given = {"date_format": "%Y-%m-%d %H:%M %z", "time_zone": "Europe/Berlin"}
    assert times(["2025-07-03 14:05 +0000"], **given) == ["2025-07-03 16:05:00"]
    assert times(["2025-07-03 14:05 +0000"], date_format="%Y-%m-%d %H:%M %z") == [
        "2025-07-03 14:05:00"
    ]


@pytest.mark.parametrize("separator", ["/", "-", "."])
@pytest.mark.parametrize("clock", ["", " 14:05"])
def test_a_year_of_two_digits_may_come_first(separator, clock):
    texts = [
        f"25{separator}{month:02}{separator}{day:02}{clock}"
        for month in (1, 2)
        for day in (3, 7, 9, 12)
    ]
    with pytest.raises(IntakeError, match="day_first, month_first or year_first"):
        times(texts[:2])
    expected = [
        f"2025-{month:02}-{day:02} {clock.strip() or '00:00'}:00"
        for month in (1, 2)
        for day in (3, 7, 9, 12)
    ]
    assert times(texts, date_order="year_first") == expected
    # days change from value to value, a year does not
    more = [f"25{separator}03{separator}{day:02}{clock}" for day in range(1, 29)]
    assert times(texts + more)[: len(texts)] == expected
    turned = [separator.join(reversed(text.split(" ")[0].split(separator))) for text in more]
    assert times(turned) == [f"2025-03-{day:02} 00:00:00" for day in range(1, 29)]


def test_a_birth_date_may_have_its_year_first():
    assert times(["85/03/12", "03/12/31"], is_date=True) == [
        "1985-03-12 00:00:00",
        "2003-12-31 00:00:00",
    ]


def test_times_with_a_zone_come_to_the_time_of_the_company():
    assert times(
        ["2024-07-05T10:00:00Z", "2024-01-05 10:00:00+0000", "2024-01-05 10:00"],
        time_zone="Europe/Berlin",
    ) == ["2024-07-05 12:00:00", "2024-01-05 11:00:00", "2024-01-05 10:00:00"]


def test_settings_that_do_not_fit_the_values_stop():
    with pytest.raises(IntakeError, match="fits 0 of 2 values"):
        times(["03/04/2024", "04/04/2024"], date_format="DD/MM/YYYY")
    with pytest.raises(IntakeError, match="can only be read another way"):
        times(["12/31/2024", "03/04/2024"], date_order="day_first")


def test_a_share_is_a_share_only_where_all_are():
    with pytest.raises(IntakeError, match="some values are percentages"):
        numbers(["10%", "10"])
    assert not looks_like_numbers(column_of(["10%", "10"]))


def test_the_century_of_a_birth_is_that_of_two_digits_only():
    assert times(["12 March 2018", "31 Dec 45"], is_date=True) == [
        "2018-03-12 00:00:00",
        "1945-12-31 00:00:00",
    ]


def test_nobody_is_born_in_the_future():
    assert times(["31.12.45", "01.02.03"], is_date=True) == [
        "1945-12-31 00:00:00",
        "2003-02-01 00:00:00",
    ]
    assert times(["03.04.54"], is_date=True, date_format="%d.%m.%y") == ["1954-04-03 00:00:00"]


@pytest.mark.parametrize(
    "texts",
    [
        ["03/04/2024", "05/06/2024"],
        ["03.04.24"],
        ["31/12/2024", "12/31/2024"],  # the values contradict each other
    ],
)
def test_an_undecidable_order_stops_with_the_setting(texts):
    with pytest.raises(IntakeError) as stopped:
        times(texts)
    message = str(stopped.value)
    assert "orders.csv, column amount" in message
    assert repr(texts[0]) in message
    assert "date_order: day_first" in message


def test_the_settings_decide():
    assert times(["03/04/2024"], date_order="day_first") == ["2024-04-03 00:00:00"]
    assert times(["03/04/2024"], date_order="month_first") == ["2024-03-04 00:00:00"]
    assert times(["2024|03|04"], date_format="%Y|%m|%d") == ["2024-03-04 00:00:00"]
    assert numbers(["1.234"], decimal_mark="comma") == [1234]
    assert numbers(["1.234"], decimal_mark="point") == [1.234]


def test_a_day_that_is_its_month_needs_no_order():
    assert times(["03/03/2024", "04/04/2024"]) == ["2024-03-03 00:00:00", "2024-04-04 00:00:00"]


def test_a_few_slips_do_not_turn_the_order():
    texts = [f"{day}/01/2024" for day in range(13, 32)] * 2 + ["01/13/2024"]
    assert times(texts)[-1] is None
    assert times(texts)[0] == "2024-01-13 00:00:00"


@settings(deadline=None, max_examples=50)
@given(
    moments=st.lists(
        st.datetimes(datetime(1970, 1, 13), datetime(2068, 12, 31)), min_size=1, max_size=5
    ),
    form=st.sampled_from(
        [
            "%Y-%m-%d %H:%M:%S",
            "%d/%m/%Y %H:%M:%S",
            "%m/%d/%Y %I:%M:%S %p",
            "%Y年%m月%d日 %H:%M:%S",
            "%Y%m%d%H%M%S",
            "%d %b %Y %H:%M:%S",
            "%d.%m.%y %H:%M:%S",
            "%y/%m/%d %H:%M:%S",
            "%Y-%m-%d %H:%M:%S +0000",
            "%a, %d %b %Y %I:%M:%S %p GMT",
        ]
    ),
)
def test_what_was_written_is_read(moments, form):
    moments = [moment.replace(microsecond=0) for moment in moments]
    # a day above twelve and a year above thirty-one decide the order
    moments.append(datetime(1999, 1, 31, 13, 5, 9))
    assert times([moment.strftime(form) for moment in moments]) == [str(m) for m in moments]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["12,-", "1.200,50", "9,-- €", "Fr. 12.-", "3,\N{EM DASH}"], [12, 1200.5, 9, 12, 3]),
        (["12.50", "3", "-1", "free", "$$", "+7", "1e3"], [12.5, 3, -1, None, None, 7, 1000]),
        (["1.234,50", "3", "12,5"], [1234.5, 3, 12.5]),
        (["1,234.50", "3", "12,345"], [1234.5, 3, 12345]),
        (["1 234,50", "1\N{NARROW NO-BREAK SPACE}234,5"], [1234.5, 1234.5]),
        (["1'234.50", "1’234.5"], [1234.5, 1234.5]),
        (["12,34,567.5"], [1234567.5]),
        (["€ 12,50", "3,10 €", "EUR 4"], [12.5, 3.1, 4]),
        (["$60,000", "$8,123"], [60000, 8123]),
        (["(12.50)", "3.10-", "\N{MINUS SIGN}4"], [-12.5, -3.1, -4]),
        (["１２．５０", "￥3"], [12.5, 3]),
        (["15%", "2.5 %"], [0.15, 0.025]),
        (["0.123", "1.234"], [0.123, 1.234]),
        (["1234.567"], [1234.567]),
        (["1.234.567", "2.345"], [1234567, 2345]),
        # 1,5 in a column of decimal points is no fifteen
        (["2.5"] * 30 + ["1,5"], [2.5] * 30 + [None]),
        (["N/A", "-", "none", "7"], [None, None, None, 7]),
        (["two", "??"], [None, None]),
    ],
)
def test_numbers_are_read_as_they_are_meant(texts, expected):
    assert numbers(texts) == expected


def customer_ids(texts, is_customer=True, **given) -> list:
    column = column_of(texts, **given)
    return values_of(column, read_id(column, is_customer))


@pytest.mark.parametrize(
    "text",
    [
        *("\N{ZERO WIDTH SPACE}00100", "00100\N{NARROW NO-BREAK SPACE}", "00\N{WORD JOINER}100"),
        *(
            "\N{SOFT HYPHEN}00100",
            "\N{LEFT-TO-RIGHT MARK}00100",
            "\N{EN SPACE}00100\N{NO-BREAK SPACE}",
        ),
        *('="00100"', "'00100", ' ="00100" ', "\N{ZERO WIDTH NO-BREAK SPACE}00100"),
    ],
)
def test_an_id_is_one_whatever_nobody_sees_around_it(text):
    assert customer_ids([text, "00100"]) == ["00100", "00100"]
    assert customer_ids([text, "00100"], is_customer=False) == ["00100", "00100"]


def test_an_id_is_one_in_every_width_and_composition():
    assert customer_ids(["Ａ１２", "A12"]) == ["A12", "A12"]
    assert customer_ids(["Zoe\u0308", "Zoë"]) == ["Zoë", "Zoë"]
    assert customer_ids(["17850,0", "17851,0"]) == ["17850", "17851"]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["1,234", "999", "1,234,567"], ["1234", "999", "1234567"]),
        (["1,000", "1000", "Grand total"], ["1000", "1000", None]),
        (["1 234", "12"], ["1234", "12"]),
        (["1\u202f234", "1234"], ["1234", "1234"]),
        (["1'234", "1’234"], ["1234", "1234"]),
        (["1.234", "5.678"], ["1234", "5678"]),
        # what is no number with parted thousands stays as it is
        (["1,234", "C1"], ["1,234", "C1"]),
        (["1,23", "4"], ["1,23", "4"]),
        (["10.001", "10.02"], ["10.001", "10.02"]),
        (["01,234"], ["01,234"]),
    ],
)
def test_an_id_is_one_with_its_thousands_parted(texts, expected):
    assert customer_ids(texts) == expected


def test_codes_of_products_keep_their_points():
    assert customer_ids(["1.234", "5.678"], is_customer=False) == ["1.234", "5.678"]


def test_other_ids_keep_their_signs():
    kept = ["o'neil", "'abc'", "A 12", "=x", "1-2", "x@y", "KA", "OTC", "Hostetler", "xx"]
    assert customer_ids(kept) == kept


@pytest.mark.parametrize(
    "text",
    [
        *("guest", "Guest", "GAST", "undefined", "(not set)", "#REF!", "#VALUE!", "anonymous"),
        *("00000000-0000-0000-0000-000000000000", "Grand total", "Total:", "(67 rows)", "67 rows"),
        *("Gesamtsumme", "合计", "amount", "Amount", "  guest  ", "?", "--", "* * *", "[deleted]"),
        *("Anonymous User", "walk-in customer", "NOT LOGGED IN", "unregistered", "cash sale"),
        *("Laufkundschaft", "散客", "ゲスト", "0" * 32, "ffffffff-ffff-ffff-ffff-ffffffffffff"),
        *("TOTAL (EUR)", "Итого:", "1,204 records", "Records: 12", "2 row(s) returned"),
        *("Page 2 of 7", "End of report", "Generated 2025-01-04", "Average"),
        *("#NV", "#BEZUG!", "#¡REF!", "#VALEUR!", "#Н/Д", "(Leer)", "(blank)", "[object Object]"),
        *("Gesamtergebnis", "Sous-total", "Totaux", "総計", "المجموع", "Total 2024", "Summe EUR"),
        *("*** End of Report ***", "67 rows in set (0.00 sec)", "Anzahl: 67", "VARCHAR(20)"),
        *("Gastbestellung", "Client de passage", "Público en general", "Consumidor final"),
        *("{00000000-0000-0000-0000-000000000000}", "Default Customer", "(not provided)"),
        *("sin cliente", "Venta mostrador", "CPF não informado", "misafir", "vendég", "未登録"),
        *("비회원 주문", "keine Angabe", "k.A.", "undefined undefined", "N/C", "OTC sale", "XXX"),
        *("Total Result", "Celkový součet", "Suma końcowa", "I alt", "Genel Toplam", "合計金額"),
        *("Tổng cộng", "Összesen", "Σύνολο", "Iš viso", "รวม", "कुल योग", "EOF"),
        *("0 - Invité", "House Account", "[REDACTED]", "gdpr-erased", "Test Test", "N.A.", "N.A"),
        *(
            "ИТОГО по складу",
            "Fin del reporte",
            "Ende des Berichts",
            "Клиент",
            "Customer",
            "(client)",
            "Покупатель",
            "顧客",
        ),
        *("Applied filters: year is 2024", "Copyright (c) 2025", "Confidential Information - no"),
    ],
)
def test_nobody_is_no_customer(text):
    assert customer_ids([text, "17"]) == [None, "17"]


@pytest.mark.parametrize(
    "text",
    [
        *("GUEST123", "guest-7", "Guest_0042", "guest user 12", "Gast 5", "anonymous@example.com"),
        *("guest@shop.example", "guest17@store.com", "noreply@shop.com", "匿名12", "x@example.com"),
        *("POS Customer 1", "Comptoir 2", "散客 3"),
    ],
)
def test_a_guest_with_a_number_or_an_address_is_nobody_among_other_ids(text):
    assert customer_ids([text, "17", "18"]) == [None, "17", "18"]
    # in a shop that calls all its customers so they are customers
    others = [text.replace("7", "8"), "guest1", "GUEST2", "x@example.com", "17"]
    assert customer_ids([text, *others]) == [text, *others]


@pytest.mark.parametrize(
    "text",
    [
        *("guesthouse12", "hostess7", "a@examples.com", "no-reply", "B12"),
        *("17-", "12-test", "0-1"),
    ],
)
def test_other_ids_with_such_words_are_customers(text):
    assert customer_ids([text, "17", "18"]) == [text, "17", "18"]


def test_a_note_below_the_records_is_nobody():
    codes = [f"C{number}" for number in range(40)]
    assert customer_ids([*codes, "* ages are as of January"]) == [*codes, None]
    assert customer_ids([*codes, "Source: CRM"]) == [*codes, None]
    assert customer_ids([*codes, "Subtotal January"]) == [*codes, None]
    # names of firms are no notes among names
    firms = [f"Miller and Sons {number}" for number in range(40)]
    assert customer_ids(firms) == firms
    assert customer_ids([*codes, "A 12"]) == [*codes, "A 12"]


def test_zero_is_nobody_only_where_it_has_the_records_of_many():
    assert customer_ids(["0"] * 60 + ["1", "2"] * 3) == [None] * 60 + ["1", "2"] * 3
    assert customer_ids(["0", "1", "2"] * 20) == ["0", "1", "2"] * 20
    assert customer_ids(["0"] * 60 + ["1"], is_customer=False) == ["0"] * 60 + ["1"]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["12 13", "1 2", "12€50", "12 € 50", "1 2345"], [None] * 5),
        (["1 234,50", "12 345 678,00", "-1 234,5"], [1234.5, 12345678, -1234.5]),
        (["1'234.50", "2’000.00"], [1234.5, 2000]),
        (["₫ 12.000", "150.000 ₫"], [12000, 150000]),
        (["Rs. 1,200.50", "₹50/-", "1200/="], [1200.5, 50, 1200]),
        (["'5.00", "१२.५", "๑๒"], [5, 12.5, 12]),
        (["3,50 лв.", "10 лв"], [3.5, 10]),
        (["12,000원", "₩9,900"], [12000, 9900]),
        (["1,200円", "980円"], [1200, 980]),
        (["Rp 12.000", "Rp. 150.000"], [12000, 150000]),
        (["١٬٢٣٤٫٥٠", "٣٫٠٠"], [1234.5, 3]),
        (["AED 12.50", "1,000.00 AED"], [12.5, 1000]),
        (["12,50 Kč", "1 000,00 Kč"], [12.5, 1000]),
        (["S$12.50", "S$1,250.00"], [12.5, 1250]),
        (["12.50 euros", "15.00 EUR"], [12.5, 15]),
        (["12,50 руб.", "1 234,50 р."], [12.5, 1234.5]),
        (["$ 12.50 MXN", "($10.00) MXN"], [12.5, -10]),
        (["€ -12,00", "(€ 12,00)", "12,00- €"], [-12, -12, -12]),
    ],
)
def test_money_is_read_wherever_it_is_earned(texts, expected):
    column = column_of(texts)
    read = values_of(column, read_number(column, "decimal(18, 4)", is_amount=True))
    assert [None if value is None else float(value) for value in read] == expected


@pytest.mark.parametrize(
    "texts",
    [
        ["$12.50"] * 100 + ["€10.00"],
        ["12.50 USD", "12.50 MXN"],
        ["$12.50", "C$10.00"],
        ["kr 12,50", "10,00 €"],
    ],
)
def test_one_amount_of_another_currency_stops(texts):
    with pytest.raises(IntakeError, match="there can be one currency only"):
        read_number(column_of(texts), "decimal(18, 4)", is_amount=True)


@pytest.mark.parametrize(
    "texts", [["$12.50", "10.00 USD"], ["kr 12,50", "10,00 SEK"], ["€ 12.50", "9.50", "8.50 EUR"]]
)
def test_a_currency_may_be_written_in_two_ways(texts):
    column = column_of(texts)
    read = values_of(column, read_number(column, "decimal(18, 4)", is_amount=True))
    assert None not in read


@pytest.mark.parametrize(
    "texts", [["1.234", "2.345"], ["1,234"], ["12.5", "12,5"], ["$3.459"], ["€ 1,459"]]
)
def test_an_undecidable_decimal_mark_stops_with_the_setting(texts):
    with pytest.raises(IntakeError) as stopped:
        numbers(texts)
    assert "orders.csv, column amount" in str(stopped.value)
    assert repr(texts[0]) in str(stopped.value)
    assert "decimal_mark: point or comma" in str(stopped.value)


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["10%", "5%"], "holds percentages"),
        (["10 %", "2.00", "3.00"], "holds percentages"),
        (["$5.00", "€6.00"], "amounts in \\$ and €"),
    ],
)
def test_amounts_are_amounts_of_one_currency(texts, message):
    with pytest.raises(IntakeError, match=message):
        read_number(column_of(texts), "decimal(18, 4)", is_amount=True)


@settings(deadline=None, max_examples=50)
@given(
    amounts=st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=5),
    form=st.sampled_from(["{:,.2f}", "{:.2f}", "€ {:,.2f}", "{:_.2f}"]),
    is_comma=st.booleans(),
)
def test_the_amount_that_was_written_is_read(amounts, form, is_comma):
    values = [amount / 100 for amount in amounts]
    texts = [form.format(value).replace("_", " ") for value in values]
    if is_comma:
        texts = [text.translate(str.maketrans(".,", ",.")) for text in texts]
    assert numbers(texts) == values


@pytest.mark.parametrize("mark", [".", ",", "'", " ", "\N{NO-BREAK SPACE}"])
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("{} - {}", 25000),
        ("{} to {}", 25000),
        ("{} bis {} EUR", 25000),
        ("{} a {} euros", 25000),
        ("between {} and {}", 25000),
        ("$ {}-$ {}", 25000),
        ("{} or more", 20000),
        ("{} und mehr", 20000),
        ("mehr als {} €", 20000),
        ("{} y más", 20000),
        ("less than {}", 19999),
        ("bis {}", 19999),
    ],
)
def test_bounds_of_bands_have_their_thousands_whatever_stands_behind_them(mark, words, expected):
    text = words.format(f"20{mark}000", f"30{mark}000")
    column = column_of([text, f"30{mark}000-40{mark}000"])
    first, second = values_of(column, read_band(column, "decimal(18, 2)"))
    assert (float(first), float(second)) == (expected, 35000)


@pytest.mark.parametrize(
    ("texts", "sql_type", "expected"),
    [
        (["45-54", "65+", "under 18", "33", "19 – 24"], "integer", [49, 65, 17, 33, 21]),
        (
            ["50-74K", "Under 15K", "250K+", "$1,000-$1,999", "1.5M+"],
            "decimal(18, 2)",
            [62000, 14999, 250000, 1499.5, 1500000],
        ),
        (
            ["15.000-30.000 €", "über 100.000 €", "unter 15.000", "45.000", "22,5K"],
            "decimal(18, 2)",
            [22500, 100000, 14999, 45000, 22500],
        ),
        (["50K", "1.2M", "90K"], "decimal(18, 2)", [50000, 1200000, 90000]),
        (["20-30岁", "60岁以上"], "integer", [25, 60]),
        (["20", "31", "x"], "integer", [20, 31, None]),
        (["60,000", "31,500"], "decimal(18, 2)", [60000, 31500]),
    ],
)
def test_bands_give_their_middle(texts, sql_type, expected):
    column = column_of(texts)
    assert values_of(column, read_band(column, sql_type)) == expected


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["007", "17850"], ["007", "17850"]),
        (["17850.0", "12", "007"], ["17850", "12", "007"]),
        (["17850.0", "A1"], ["17850.0", "A1"]),
        (["17850.5", "3.0"], ["17850.5", "3.0"]),
        ([*["17001.0"] * 30, "GUEST"], [*["17001"] * 30, "GUEST"]),
        (["C1 ", "nan", "NULL"], ["C1", None, None]),
    ],
)
def test_ids_stay_texts(texts, expected):
    column = column_of(texts)
    assert values_of(column, read_id(column)) == expected


def test_rounded_ids_stop_the_build():
    with pytest.raises(IntakeError, match=r"1\.23457E\+12"):
        read_id(column_of(["1.23457E+12", "7"]))
    column = column_of(["1.2E+05"], read_as="text")
    assert values_of(column, read_id(column)) == ["1.2E+05"]


def test_words_are_no_numbers():
    assert looks_like_numbers(column_of(["1,5", "2", "€ 3"]))
    assert not looks_like_numbers(column_of(["1", "2", "three"]))
    assert not looks_like_numbers(column_of(["", None]))


# what Unicode calls white space (Python has four separators of records more), and signs that only
# steer how others are set: zero width, direction
BLANK = "".join(c for c in map(chr, range(0x3001)) if c.isspace() and not "\x1c" <= c <= "\x1f")
BLANK += "".join(map(chr, [0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F)]))
BLANK += "".join(map(chr, [*range(0x2060, 0x206A), 0xFEFF]))


@settings(deadline=None, max_examples=100)
@given(
    text=st.text(
        st.one_of(
            st.characters(codec="utf-8", exclude_characters="\0"),
            st.sampled_from(BLANK),
        ),
        max_size=8,
    )
)
def test_only_blanks_and_texts_for_nothing_are_cleaned_away(text):
    with duckdb.connect() as session:
        ((is_dirty, clean),) = session.execute(
            f"select {needs_cleaning('x', MISSING)}, {cleaned('x', MISSING)} "
            "from (select cast(? as varchar) as x)",
            [text],
        ).fetchall()
    stripped = text.strip(BLANK)
    assert clean == (stripped if stripped and stripped.lower() not in MISSING else None)
    if clean != text:
        assert is_dirty
