"""What is taken for an identifier, and what is not, by published formats and check digits."""

# ruff: noqa: RUF001

import base64
import csv
import json
from datetime import date

import duckdb
import pytest
from disguises import FORMS
from hypothesis import given, settings
from hypothesis import strategies as st
from rendered import render

from customer_personas.intake.landing import read_entity

# One of each form; those of FREE count in texts about people only, where no code is to be expected.
IDENTIFIERS = """
ann@example.org|a.b+c@sub.example.co.uk|ann＠example.org|ａｎｎ＠ｅｘａｍｐｌｅ．ｏｒｇ|ann%40example.org
ann(at)example.org|ann [at] example [dot] org|ann at example dot org|mailto:ann@example.org
Gift for ann@example.org !|ann&#64;example.org|ann@exam\u200bple.org|ann@bücher.example
+49 170 1234567|+4915112345678|tel:+49-1577-912345|tel:01577912345|0170/1234567|0170.123.45.67
06 12 34 56 78|06.12.34.56.78|(030) 123 456|(212) 555-0187|212-555-0187|212.555.0187|212 555 0187
020 7946 0958|138 1234 5678|(11) 91234-5678|8 (912) 345-67-89|+٤٩ ١٥٧٧ ٩١٢٣٤٥
DE89 3704 0044 0532 0130 00|DE89370400440532013000|GB29 NWBK 6016 1331 9268 19
FR14 2004 1010 0505 0001 3M02 606|4111 1111 1111 1111|5500-0000-0000-0004|123-45-6789
123.456.789-09|756.1234.5678.97|RSSMRA85T10A562S|Passport C01X00T47|passport no. 123456789
P<UTOERIKSSON<<ANNA<MARIA|QQ 12 34 56 C|1 85 05 78 006 084 36|131052-308T|linkedin.com/in/ann.lang
12 Main Street|12 Main Street, Springfield|Hauptstraße 12|Hauptstr. 12a, 10115 Berlin
12 rue de la Paix|Calle Mayor 5|221B Baker St|P.O. Box 1234
ann arroba example punto es|ann 艾特 example.org|ann (ät) example.org|ann @ example . org
{"m":"ann\\u0040example.org"}|ann=40example.org|ann(home)@example.org|"ann lang"@example.org
ann@[192.168.1.10]|\u202eann@example.org|☎ 01701234567|⁺⁴⁹ ¹⁷⁰ ¹²³⁴⁵⁶⁷|t.me/annlang|x.com/annlang
A123456(3)|00:1A:2B:3C:4D:5E|52.520008, 13.404954|4111.1111.1111.1111|DE89-3704-0044-0532-0130-00
ul. Marszałkowska 10/12|ул. Ленина, д. 5, кв. 12|東京都千代田区丸の内1-2-3|北京市朝阳区建国路88号
1600 Pennsylvania Ave NW|12 Main Street Apt 4|서울특별시 강남구 테헤란로 152|شارع التحرير 15
ann\\x40example.org|ann(a)example.org|ann-at-example.org|ann -at- example.org
ann(@)example[.]org|annⓐexample.org
212/555-0187|(0)612345678|112-233-445 95
callto:0170123456|护照 E12345678|паспорт 4510 123456|passport is C01X00T47
350 5th Ave|Plaza Mayor 3|Post Office Box 55
"""
FREE = """
12345678Z|612 345 678|123 45 6789|98765 43210|2345 6789 0123|01701234567|0049170123456|QQ123456C
ABCPE1234F|11010519491231002X|850709-9805|4111111111111111|1HGCM82633A004352|203.0.113.77
2001:db8:85a3::8a2e:370:7334|ann at example.org|212 5550187|Downing Street 10
"""
OTHERS = """
12346|000000012345|C-2024-000123|2024-01-31|100-200|4f9d2c1e-77aa-4b21-9c5e-0123456789ab|user@home
@ann|SW1A 1AA|10115|94107-1234|75008 Paris|01.02.2024|31/12/2024 10:30|2024-01-31T10:00:00Z
$1,299.00|1.299,00 €|19.99|XL|EU 42|10 x 15 cm|250 ml|85123A|WHITE HANGING HEART T-LIGHT HOLDER
SET OF 6 T-LIGHTS EASTER CHICKS|16 GB Flash Drive|12 OZ LN|4 door court|09:00 - 17:00|08.30-17.00
zoo keeper|save money|1,000-5,000|50000+|18-24|under 18|4006381333931|12 pack|7 Up 330 ml|Look at me
5 pcs @ 3.50|A4 80 g|iPhone 15 Pro 256|2023/24|Route 66|0-12 months|Île-de-France|1/2 price|100%
北京市地图2023-2024|道路5号电池 2 节|市场部 2023-24|H₂O 10²|10:20:30|1.2.3.4|f(x)@2|5 pcs @ 3. each
section (a) 5.50|stay-at-home mum|Off Road 29|24th Ed 3|Plan (A) v.2|at home. Fine
улыбка 12|아이패드 프로 12|12 Way|A=40|E=40cm|x.com|Set 12345.6789
v1.2.3.4|premium plus|AB-1234567|Berlin 10115 - Mitte|Class of 1999|QWxhZGRpbjpvcGVuIHNlc2FtZQ
"""


