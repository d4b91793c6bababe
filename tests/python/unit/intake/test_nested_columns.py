"""Columns of Parquet files that hold others."""

import duckdb
import pytest

from customer_personas.intake.nested_columns import spread_columns


@pytest.fixture
def session():
    with duckdb.connect() as connection:
        yield connection


def spread(session, row: str) -> dict:
    """The columns of a row, by name, as they are read."""
    columns = spread_columns(session, f"(select {row})")
    values = ", ".join(f"cast({each.sql} as varchar)" for each in columns)
    (found,) = session.execute(f"select {values} from (select {row})").fetchall()
    return dict(zip((each.name for each in columns), found, strict=True))


WORDS = "[{key: 'a', value: 1}, {key: 'b c', value: 2}, {key: null, value: 3}]"
ITEM = "{id: '007', price: 1.5, more: {x: 1}}"


@pytest.mark.parametrize(
    ("row", "columns"),
    [
        ("1 as a, 'x' as b, [1, 2] as c", {"a": "1", "b": "x", "c": "[1, 2]"}),
        ("{x: 1, y: {z: 'q', w: null}} as s", {"s_x": "1", "s_y_z": "q", "s_y_w": None}),
        (f"{WORDS} as w", {"w_a": "1", "w_b c": "2"}),
        (
            "[{key: 'a', value: {t: null, n: 7}}, {key: 'b', value: {t: 'x', n: null}}] as w",
            {"w_a": "7", "w_b": "x"},
        ),
        ("map {'a': 1, 'b': 2} as m", {"m_a": "1", "m_b": "2"}),
        ("map {1: 'a'} as m", {"m": "{1=a}"}),
        (f"{{held: {WORDS}}} as s", {"s_held_a": "1", "s_held_b c": "2"}),
        # names that others have, or that are told apart by signs only
        ("{b: 1} as a, 2 as a_b", {"a": "{'b': 1}", "a_b": "2"}),
        ("{b: 1} as a, {b: 2} as A_", {"a_b": "1", "A_": "{'b': 2}"}),
        ("[{key: 'a b', value: 1}, {key: 'a_b', value: 2}] as w", None),
        ("[]::struct(key varchar, value int)[] as w", {"w": "[]"}),
    ],
)
def test_parts_get_the_names_of_what_holds_them(session, row, columns):
    found = spread(session, row)
    if columns is None:
        assert list(found) == ["w"]
    else:
        assert found == columns


def test_a_single_record_of_a_list_is_told_and_the_list_stays(session):
    one = spread(session, f"[{ITEM}] as items")
    assert (one["items_id"], one["items_price"]) == ("007", "1.5")
    assert one["items"].count("007") == 1
    two = spread(session, f"[{ITEM}, {ITEM}] as items")
    assert (two["items_id"], two["items_price"]) == (None, None)
    assert two["items"].count("007") == 2


def test_a_list_of_hundreds_of_names_is_one_of_values(session):
    row = "list_transform(range(600), lambda n: {key: n::varchar, value: n}) as w"
    assert list(spread(session, row)) == ["w"]
