"""Columns from a second file, positions as ids, and equal lines that are kept."""

import json

import duckdb
import pytest

from customer_personas.intake import IntakeError
from customer_personas.intake.check import check_files
from customer_personas.intake.landing import entity_query, land_files

LINES = "order_id,customer_id,ordered_at,article,Pieces\n"
MAPPING = """
entities:
  order_lines:
    lookup: {file: products.csv, key: {article: No}}
    columns: {product_id: article, quantity: Pieces, product_category: group}
"""


@pytest.fixture
def session():
    with duckdb.connect() as connection:
        yield connection


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "order_lines.csv").write_text(
        LINES + "o1,1,2024-12-31,007,2\no1,1,2024-12-31, 17850 ,1\no2,2,2024-12-30,,3\n"
    )
    (tmp_path / "products.csv").write_text(
        "No;Unit price;Group\n007;1.234,50;tea\n17850.0;2,00;\n9;3,00;cups\n9;3,00;cups\n"
    )
    (tmp_path / "mapping.yml").write_text(MAPPING)
    return tmp_path


def rows(session, folder, columns) -> list[tuple]:
    query = entity_query(land_files(session, folder, "order_lines").readings, "order_lines")
    return session.execute(
        f"select {columns} from ({query}) order by source_file, record_number"
    ).fetchall()


def stopped(session, folder) -> str:
    with pytest.raises(IntakeError) as error:
        land_files(session, folder, "order_lines")
    return str(error.value)


def test_columns_come_from_a_second_file_in_its_own_format(session, folder):
    found = rows(
        session, folder, "product_id, unit_price::double, product_category, quantity::int, received"
    )
    assert [row[:4] for row in found] == [
        ("007", 1234.5, "tea", 2),
        ("17850", 2.0, None, 1),
        (None, None, None, 3),
    ]
    # the record as received has nothing that it did not come with
    assert list(found[0][4]) == ["order_id", "customer_id", "ordered_at", "article", "pieces"]


def test_expressions_use_the_columns_of_both_files(session, folder):
    (folder / "mapping.yml").write_text(
        MAPPING.replace("columns: {", 'columns: {discount_amount: {expression: "unit_price / 2"}, ')
    )
    assert rows(session, folder, "discount_amount::double") == [(617.25,), (1.0,), (None,)]


def test_a_second_lookup_goes_by_a_column_of_the_first(session, folder):
    (folder / "groups.jsonl").write_text(json.dumps({"group": "tea", "area": "Drinks"}) + "\n")
    (folder / "mapping.yml").write_text(
        """
entities:
  order_lines:
    lookup:
      - {file: products.csv, key: {article: No}}
      - {file: groups.jsonl, key: group, columns: {main_group: area}}
    columns: {product_category: main_group, quantity: pieces}
"""
    )
    assert rows(session, folder, "product_category") == [("Drinks",), (None,), (None,)]


