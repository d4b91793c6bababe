"""Code pages are read rightly or asked for; which one a text is in is made up here."""

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customer_personas.intake import IntakeError
from customer_personas.intake.encodings import eight_bit_encoding_of, write_as_utf8
from customer_personas.intake.limits import Limits

WESTERN = {
    "German": "Müller Größe Straße Jürgen Köln Käthe Öl Äpfel Übung Weiß Bäcker André",
    "French": "Élodie François Hélène Noël Zoé Façade Brûlée Côté Forêt Où Château Œuvre",
    "Spanish": "José Muñoz Peña Niño Málaga Córdoba León Ángel Sofía Señor Pingüino",
    "Portuguese": "João Conceição São Avó Pão Coração Estação Irmãos Três",
    "Danish": "Søren Jørgensen Århus Ærø Åse Bjørn Rødgrød",
    "Swedish": "Malmö Göteborg Åke Ström Sjöberg Räksmörgås",
    "Icelandic": "Þór Guðrún Björk Sigurður Ásdís Kópavogur",
    "signs": "½ 4\u00d76 Lego™ a\u00a0b Þór 1½ 20° M² \u00b5m ¾ Coke® „x“ €5 L\u2019Oréal",
}
CHINESE = "北京 张伟 绿茶 杯子 上海 王芳 李娜 旅游 休息 购物中心 小吃"
OTHERS = {
    ("Müller Größe Jürgen Köln Käthe Weiß Grün Höhe", ("cp850", "cp437", "mac_roman")),
    ("Élodie François Hélène Côté Forêt Brûlée", ("cp850", "mac_roman")),
    ("José Muñoz Peña Córdoba León Lucía", ("cp850", "mac_roman")),
    ("Søren Jørgensen Bjørn Grød Åse", ("cp850", "cp865")),
    ("Łukasz Żółć Gdańsk Śledź Zażółć Jóźwiak Wałęsa", ("cp1250", "iso8859_2", "cp852")),
    ("Dvořák Jiří Příbram Šťastný Žižka Kůň Němec", ("cp1250", "iso8859_2", "cp852")),
    ("Győr Szabó Őri Tűzoltó Gyöngyösi Fűrész", ("cp1250", "iso8859_2", "cp852")),
    ("Şükrü İstanbul Güneş Ça\u011fr\u0131 Ağaç I\u015f\u0131k", ("cp1254", "cp857")),
    ("Иванов Пётр Москва Чай Кружка Сидоров Анна", ("cp1251", "koi8_r", "cp866", "iso8859_5")),
    ("Γιώργος Αθήνα Τσάι Ελένη Παπαδόπουλος", ("cp1253", "iso8859_7", "cp737")),
    ("ירושלים דוד תה כוס שרה", ("cp1255",)),
    ("القاهرة محمد شاي كوب فاطمة", ("cp1256",)),
    ("東京 山田太郎 お茶 コップ 大阪 カメラ", ("shift_jis", "euc_jp")),
    ("서울 김철수 녹차 컵 이영희 부산", ("cp949", "euc_kr")),
    ("北京 張偉 綠茶 杯子 上海 王芳", ("big5",)),
}
FOREIGN = [(words, page) for words, pages in sorted(OTHERS) for page in pages]


def read_back(folder, text: str, page: str) -> tuple[str, str]:
    path, copy = folder / "needs.csv", folder / "copy"
    path.write_bytes(text.encode(page))
    encoding = eight_bit_encoding_of(path, path.name, Limits())
    write_as_utf8(path, encoding, copy)
    return encoding, copy.read_bytes().decode("utf-8", "surrogateescape")


def written(words: list[str]) -> str:
    return "customer_id,need\n" + "".join(f"{n},{word}\n" for n, word in enumerate(words))


@pytest.mark.parametrize("words", WESTERN.values(), ids=WESTERN)
def test_windows_1252_is_read(tmp_path, words):
    text = written(words.split(" "))
    assert read_back(tmp_path, text, "cp1252") == ("latin-1", text)
    # alone, too
    for word in words.split(" "):
        assert read_back(tmp_path, written([word]), "cp1252")[1] == written([word]), word


def test_gb18030_is_read_with_a_foreign_name_in_it(tmp_path):
    text = written([*CHINESE.split() * 5, "Zoë", "García"])
    assert read_back(tmp_path, text, "gb18030")[0] == "gb18030"


def test_gb18030_is_read(tmp_path):
    assert read_back(tmp_path, written(CHINESE.split()), "gb18030")[0] == "gb18030"


@pytest.mark.parametrize(("words", "page"), FOREIGN)
def test_other_code_pages_are_asked_for(tmp_path, words, page):
    with pytest.raises(
        IntakeError, match=r"Say in mapping.yml, under settings, .* encoding: cp1251"
    ):
        read_back(tmp_path, written(words.split()), page)


def test_a_bad_line_among_many_does_not_ask(tmp_path):
    text = written(["plain"] * 50).encode() + b"99,\x81\x8d\n"
    (tmp_path / "needs.csv").write_bytes(text)
    assert eight_bit_encoding_of(tmp_path / "needs.csv", "needs.csv", Limits()) == "utf-8"


@settings(
    max_examples=int(os.environ.get("PERSONA_FUZZ_EXAMPLES", "60")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_some_words_of_a_language_are_read_rightly_or_asked_for(tmp_path, data):
    words, page = data.draw(
        st.sampled_from([*FOREIGN, *((each, "cp1252") for each in WESTERN.values())])
    )
    some = data.draw(st.lists(st.sampled_from(words.split(" ")), min_size=8, max_size=40))
    plain = data.draw(st.integers(0, 30))
    if len(set(some)) < 4 or written(some).isascii():
        return
    text = written([*some, *["plain"] * plain])
    try:
        assert read_back(tmp_path, text, page)[1] == text
    except IntakeError:
        assert page != "cp1252"
