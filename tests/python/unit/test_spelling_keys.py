"""One word is one word, whether its accents are part of its letters or stand behind them."""

import unicodedata

import duckdb
import pytest
from rendered import render

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
