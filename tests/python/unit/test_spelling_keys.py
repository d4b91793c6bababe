"""One word is one word, whether its accents are part of its letters or stand behind them."""

import unicodedata
from pathlib import Path

import duckdb
import pytest
from rendered import render

ROOT = Path(__file__).parents[3]
WORDS = ["Remboursé", "Zurückgegeben", "SÍ", "Não", "정답", "completed"]


@pytest.mark.parametrize("macro", ["spelling_key", "vocabulary_key", "column_name"])
@pytest.mark.parametrize("word", WORDS)
def test_letters_apart_and_composed_are_one_word(macro, word):
    sql = render(f"select {{{{ {macro}('word') }}}} from (select unnest(?) as word)")
    forms = [unicodedata.normalize(form, word) for form in ("NFC", "NFD")]
    keys = {key for (key,) in duckdb.execute(sql, [forms]).fetchall()}
    assert keys == {unicodedata.normalize("NFC", word).lower()}


def test_blanks_and_hyphens_do_not_count_in_a_vocabulary():
    sql = render("select {{ vocabulary_key('word') }} from (select unnest(?) as word)")
    words = ["Partially refunded", "partially_refunded", "PARTIALLY-REFUNDED", "partially.refunded"]
    assert {key for (key,) in duckdb.execute(sql, [words]).fetchall()} == {"partiallyrefunded"}


VOCABULARIES = {
    "order_statuses": "order_status",
    "event_types": "event_type",
    "responses": "response",
    "yes_no_spellings": "spelling",
    "exchange_rates": "currency",
}
TEST = ROOT / "tests/intermediate/assert_vocabularies_tell_each_word_once.sql"


@pytest.mark.parametrize(
    ("seed", "words", "said"),
    [
        ("order_statuses", ["on_hold", "On-Hold"], "onhold is told 2 times"),
        ("event_types", ["Page view", "page_view"], "pageview is told 2 times"),
        ("responses", ["Opt out", "opt-out"], "optout is told 2 times"),
        ("yes_no_spellings", ["Ja"], "Ja has to be in lower case"),
        ("exchange_rates", ["eur", "EUR"], "EUR is told 2 times from 2025-01-01"),
        ("exchange_rates", ["EUR", "USD"], None),
        ("yes_no_spellings", ["ja", "oui"], None),
    ],
)
def test_a_word_that_is_told_twice_is_named(seed, words, said):
    with duckdb.connect() as session:
        for name, column in VOCABULARIES.items():
            session.execute(
                f"create table {name} as select unnest(?::varchar[]) as {column}, "
                "date '2025-01-01' as valid_from",
                [words if name == seed else []],
            )
        sql = render(TEST.read_text(encoding="utf-8"))
        if said is None:
            assert session.execute(sql).fetchall() == []
        else:
            with pytest.raises(duckdb.Error, match=f"seeds/reference/{seed}.csv: {said}"):
                session.execute(sql).fetchall()
