"""What Spark's workers compute in Python, held against DuckDB."""

import json

import duckdb
from hypothesis import given
from hypothesis import strategies as st

from customer_personas.spark.values import compose_letters, merge_json, write_number, write_record

# Letters with marks of their own and marks that follow one.
LETTERS = st.text("aeé\u0301\u0308Å\u030a가\u1100\u1161 ", max_size=6)
RECORDS = st.dictionaries(st.sampled_from("abc"), st.none() | st.text('xyz"é', max_size=3))


def ask(question, *values):
    ((answer,),) = duckdb.execute(f"select {question}", list(values)).fetchall()
    return answer


@given(st.floats())
def test_a_double_has_the_same_text(number):
    assert write_number(number) == ask("cast(cast($1 as double) as varchar)", number)


@given(LETTERS)
def test_letters_are_composed_alike(text):
    assert compose_letters(text) == ask("nfc_normalize($1)", text)


@given(RECORDS, RECORDS)
def test_a_record_is_changed_alike(record, patch):
    texts = [json.dumps(each, ensure_ascii=False) for each in (record, patch)]
    expected = ask("json_merge_patch($1::json, $2::json)", *texts)
    assert json.loads(merge_json(*texts)) == json.loads(expected)


def test_what_has_no_value_stays_without_one():
    assert write_number(None) is None
    assert compose_letters(None) is None
    assert merge_json(None, "{}") is None


def test_a_row_is_written_with_its_empty_fields():
    class Row:
        def asDict(self):  # noqa: N802 - Spark calls it so
            return {"a": "é", "b": None}

    expected = ask("to_json({'a': 'é', 'b': null::varchar})")
    assert write_record(Row()) == expected
