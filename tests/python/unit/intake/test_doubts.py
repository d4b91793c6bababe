"""What the check names so that somebody looks."""

import json
import re
from pathlib import Path

import duckdb
import pytest

from customer_personas.intake.doubts import QUERIES, describe_doubts, find_examples

ROOT = Path(__file__).parents[4]


def judged(lines: list[tuple]) -> duckdb.DuckDBPyConnection:
    """Make the table of judged order lines: customer, order, day, file, line number, price."""
    session = duckdb.connect()
    session.execute("create schema intermediate")
    session.execute(
        "create table intermediate.int_order_lines_judged (source_system varchar, customer_id "
        "varchar, order_id varchar, ordered_at timestamp, source_file varchar, order_line_number "
        "integer, quantity integer, unit_price decimal(18, 2), disposition varchar)"
    )
    for customer, order, day, file, number, price in lines:
        session.execute(
            "insert into intermediate.int_order_lines_judged "
            "values ('files', ?, ?, ?, ?, ?, 1, ?, 'accepted')",
            [customer, order, day, file, number, price],
        )
    return session


def test_values_that_nobody_knows_are_named_with_counts():
    found = {
        "meanings": [
            ("order_lines", "order_status", "hmm", "sale", False, 3),
            ("order_lines", "order_status", "paid", "sale", True, 1200),
            ("order_lines", "order_status", "voided", "cancelled", True, 7),
        ]
    }
    assert describe_doubts(found) == [
        "",
        "  order_lines.order_status",
        "    counts as sale: paid (1,200)",
        "    counts as cancelled: voided (7)",
        "    unknown, and so counts as sale: hmm (3). Say what they are in "
        "seeds/reference/order_statuses.csv.",
    ]


def test_each_column_whose_values_are_taken_for_something_names_a_seed():
    (model,) = ROOT.glob("models/intermediate/**/int_value_meanings.sql")
    pairs = re.findall(r"\('(\w+)', '(\w+)', '\w+', '(\w+)'\)", model.read_text())
    assert len(pairs) >= 4
    for entity, column, otherwise in pairs:
        said = describe_doubts({"meanings": [(entity, column, "hmm", otherwise, False, 3)]})
        (seed,) = re.findall(r"in (seeds/reference/\w+\.csv)\.", said[-1])
        assert (ROOT / seed).exists()


@pytest.mark.parametrize(
    ("again", "told"),
    [
        # numbered lines replace each other, and what is in one file is one delivery
        (("7", "1", "2025-01-03", "b.csv", 1, 5), False),
        (("7", "1", "2025-01-03", "a.csv", None, 5), False),
        (("7", "1", "2025-01-04", "b.csv", None, 5), False),
        (("8", "1", "2025-01-03", "b.csv", None, 5), False),
        (("7", "1", "2025-01-03", "b.csv", None, 5), True),
    ],
)
def test_orders_of_several_files_are_named_with_their_money(again, told):
    session = judged([("7", "1", "2025-01-03", "a.csv", None, 10), again])
    found = session.execute(QUERIES["orders_again"]).fetchall()
    assert found == ([(1, "1", 10.0)] if told else [])
    assert bool(describe_doubts({"orders_again": found})) == told


@pytest.mark.parametrize(("orders", "told"), [(60, True), (15, False)])
def test_an_id_with_a_share_of_the_orders_that_no_customer_has_is_named(orders, told):
    lines = [(f"c{n}", f"o{n}", "2025-01-03", "a.csv", 1, 5) for n in range(40)]
    lines += [("till", f"t{n}", "2025-01-03", "a.csv", 1, 5) for n in range(orders)]
    found = judged(lines).execute(QUERIES["crowded_ids"]).fetchall()
    assert found == ([("till", 60, 0.6)] if told else [])
    if told:
        assert "'till' has 60 orders, 60% of all" in describe_doubts({"crowded_ids": found})[1]


@pytest.mark.parametrize(
    ("discounts", "price", "told"),
    [
        ([0.1, 0.2, 0.5, 0.1, 1, 0], 20, True),
        # of cheap things a discount may be that small; 2 is no share; and two are few
        ([0.1, 0.2, 0.5, 0.1, 1, 0], 0.9, False),
        ([0.1, 0.2, 0.5, 0.1, 2, 0], 20, False),
        ([0.1, 0.2], 20, False),
    ],
)
def test_discounts_that_may_be_shares_are_named(discounts, price, told):
    session = judged([("c", f"o{n}", "2025-01-03", "a.xlsx", 1, price) for n in range(6)])
    session.execute(
        "alter table intermediate.int_order_lines_judged add discount_amount decimal(18, 4)"
    )
    for number, discount in enumerate(discounts):
        session.execute(
            "update intermediate.int_order_lines_judged set discount_amount = ? where order_id = ?",
            [discount, f"o{number}"],
        )
    found = session.execute(QUERIES["small_discounts"]).fetchall()
    assert found == ([("a.xlsx", 5, 0.1)] if told else [])
    if told:
        said = describe_doubts({"small_discounts": found})[1]
        assert "a.xlsx: all 5 discounts are at most 1, as 0.1" in said


def test_up_to_three_values_stand_beside_a_reason():
    aside = [
        ("order_lines", "unreadable_unit_price", "a.csv", n, json.dumps({"preis": value}), None)
        for n, value in enumerate(["x", "x", "y", "z", "w"], start=1)
    ]
    aside.append(("order_lines", "unreadable_record", "a.csv", 9, None, "line 10: 2 fields"))
    aside.append(
        ("order_lines", "missing_customer_id", "b.csv", 1, json.dumps({"k": "guest"}), None)
    )
    found = {
        "examples": aside,
        "source_columns": [
            ("order_lines", "a.csv", "unit_price", "preis"),
            ("order_lines", "b.csv", "customer_id", "k, filled within the order"),
        ],
    }
    assert find_examples(found, "order_lines", "unreadable_unit_price") == [
        "a.csv, record 1: 'x'",
        "a.csv, record 3: 'y'",
        "a.csv, record 4: 'z'",
    ]
    assert find_examples(found, "order_lines", "unreadable_record") == [
        "a.csv, record 9: line 10: 2 fields"
    ]
    assert find_examples(found, "order_lines", "missing_customer_id") == [
        "b.csv, record 1: 'guest'"
    ]
    assert find_examples(found, "customers", "missing_customer_id") == []