def listed(text: str) -> list[str]:
    return [each for line in text.strip().splitlines() for each in line.split("|")]


@pytest.fixture(scope="module")
def taken_for_identifiers():
    """A function that gives those of some texts that have the form of an identifier."""
    forms = {
        kind: render("{{ has_identifier_form('content', '" + kind + "') }}")
        for kind in ("text", "id", "product", "product_name")
    }
    connection = duckdb.connect()

    def find(texts: list[str], kind: str = "text") -> set[str]:
        rows = connection.execute(
            f"select content from (select unnest(?) as content) where {forms[kind]}", [texts]
        ).fetchall()
        return {content for (content,) in rows}

    return find


def test_each_form_is_found_and_nothing_else(taken_for_identifiers):
    for kind in ("text", "id"):
        assert set(listed(IDENTIFIERS)) - taken_for_identifiers(listed(IDENTIFIERS), kind) == set()
        assert taken_for_identifiers(listed(OTHERS), kind) == set()
    assert set(listed(FREE)) == taken_for_identifiers(listed(FREE))
    # any id may look so
    assert taken_for_identifiers(listed(FREE), "id") == set()
    assert taken_for_identifiers(listed(OTHERS) + listed(FREE), "product") == set()


local = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=2, max_size=12)
mails = st.builds("{}.{}@{}.example".format, local, local, local)
disguises = st.sampled_from(
    [
        str,
        str.upper,
        lambda mail: mail.replace("@", "%40"),
        lambda mail: mail.replace("@", " [AT] "),
        lambda mail: mail.replace("@", "＠"),
        lambda mail: base64.b64encode(mail.encode()).decode(),
        lambda mail: base64.urlsafe_b64encode(mail.encode()).decode().rstrip("="),
        lambda mail: f"for <{mail}>, urgent",
    ]
)


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(mails, disguises), min_size=10))
def test_any_address_is_found_however_it_is_disguised(taken_for_identifiers, disguised):
    texts = [disguise(mail) for mail, disguise in disguised]
    for kind in ("text", "id", "product", "product_name"):
        assert taken_for_identifiers(texts, kind) == set(texts)


@settings(max_examples=10, deadline=None)
@given(st.lists(st.from_regex("[+]4[0-9]{2,6}[ ./-][0-9]{5,7}", fullmatch=True), min_size=10))
def test_any_number_with_its_country_code_is_found(taken_for_identifiers, numbers):
    assert taken_for_identifiers(numbers, "product") == set(numbers)


days = st.dates(date(1950, 1, 1), date(2099, 12, 31))
codes = st.one_of(
    st.integers(0, 999_999).map("{:06}".format),
    st.builds("{}{}".format, st.sampled_from(["C", "KD", "SKU-", "A-"]), st.integers(0, 10**9)),
    days.map(str),
    days.map("{:%d.%m.%Y}".format),
    days.map("{:%m/%d/%Y}".format),
    st.decimals(0, 99_999, places=2).map(str),
    st.builds("{} x {} cm".format, st.integers(1, 999), st.integers(1, 999)),
    st.integers(10_000, 99_999).map("{} Springfield".format),
    st.uuids().map(str),
)


@settings(max_examples=20, deadline=None)
@given(st.lists(codes, min_size=20))
def test_no_code_date_price_or_size_is_taken_for_one(taken_for_identifiers, texts):
    assert taken_for_identifiers(texts, "id") == set()


def test_a_column_is_called_as_it_stands_in_the_file(taken_for_identifiers, tmp_path, monkeypatch):
    """In lower case with underscores an address or a number has its form no more."""
    monkeypatch.setenv("PERSONA_LANDING_DIR", str(tmp_path))
    headers = [make(n) for n, make in enumerate(FORMS.values(), start=77)]
    with (tmp_path / "customers.csv").open("w", newline="") as lines:
        csv.writer(lines).writerows([["customer_id", *headers], ["1", *"x" * len(headers)]])
    with duckdb.connect() as session:
        ((formats,),) = read_entity(session, "customers").project("file_formats").fetchall()
    found = {column["header"] for column in json.loads(formats)}
    assert taken_for_identifiers([each for each in found if each]) == set(headers)
