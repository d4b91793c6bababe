"""Columns of the order: filled within it, where the mapping or the values say that they are its."""

import csv
import io
import json
import os

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customer_personas.intake import IntakeError
from customer_personas.intake.landing import entity_query, land_files

# as Shopify exports it: all that is the order's stands on its first line
HEADER = "Name,Customer,Created at,Financial Status,Discount Amount,Lineitem name,Lineitem quantity"
HEADER += ",Lineitem price\n"
ORDERS = HEADER + (
    "#1,7,2025-01-03,paid,50,Tea,1,10\n#1,,,,,Cup,2,20\n#1,,,,,Pot,1,60\n"
    "#2,8,2025-01-04,refunded,,Tea,1,10\n"
)
NAMES = """
entities:
  order_lines:
    columns:
      order_id: Name
      customer_id: Customer
      ordered_at: Created at
      order_status: Financial Status
      discount_amount: Discount Amount
      product_name: Lineitem name
      quantity: Lineitem quantity
      unit_price: Lineitem price
"""
READ = "customer_id, order_status, discount_amount::double, order_discount_amount::double"


@pytest.fixture
def session():
    with duckdb.connect() as connection:
        yield connection


def rows(session, folder, columns=READ) -> list[tuple]:
    query = entity_query(land_files(session, folder, "order_lines").readings, "order_lines")
    return session.execute(
        f"select {columns} from ({query}) order by source_file, record_number"
    ).fetchall()


def deliver(folder, content: str, mapping: str = NAMES):
    (folder / "order_lines.csv").write_text(content)
    (folder / "mapping.yml").write_text(mapping)


@pytest.mark.parametrize(
    "declared",
    [
        "",
        "    order_columns: [Customer, Created at, Financial Status, Discount Amount]\n",
    ],
)
def test_each_line_has_what_its_order_says(session, tmp_path, declared):
    deliver(tmp_path, ORDERS, NAMES + declared)
    assert rows(session, tmp_path) == [
        *[("7", "paid", None, 50.0)] * 3,
        ("8", "refunded", None, None),
    ]


def test_it_is_said_and_the_record_stays_as_received(session, tmp_path):
    deliver(tmp_path, ORDERS)
    found = rows(session, tmp_path, "received, file_formats")
    assert found[1][0]["financial_status"] is None
    formats = {each["column_name"]: each for each in json.loads(found[0][1])}
    told = "financial_status, filled within the order"
    assert formats["order_status"]["source_column"] == told
    assert formats["quantity"]["source_column"] == "lineitem_quantity"


def test_expressions_see_what_was_filled(session, tmp_path):
    mapping = NAMES.replace(
        "order_status: Financial Status",
        "order_status: {expression: \"case when \\\"Financial Status\\\" = 'paid' then 'p' end\"}",
    )
    deliver(tmp_path, ORDERS, mapping)
    assert [row[1] for row in rows(session, tmp_path)] == ["p", "p", "p", None]


@pytest.mark.parametrize(
    ("columns", "what"),
    [
        # the mapping has the last word
        ("    order_columns: []\n", None),
        ("    order_columns: [Financial Status]\n", "paid"),
    ],
)
def test_only_declared_columns_are_filled_where_some_are_declared(session, tmp_path, columns, what):
    deliver(tmp_path, ORDERS, NAMES + columns)
    assert rows(session, tmp_path)[1] == (None, what, None, None)


@pytest.mark.parametrize(
    "content",
    [
        # a status that some lines have, wherever they stand
        HEADER + "1,7,2025-01-03,returned,,Tea,1,10\n1,7,2025-01-03,,,Cup,2,20\n"
        "2,7,2025-01-03,,,Tea,1,10\n",
        # the second line has one of its own
        HEADER + "1,7,2025-01-03,paid,,Tea,1,10\n1,7,2025-01-03,failed,,Cup,2,20\n"
        "2,7,2025-01-03,paid,,Tea,1,10\n2,7,2025-01-03,,,Tea,1,10\n",
        # a discount on the first line proves nothing
        HEADER + "1,7,2025-01-03,paid,5,Tea,1,10\n1,7,2025-01-03,paid,,Cup,2,20\n",
    ],
)
def test_blanks_of_lines_are_no_columns_of_orders(session, tmp_path, content):
    deliver(tmp_path, content)
    given_ = [tuple(line.split(",")[3:5]) for line in content.splitlines()[1:]]
    found = rows(session, tmp_path, "coalesce(order_status, ''), discount_amount::int")
    assert found == [(status, int(amount) if amount else None) for status, amount in given_]


def test_a_number_that_comes_again_is_another_order(session, tmp_path):
    content = HEADER + (
        "1,7,2025-01-03,paid,5,Tea,1,10\n1,,,,,Cup,1,10\n2,8,2025-01-03,paid,,Tea,1,10\n"
        "1,9,2025-02-03,failed,,Tea,1,10\n1,,,,,Cup,1,10\n"
    )
    deliver(tmp_path, content)
    assert rows(session, tmp_path) == [
        *[("7", "paid", None, 5.0)] * 2,
        ("8", "paid", None, None),
        *[("9", "failed", None, None)] * 2,
    ]