def test_the_check_says_what_a_second_file_lacks(folder):
    with (folder / "order_lines.csv").open("a") as file:
        file.write("o3,1,2024-12-31,x1,1\no4,1,2024-12-31,x2,1\no5,1,2024-12-31,x2,1\n")
    lines, entities, problems = check_files(folder)
    assert (entities, problems) == (["order_lines"], [])
    assert (
        "  2 values of article are not in products.csv, such as 'x2', 'x1': 3 records get nothing "
        "from there" in lines
    )
    assert any("unit_price of products.csv: number like 1.234,56" in line for line in lines)
    assert not any("Not read" in line for line in lines)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda folder: (folder / "products.csv").unlink(),
            "mapping.yml, lookup: the file products.csv is not in",
        ),
        (
            lambda folder: (folder / "products.csv").write_text("id;group\n1;a\n"),
            "products.csv lacks the column No, by which records are looked up in it; found: id, ",
        ),
        (
            lambda folder: (folder / "products.csv").write_text("No;group\n7;a\n7;b\n"),
            "products.csv: no '7' stands there more than once, with 'a' and 'b' in the column",
        ),
        (
            lambda folder: (folder / "products.csv").write_text("No;group\n7;a\n7;\n"),
            "products.csv: no '7' stands there more than once, with 'a' and nothing in the column",
        ),
        (
            lambda folder: (folder / "products.csv").write_text("No;group\n7;a\n8;b;c\n"),
            "products.csv, line 3 cannot be read",
        ),
        (
            lambda folder: (folder / "products.csv").write_text("No;Customer ID\n7;a\n"),
            "order_lines.csv and products.csv both have the column customer_id. Say in mapping.yml",
        ),
        (
            lambda folder: (folder / "order_lines.csv").write_text("customer_id\n1\n"),
            "order_lines.csv lacks the column article, by which mapping.yml looks into products",
        ),
        (
            lambda folder: (folder / "mapping.yml").write_text(
                "entities: {order_lines: {lookup: {file: products.csv}}}"
            ),
            "give a file and a key, such as",
        ),
        (
            lambda folder: (folder / "mapping.yml").write_text(
                "entities: {order_lines: {lookup: {file: a.csv, key: b, column: c}}}"
            ),
            "'column' is not known there; known are columns, file, key, settings",
        ),
        (
            lambda folder: (folder / "mapping.yml").write_text(
                "entities: {order_lines: {keep_equal_lines: perhaps}}"
            ),
            "keep_equal_lines is 'perhaps'; it can be true or false",
        ),
        (
            lambda folder: (folder / "mapping.yml").write_text(
                "entities: {customers: {keep_equal_lines: true}}"
            ),
            "'keep_equal_lines' is not known there",
        ),
    ],
)
def test_what_cannot_be_looked_up_is_explained(session, folder, change, message):
    change(folder)
    text = stopped(session, folder)
    assert message in text
    assert text.count(message) == 1


def test_a_file_that_its_own_entity_looks_into_is_none_of_the_entity(session, tmp_path):
    (tmp_path / "customers.csv").write_text("customer_id,age\n1,30\n")
    (tmp_path / "customers_segments.csv").write_text("customer_id,segment\n1,gold\n")
    (tmp_path / "mapping.yml").write_text(
        "entities: {customers: {lookup: {file: customers_segments.csv, key: customer_id}}}"
    )
    query = entity_query(land_files(session, tmp_path, "customers").readings, "customers")
    assert session.execute(f"select customer_id, attributes from ({query})").fetchall() == [
        ("1", '{"segment":"gold"}')
    ]


def test_the_position_of_a_record_can_be_an_id(session, folder):
    (folder / "mapping.yml").write_text(
        MAPPING.replace(
            "columns: {",
            "columns: {order_line_number: {expression: row_number}, "
            "order_status: {expression: \"concat('till ', row_number)\"}, ",
        )
    )
    assert rows(session, folder, "order_line_number, order_status") == [
        (1, "till 1"),
        (2, "till 2"),
        (3, "till 3"),
    ]
    # a column of this name is meant where there is one
    path = folder / "order_lines.csv"
    path.write_text(LINES.strip() + ",row_number\no1,1,2024-12-31,007,2,12\n")
    assert rows(session, folder, "order_line_number") == [(12,)]


def test_equal_lines_are_kept_where_the_mapping_says_so(session, folder):
    equal = "o1,1,2024-12-31,007,2\n"
    (folder / "order_lines.csv").write_text(LINES + equal * 3 + "o2,1,2024-12-31,9,1\n")
    (folder / "order_lines_again.csv").write_text(LINES + equal * 2)
    distinct = "count(distinct record_hash)"
    query = "select {} from ({})"

    def hashes() -> list[tuple]:
        landed = land_files(session, folder, "order_lines").readings
        of_files = entity_query(landed, "order_lines")
        return session.execute(query.format(distinct, of_files)).fetchall()

    assert hashes() == [(2,)]
    first = rows(session, folder, "record_hash")[0]
    (folder / "mapping.yml").write_text(
        MAPPING.replace("    lookup", "    keep_equal_lines: true\n    lookup")
    )
    # three and another one; the two of the other file are delivered again
    assert hashes() == [(4,)]
    assert rows(session, folder, "record_hash")[0] == first