def test_lines_that_do_not_even_name_their_order_belong_to_the_one_above(session, tmp_path):
    content = ORDERS.replace("\n#1,,", "\n,,")
    deliver(
        tmp_path,
        content,
        NAMES + "    order_columns: [Name, Customer, Created at, Financial Status]\n",
    )
    found = rows(session, tmp_path, "order_id, customer_id, order_status")
    assert found == [*[("#1", "7", "paid")] * 3, ("#2", "8", "refunded")]


def test_what_a_second_file_tells_of_the_first_line_is_filled_too(session, tmp_path):
    deliver(
        tmp_path,
        ORDERS.replace("Customer", "Mail"),
        NAMES.replace("Customer", "Number")
        + "    lookup: {file: people.csv, key: {Mail: Address}, columns: {Number: Number}}\n",
    )
    (tmp_path / "people.csv").write_text("Address,Number\n7,007\n8,008\n")
    assert [row[0] for row in rows(session, tmp_path)] == ["007", "007", "007", "008"]


def test_what_each_line_has_of_its_own_is_refused(session, tmp_path):
    deliver(tmp_path, ORDERS, NAMES + "    order_columns: [Lineitem price]\n")
    with pytest.raises(IntakeError, match="lineitem_price is read as something that each line"):
        land_files(session, tmp_path, "order_lines")


def test_a_column_that_no_file_has_is_refused(session, tmp_path):
    deliver(tmp_path, ORDERS, NAMES + "    order_columns: [Financial State]\n")
    with pytest.raises(IntakeError, match="the column Financial State, which no file has"):
        land_files(session, tmp_path, "order_lines")


def test_two_discounts_on_an_order_are_refused(session, tmp_path):
    mapping = NAMES.replace(
        "      quantity", "      order_discount_amount: Created at\n      quantity"
    )
    deliver(
        tmp_path,
        ORDERS,
        mapping.replace("ordered_at: Created at", "ordered_at: {value: 2025-01-03}"),
    )
    with pytest.raises(IntakeError, match="Leave one of them"):
        land_files(session, tmp_path, "order_lines")


ONE_DISCOUNT = "order_id,customer_id,ordered_at,quantity,unit_price,discount_amount\n"


def repeated(discount_of) -> str:
    # in dong: a line comes to nine digits
    return ONE_DISCOUNT + "".join(
        f"o{order},7,2025-01-03,50,{2_500_000 + line},{discount_of(order, line)}\n"
        for order in range(4)
        for line in range(3)
    )


@pytest.mark.parametrize(
    ("discount_of", "is_asked"),
    [
        (lambda order, line: 5, True),
        (lambda order, line: [5, 0, 2.5, 8][order], True),
        # each line its own, or none
        (lambda order, line: [5, 0, 1][line], False),
        (lambda order, line: 0, False),
        (lambda order, line: "5" if order == 1 else line, False),
    ],
)
def test_one_discount_on_all_lines_of_an_order_is_asked_about(
    session, tmp_path, discount_of, is_asked
):
    (tmp_path / "order_lines.csv").write_text(repeated(discount_of))
    if is_asked:
        with pytest.raises(IntakeError, match="order_discount_amount: <your column> or discount_a"):
            land_files(session, tmp_path, "order_lines")
    for said in ("order_discount_amount", "discount_amount"):
        (tmp_path / "mapping.yml").write_text(
            f"entities: {{order_lines: {{columns: {{{said}: discount_amount}}}}}}"
        )
        found = rows(session, tmp_path, f"{said}::double")
        assert found[0] == (float(discount_of(0, 0)),)


ORDER = st.tuples(
    st.sampled_from(["7", "8", "9"]),
    st.sampled_from(["paid", "failed"]),
    st.sampled_from(["", "5", "0"]),
    st.lists(st.sampled_from(["Tea", "Cup", "Pot"]), min_size=1, max_size=4),
)


@settings(
    max_examples=int(os.environ.get("PERSONA_FUZZ_EXAMPLES", "6")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(orders=st.lists(ORDER, min_size=1, max_size=8))
def test_blanked_orders_are_read_as_whole_ones(tmp_path, orders):
    def written(is_blanked: bool) -> str:
        text = io.StringIO()
        lines = csv.writer(text, lineterminator="\n")
        for number, (customer, status, discount, products) in enumerate(orders):
            for place, product in enumerate(products):
                own = [customer, "2025-01-03", status, discount]
                is_blank = is_blanked and place > 0
                lines.writerow([number, *([""] * 4 if is_blank else own), product, 1, 10])
        return HEADER + text.getvalue()

    declared = NAMES.replace("discount_amount: Dis", "order_discount_amount: Dis")
    with duckdb.connect() as session:
        deliver(tmp_path, written(is_blanked=False), declared)
        whole = rows(session, tmp_path)
        deliver(tmp_path, written(is_blanked=True), declared)
        assert rows(session, tmp_path) == whole
