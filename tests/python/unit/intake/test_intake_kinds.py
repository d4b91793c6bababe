"""Workbooks, archives, JSON of any layout, tables that begin in the middle: the right values."""

import bz2
import datetime
import gzip
import io
import json
import zipfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from documents import blocks_of_document
from workbooks import rows, write_old_workbook, write_open_document, write_workbook

from customer_personas.intake import IntakeError
from customer_personas.intake.check import check_files
from customer_personas.intake.landing import entity_query, land_files
from customer_personas.intake.limits import Limits

SMALL = Limits(max_unpacked_bytes=100_000, max_columns=20, max_line_bytes=20_000)
COLUMNS = ["customer_id", "order_date", "sku", "quantity", "unit_price"]
CSV = (
    "customer_id,order_date,sku,quantity,unit_price\n007,2024-01-02,A,1,2.50\n8,2024-01-03,B,2,3\n"
)
LINES = [("007", "2024-01-02", "A", 1, 2.5), ("8", "2024-01-03", "B", 2, 3)]
ORDERS = [
    {
        "id": 17,
        "customer": {"id": "007", "e-mail": None},
        "created": "2024-01-02",
        "line_items": [{"sku": "A", "n": 1, "price": 2.5}, {"sku": "A/2", "n": 3, "price": 1}],
    },
    {"id": 18, "customer": {"id": "8"}, "created": "2024-01-03", "line_items": []},
]
MAPPING = """
entities:
  order_lines:
    settings: {explode: line_items}
    columns:
      order_id: id
      order_line_number: number_in_record
      customer_id: customer.id
      ordered_at: created
      product_id: line_items.sku
      quantity: line_items.n
      unit_price: line_items.price
"""
EXPLODED = [
    ("007", "2024-01-02", "A", 1, 2.5),
    ("007", "2024-01-02", "A/2", 3, 1),
    ("8", "2024-01-03", None, None, None),
]


@pytest.fixture
def session():
    with duckdb.connect() as connection:
        yield connection


def landed(session, folder: Path, mapping: str = "", limits: Limits = SMALL, name="source_file"):
    """Give customer, day, product, quantity and price of the order lines."""
    if mapping:
        (folder / "mapping.yml").write_text(mapping)
    readings = land_files(session, folder, "order_lines", limits=limits).readings
    rows_ = session.execute(
        "select customer_id, strftime(ordered_at, '%Y-%m-%d'), product_id, quantity, unit_price, "
        f"read_error, {name} from ({entity_query(readings, 'order_lines')}) "
        "order by source_file, record_number"
    ).fetchall()
    assert all(error is None or customer is None for customer, *_, error, _ in rows_)
    return [row[:5] for row in rows_]


def refused(session, folder: Path, mapping: str = "", limits: Limits = SMALL) -> str:
    with pytest.raises(IntakeError) as error:
        landed(session, folder, mapping, limits)
    return str(error.value)


def columns_from(**columns: str) -> str:
    listed = "".join(f"      {name}: {column}\n" for name, column in columns.items())
    return f"entities:\n  order_lines:\n    columns:\n{listed}"


# Workbooks


def sheet(*lines) -> str:
    return rows([COLUMNS, *map(list, lines)])


@pytest.mark.parametrize("counts_from_1904", [False, True])
def test_cells_of_a_workbook_are_what_people_see(session, tmp_path, counts_from_1904):
    day = 43831 if counts_from_1904 else 45293
    lines = [
        ["00100", f'<c s="1"><v>{day}</v></c>', "A", 2, 1.234],
        [17850, f'<c s="2"><v>{day}.75</v></c>', '<c t="e"><v>#REF!</v></c>', 0.1 + 0.2, 5],
        ["x", f'<c s="1"><v>{day + 1}</v></c>', True, "<c><f>1+1</f><v>2</v></c>", 1e-7],
        # an empty text that a formula computed is no formula without a result
        ["y", f'<c s="1"><v>{day}</v></c>', '<c t="str"><f>""</f><v></v></c>', 1, 1],
    ]
    path = tmp_path / "order_lines.xlsx"
    write_workbook(path, {"Sheet1": sheet(*lines), "Sheet2": ""}, (), counts_from_1904)
    assert landed(session, tmp_path) == [
        ("00100", "2024-01-02", "A", 2, Decimal("1.234")),
        ("17850", "2024-01-02", None, Decimal("0.3"), 5),
        ("x", "2024-01-03", "TRUE", 2, Decimal("1e-7")),
        ("y", "2024-01-02", None, 1, 1),
    ]


def test_titles_empty_rows_and_merged_cells_of_a_sheet(session, tmp_path):
    lines = [["Sales of all shops"], ["From", "2024-01-01"], [], COLUMNS]
    lines += [["007", "2024-01-02", "A", 1, 2.5], [None, "2024-01-03", "B", 2, 3], [], ["8"]]
    merged = '<mergeCells><mergeCell ref="A1:E1"/><mergeCell ref="A5:A6"/></mergeCells>'
    write_workbook(tmp_path / "shop.xlsx", {"Order Lines": rows(lines)}, below=merged)
    assert landed(session, tmp_path) == [
        ("007", "2024-01-02", "A", 1, 2.5),
        ("007", "2024-01-03", "B", 2, 3),
        ("8", None, None, None, None),
    ]
    said = "\n".join(check_files(tmp_path)[0])
    assert "header in line 4" in said and "order_lines, workbook, " in said


def test_a_second_table_on_a_sheet_stops(session, tmp_path):
    first, day = ["c1", "2024-01-02", "A", 2, 1.5], "2024-01-03"
    other = [["Product", "Sold", None, None, "Money"], ["A", 12, None, None, 9.5]]
    write_workbook(tmp_path / "order_lines.xlsx", {"S": rows([COLUMNS, first, [None], *other])})
    assert "another table seems to begin in row 4, with 'Product', 'Sold'" in refused(
        session, tmp_path
    )
    # what is above the header, the header once more and a record without numbers begin none
    lines = [["From", 45293, None, "to", 45294], [None], COLUMNS, first, [None], COLUMNS]
    lines += [[*first[:4], 2], [None], ["c2", day, "B", "3", "1.5"], ["c3", day, "B", "3", "2.5"]]
    write_workbook(tmp_path / "order_lines.xlsx", {"S": rows(lines)})
    assert [line[0] for line in landed(session, tmp_path)] == ["c1", None, "c1", "c2", "c3"]


def test_the_mapping_of_the_page_on_excel_reads_its_workbook(session, tmp_path):
    (block,) = blocks_of_document("docs/sources/excel.md")
    paid = [["Member No", "Payment", "Paid on", "Item", "Qty", "Amount"]]
    paid += [["00012", "p1", "2025-01-13", "Tea", 2, 9]]
    members = [["Members"], [None], ["Member No", "DOB", "Joined"], ["00012", 30000, 45000]]
    sheets = {"Members": members, "2024": paid, "2025": paid}
    path = tmp_path / "club.xlsx"
    write_workbook(path, {name: rows(lines) for name, lines in sheets.items()})
    lines = landed(session, tmp_path, block.text)
    assert lines == [("00012", "2025-01-13", None, 2, Decimal("4.5"))] * 2
    assert "customer_id from member_no" in "\n".join(check_files(tmp_path)[0])


def test_a_second_table_beside_the_first_stops(session, tmp_path):
    records = [[f"c{day}", f"2024-01-{day:02}", "A", 2, 1.5] for day in range(1, 9)]
    side = [["Product", "Sold"], ["A", 12], ["B", 3], ["C", 1]]
    table = [["Orders of 2024"], [None], COLUMNS, *records]

    def beside(texts: list[list]) -> list[list]:
        filled = [*[[]] * 2, *texts, *[[]] * len(table)]
        padded = [[*row, *[None] * (5 - len(row))] for row in table]
        return [[*row, None, *more] for row, more in zip(padded, filled, strict=False)]

    path = tmp_path / "order_lines.xlsx"
    write_workbook(path, {"S": rows(beside(side))})
    message = refused(session, tmp_path)
    assert "beside the first, with 'Product', 'Sold'" in message, message
    # columns as long as the records belong to them, and so do a few notes
    long = [["Product", "Sold"], *[["A", number] for number in range(8)]]
    notes = [["note", "by"], ["late", "me"], [None, None], ["x", "me"]]
    for other in (long, notes):
        write_workbook(path, {"S": rows(beside(other))})
        assert len(landed(session, tmp_path)) == 8


def test_a_second_table_beside_the_first_stops_in_a_text_file_too(session, tmp_path):
    records = [[f"c{day}", f"2024-01-{day:02}", "A", "2", "1.5"] for day in range(1, 9)]

    def written(side: list[list[str]]) -> None:
        longest = max(len(side), len(records) + 1)
        first = [[*COLUMNS], *records] + [[""] * 5] * (longest - len(records) - 1)
        second = side + [["", ""]] * (longest - len(side))
        lines = [",".join([*a, "", *b]) for a, b in zip(first, second, strict=True)]
        (tmp_path / "order_lines.csv").write_text("\n".join(lines) + "\n")

    rows_beside = [["A", "12"], ["B", "3"], ["C", "1"]]
    for side in (rows_beside, rows_beside * 5):
        written([["Product", "Sold"], *side])
        message = refused(session, tmp_path)
        assert "beside the first, with 'Product', 'Sold'" in message, message
    # columns as long as the records belong to them, and so do a few notes, and an empty column
    notes = [["note", "by"], ["late", "me"], ["", ""], ["x", "me"]]
    for other in ([["Product", "Sold"], *[["A", "1"]] * 8], notes, [["", ""]]):
        written(other)
        assert len(landed(session, tmp_path)) == 8


def test_sheets_are_found_by_their_names_and_by_the_mapping(session, tmp_path):
    notes = rows([["written by me"]])
    sheets = {"2023": sheet(LINES[0]), "2024": sheet(LINES[1]), "Notes": notes, "old": notes}
    write_workbook(tmp_path / "order_lines.xlsx", sheets, hidden=("old",))
    assert "order_lines.xlsx/Notes lacks the columns" in refused(session, tmp_path)
    named = 'entities:\n  order_lines: {files: ["order_lines.xlsx/20*"]}\n'
    assert landed(session, tmp_path, named) == LINES
    said = "\n".join(check_files(tmp_path)[0])
    assert "order_lines.xlsx/2023: order_lines" in said
    assert "order_lines.xlsx/old (a hidden sheet)" in said
    assert "names are those of no entity: order_lines.xlsx/Notes" in said


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        (b"\xd0\xcf\x11\xe0" + bytes(2000), "cannot be read"),
        (b"<html>", "a web page or XML, called a workbook"),
        (CSV.encode(), "is no workbook. If it is text"),
        (b"", "is empty. Save it"),
        (b"PK\x03\x04", "no workbook that can be read"),
    ],
    ids=["encrypted", "old", "web page", "text", "empty", "archive"],
)
def test_workbooks_that_cannot_be_read(session, tmp_path, content, message):
    (tmp_path / "order_lines.xlsx").write_bytes(content)
    assert message in refused(session, tmp_path)


@pytest.mark.parametrize("name", ["order_lines_2.xlsb", "order_lines.numbers"])
def test_workbooks_of_other_kinds_are_not_passed_over(session, tmp_path, name):
    (tmp_path / "order_lines.csv").write_text(CSV)
    (tmp_path / name).write_bytes(b"x")
    text = refused(session, tmp_path)
    assert name in text and "save it as .xlsx" in text


OTHER_WRITERS = {"xls": write_old_workbook, "ods": write_open_document}
DAYS = [[*line[:1], datetime.date.fromisoformat(line[1]), *line[2:]] for line in LINES]


@pytest.mark.parametrize("kind", OTHER_WRITERS)
def test_workbooks_of_other_programs_are_read_alike(session, tmp_path, kind):
    sheets = {"Orders": [["Sales"], [], COLUMNS, *DAYS], "Old": [["x"]], "Empty": []}
    sheets["Orders"][-1][0] = 8
    OTHER_WRITERS[kind](tmp_path / f"order_lines.{kind}", sheets, hidden=("Old",))
    assert landed(session, tmp_path) == LINES
    said = "\n".join(check_files(tmp_path)[0])
    assert f"order_lines.{kind}/Orders: order_lines, workbook" in said
    assert f"order_lines.{kind}/Old (a hidden sheet)" in said and "Empty" not in said
    # what it holds decides, not what it is called
    (tmp_path / f"order_lines.{kind}").rename(tmp_path / "order_lines.xlsx")
    assert landed(session, tmp_path) == LINES


def test_an_old_workbook_with_a_password(session, tmp_path):
    write_old_workbook(tmp_path / "order_lines.xls", {"Orders": [COLUMNS]}, has_password=True)
    assert "protected by a password" in refused(session, tmp_path)


def test_a_formula_without_its_result_in_an_open_document(session, tmp_path):
    formula = '<table:table-cell table:formula="of:=1+1"/>'
    lines = [COLUMNS, *DAYS]
    path = tmp_path / "order_lines.ods"
    write_open_document(path, {"Orders": lines, "Notes & more": [["x", formula]]})
    (tmp_path / "mapping.yml").write_text(
        'entities:\n  order_lines: {files: ["order_lines.ods/Orders"]}\n'
    )
    assert landed(session, tmp_path) == LINES
    write_open_document(path, {"Orders": [*lines, [formula]], "Notes": [["x"]]})
    assert "order_lines.ods/Orders has a formula without its result" in refused(session, tmp_path)


def test_a_formula_without_its_result_is_named(session, tmp_path):
    formula = '<c r="E2"><f>D2*2</f><v></v></c>'
    path = tmp_path / "order_lines.xlsx"
    write_workbook(path, {"Orders": sheet(["7", "2024-01-02", "A", 1, formula])})
    assert "order_lines.xlsx/Orders, cell E2: a formula without its result" in refused(
        session, tmp_path
    )


def test_ids_with_more_digits_than_a_spreadsheet_keeps(session, tmp_path):
    lines = [(12345678901234567, *LINES[0][1:]), (12345678901234568, *LINES[1][1:])]
    write_workbook(tmp_path / "order_lines.xlsx", {"Orders": sheet(*lines)})
    assert "a spreadsheet rounded ids" in refused(session, tmp_path)


def test_a_workbook_that_claims_more_cells_than_there_is_memory(session, tmp_path):
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    write_workbook(tmp_path / "order_lines.xlsx", {"Orders": sheet(*LINES) + far})
    limits = replace(SMALL, max_unpacked_bytes=100_000_000)
    assert "takes more than 800,000,000 bytes" in refused(session, tmp_path, limits=limits)


def test_a_workbook_of_too_many_columns(session, tmp_path):
    wide = rows([[f"c{n}" for n in range(30)]])
    write_workbook(tmp_path / "order_lines.xlsx", {"Orders": wide})
    limits = replace(SMALL, max_unpacked_bytes=100_000_000)
    assert "30 columns, more than 20" in refused(session, tmp_path, limits=limits)


# Archives


def zipped(members: dict[str, str]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return content.getvalue()


@pytest.mark.parametrize(
    ("suffix", "pack"),
    [
        (".gz", gzip.compress),
        (".bz2", bz2.compress),
        (".zst", lambda content: pa.compress(content, "zstd", asbytes=True)),
    ],
)
def test_compressed_files_and_their_limit(session, tmp_path, suffix, pack):
    (tmp_path / f"order_lines.csv{suffix}").write_bytes(pack(CSV.encode()))
    assert landed(session, tmp_path) == LINES
    (tmp_path / f"order_lines.csv{suffix}").write_bytes(pack(bytes(200_000)))
    assert "more than 100,000 bytes once unpacked" in refused(session, tmp_path)


def test_files_in_an_archive(session, tmp_path):
    one, two = CSV.splitlines()[1:]
    objects = json.dumps(dict(zip(COLUMNS, two.split(","), strict=True)))
    members = {
        "export/order_lines_1.csv": f"{CSV.splitlines()[0]}\n{one}\n",
        "export/order_lines_2.jsonl": objects,
        "customers.csv": "customer_id\n007\n",
        "__MACOSX/._order_lines.csv": "x",
        "LIES.MICH": "x",
    }
    (tmp_path / "shop.zip").write_bytes(zipped(members))
    assert landed(session, tmp_path) == LINES
    lines, entities, _ = check_files(tmp_path)
    assert entities == ["customers", "order_lines"]
    said = "\n".join(lines)
    assert "shop.zip/export/order_lines_1.csv: order_lines" in said
    assert "shop.zip/LIES.MICH" in said and "MACOSX" not in said


def test_an_archive_named_after_its_entity(session, tmp_path):
    one, two = CSV.splitlines()[1:]
    members = {f"{n}.csv": f"{CSV.splitlines()[0]}\n{line}\n" for n, line in ((1, one), (2, two))}
    (tmp_path / "order_lines.zip").write_bytes(zipped(members))
    assert landed(session, tmp_path) == LINES
    named = 'entities:\n  order_lines: {files: ["order_lines.zip/2.csv"]}\n'
    assert landed(session, tmp_path, named) == LINES[1:]


@pytest.mark.parametrize("kind", ["xlsx", *OTHER_WRITERS])
def test_workbooks_in_an_archive(session, tmp_path, kind):
    book = tmp_path / f"Order lines.{kind}"
    if kind == "xlsx":
        write_workbook(book, {"2023": sheet(LINES[0]), "2024": sheet(LINES[1]), "No": ""}, ("No",))
    else:
        sheets = {"2023": [COLUMNS, DAYS[0]], "2024": [COLUMNS, DAYS[1]], "No": []}
        OTHER_WRITERS[kind](book, sheets)
    with zipfile.ZipFile(tmp_path / "shop.zip", "w") as archive:
        archive.write(book, f"new/{book.name}")
        archive.writestr("new/customers.csv", "customer_id\n007\n")
    book.unlink()
    assert landed(session, tmp_path) == LINES
    lines, entities, _ = check_files(tmp_path)
    assert entities == ["customers", "order_lines"]
    assert f"shop.zip/new/Order lines.{kind}/2023: order_lines, workbook" in "\n".join(lines)
    named = f'entities:\n  order_lines: {{files: ["shop.zip/new/Order lines.{kind}/2024"]}}\n'
    assert landed(session, tmp_path, named) == LINES[1:]


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"../order_lines.csv": CSV}, "leads elsewhere"),
        ({"/tmp/order_lines.csv": CSV}, "leads elsewhere"),
        ({"a\\order_lines.csv": CSV}, "leads elsewhere"),
        ({"order_lines.csv.gz": CSV}, "packed once more"),
        ({"order_lines.zip": CSV}, "packed once more"),
        ({"order_lines.xlsx": CSV}, "shop.zip/order_lines.xlsx is no workbook"),
        ({"order_lines.csv": CSV, "b.csv": CSV * 5000}, "more than 100,000 bytes once unpacked"),
    ],
)
def test_archives_that_are_refused(session, tmp_path, members, message):
    (tmp_path / "shop.zip").write_bytes(zipped(members))
    text = refused(session, tmp_path)
    assert message in text and "shop.zip" in text


def test_an_encrypted_archive(session, tmp_path):
    content = bytearray(zipped({"order_lines.csv": CSV}))
    # the flag, in the header of the file and in the list at the end
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "shop.zip").write_bytes(content)
    assert "is encrypted" in refused(session, tmp_path)


def test_a_damaged_archive(session, tmp_path):
    content = zipped({"order_lines.csv": CSV})
    (tmp_path / "shop.zip").write_bytes(content[:-30])
    assert "no archive that can be read" in refused(session, tmp_path)
    start = content.index(b"order_lines.csv") + 20
    (tmp_path / "shop.zip").write_bytes(content[:start] + b"\0\0\0" + content[start + 3 :])
    assert "shop.zip/order_lines.csv cannot be read" in refused(session, tmp_path)
    # the sum of its bytes, in the header of the file and in the list at the end
    broken = bytearray(content)
    broken[14] ^= 1
    broken[content.index(b"PK\x01\x02") + 16] ^= 1
    (tmp_path / "shop.zip").write_bytes(broken)
    assert "shop.zip/order_lines.csv cannot be read: Bad CRC" in refused(session, tmp_path)
    # packed in a way that nobody knows
    broken = bytearray(content)
    broken[8] = broken[content.index(b"PK\x01\x02") + 10] = 99
    (tmp_path / "shop.zip").write_bytes(broken)
    assert "cannot be read" in refused(session, tmp_path)


# JSON


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(ORDERS),
        json.dumps(ORDERS, indent=2),
        json.dumps({"meta": {"page": 1, "tags": ["a"]}, "orders": ORDERS, "next": None}, indent=1),
        json.dumps({"data": {"shop": {"orders": ORDERS}}}),
        json.dumps({"orders": ORDERS[:1]}) + json.dumps({"orders": ORDERS[1:]}),
        "".join(json.dumps(order) for order in ORDERS),
        "\n".join(json.dumps(order, indent=4) for order in ORDERS),
        "\n".join(json.dumps(order) for order in ORDERS),
    ],
    ids=["list", "pretty", "wrapped", "deep", "pages", "concatenated", "pretty objects", "lines"],
)
def test_every_layout_of_json_gives_the_same_lines(session, tmp_path, text):
    (tmp_path / "order_lines.json").write_text(text)
    assert landed(session, tmp_path, MAPPING) == EXPLODED


def test_a_discount_beside_the_list_is_that_of_the_order(session, tmp_path):
    orders = [order | {"discount": 1.5} for order in ORDERS]
    mapping = MAPPING + "      discount_amount: discount\n"
    (tmp_path / "order_lines.json").write_text(json.dumps(orders))
    landed(session, tmp_path, mapping)
    (reading,) = land_files(session, tmp_path, "order_lines", limits=SMALL).readings
    found = {column.name: column.source for column in reading.columns}
    assert found["order_discount_amount"] == "discount"
    assert "discount_amount" not in found
    # in the list it is the line's
    for order in orders:
        order["line_items"] = [line | {"discount": 0.5} for line in order["line_items"]]
    (tmp_path / "order_lines.json").write_text(json.dumps(orders))
    landed(session, tmp_path, mapping.replace(": discount\n", ": line_items.discount\n"))
    (reading,) = land_files(session, tmp_path, "order_lines", limits=SMALL).readings
    found = {column.name: column.source for column in reading.columns}
    assert found["discount_amount"] == "line_items_discount"
    assert "order_discount_amount" not in found


def test_lists_and_structs_in_parquet_are_as_in_json(session, tmp_path):
    pq.write_table(pa.Table.from_pylist(ORDERS), tmp_path / "order_lines.parquet")
    assert landed(session, tmp_path, MAPPING) == EXPLODED


def test_texts_of_json_stay_as_they_are(session, tmp_path):
    text = '[\n{"customer_id": "0\\u0030100", "order_date": "2024-01-02", "unit_price": 1.10,'
    text += '\n "sku": "a\\nb {[\\"Zoë"}, 7,\n{"customer_id": 12345678901234567890}]'
    (tmp_path / "order_lines.json").write_text(text)
    assert landed(session, tmp_path) == [
        ("00100", "2024-01-02", 'a\nb {["Zoë', 1, Decimal("1.1")),
        (None, None, None, None, None),
        ("12345678901234567890", None, None, 1, None),
    ]


def test_lines_that_are_no_objects_do_not_change_what_the_file_is(session, tmp_path):
    record = dict(zip(COLUMNS, LINES[0], strict=True))
    text = f"{json.dumps(record)}\n[1, 2]\n[1, 2]\n"
    (tmp_path / "order_lines.jsonl").write_text(text)
    (reading,) = land_files(session, tmp_path, "order_lines", limits=SMALL).readings
    assert reading.file.file_format == "JSON lines"
    assert (reading.file.records, reading.file.unreadable) == (1, 2)


def test_columns_in_place_of_records_are_refused(session, tmp_path):
    columns = {"customer_id": ["c1", "c2"], "ordered_at": ["2024-01-02"] * 2, "unit_price": [1, 2]}
    (tmp_path / "order_lines.json").write_text(json.dumps(columns))
    message = "column customer_id: a list stands where the id of one customer belongs"
    assert message in refused(session, tmp_path)


def test_several_lists_are_asked_about(session, tmp_path):
    (tmp_path / "order_lines.json").write_text(json.dumps({"a": ORDERS, "b": ORDERS[:1]}))
    assert "several lists: a, b" in refused(session, tmp_path, MAPPING)
    named = MAPPING.replace("{explode", "{records: b, explode")
    assert landed(session, tmp_path, named) == EXPLODED[:2]
    nowhere = MAPPING.replace("{explode", "{records: c, explode")
    assert "has nothing at c" in refused(session, tmp_path, nowhere)
    nothing = MAPPING.replace("{explode: line_items}", "{records: a, explode: lines}")
    assert "has nothing at lines" in refused(session, tmp_path, nothing)


def test_an_object_longer_than_a_line_may_be(session, tmp_path):
    long = json.dumps([{"customer_id": "7", "note": "x" * 30_000}])
    (tmp_path / "order_lines.json").write_text(long)
    assert "longer than 20,000 bytes" in refused(session, tmp_path)


# Layouts of text


def test_titles_above_the_header_are_no_records(session, tmp_path):
    titles = "Sales, all shops\ncountry;Germany\n\n"
    (tmp_path / "order_lines.csv").write_text(titles + CSV.replace(",", ";"))
    assert landed(session, tmp_path) == LINES
    (tmp_path / "order_lines.csv").write_text(
        titles + CSV.replace("customer_id,order_date", "who,day")
    )
    assert landed(session, tmp_path, columns_from(customer_id="who", ordered_at="day")) == LINES
    # a title that is a name and its value, above a header with hardly more of them
    (tmp_path / "order_lines.csv").write_text("Currency,EUR\nkd,day,x,y,preis\n7,2024-01-02,,,1\n")
    mapping = columns_from(customer_id="kd", ordered_at="day", unit_price="preis")
    assert landed(session, tmp_path, mapping) == [("7", "2024-01-02", None, 1, 1)]


def test_words_for_values_that_are_names_elsewhere_make_no_header(session, tmp_path):
    (tmp_path / "order_lines.csv").write_text(
        "customer_id,order_date,a,b,c,unit_price\n"
        "7,2024-01-02,sku,category,currency,1\n8,2024-01-02,sku,country,quantity,2\n"
    )
    assert [line[0] for line in landed(session, tmp_path)] == ["7", "8"]


def test_no_header(session, tmp_path):
    (tmp_path / "order_lines.csv").write_text("sep=,\n" + "\n".join(CSV.splitlines()[1:]))
    places = {name: f"column_{n}" for n, name in enumerate(COLUMNS, start=1)}
    places["ordered_at"], places["product_id"] = places.pop("order_date"), places.pop("sku")
    mapping = "settings: {header_line: none}\n" + columns_from(**places)
    assert landed(session, tmp_path, mapping) == LINES


def test_the_header_may_be_named(session, tmp_path):
    (tmp_path / "order_lines.csv").write_text(CSV.splitlines()[0] + "\nold\n" + CSV)
    assert landed(session, tmp_path, "settings: {header_line: 3}\n") == LINES
    text = refused(session, tmp_path, "settings: {header_line: 99}\n")
    assert "nothing in line 99" in text
    for wrong in ("0", "first", "[1]"):
        assert "header_line" in refused(session, tmp_path, f"settings: {{header_line: {wrong}}}\n")


@pytest.mark.parametrize("stray", ["", '"x"y,\n'])
def test_names_with_line_breaks(session, tmp_path, stray):
    header = '"Customer\nID","order\r\ndate",sku,"quan""tity",unit_price\n'
    lines = "\n".join(CSV.splitlines()[1:])
    (tmp_path / "order_lines.csv").write_text(header + stray + lines)
    readings = land_files(session, tmp_path, "order_lines").readings
    found = session.execute(
        f"select read_error, customer_id from ({entity_query(readings, 'order_lines')}) "
        "order by record_number"
    ).fetchall()
    assert [customer for error, customer in found if not error] == ["007", "8"]
    assert [error[:7] for error, _ in found if error] == (["line 4:"] if stray else [])


def test_two_columns_of_one_name(session, tmp_path):
    header = CSV.splitlines()[0] + ",Unit Price,note,note\n"
    lines = "".join(f"{line},9,a,b\n" for line in CSV.splitlines()[1:])
    (tmp_path / "order_lines.csv").write_text(header + lines)
    assert "unit_price_1, unit_price_2" in refused(session, tmp_path)
    assert landed(session, tmp_path, columns_from(unit_price="unit_price_1")) == LINES


@pytest.mark.parametrize(
    ("setting", "text"),
    [
        (
            "delimiter: blanks",
            "customer_id order_date  sku quantity unit_price\n"
            "----------- ----------  --- -------- ----------\n"
            '007         2024-01-02  "A"        1       2.50\n'
            "8           2024-01-03  B          2          3\n",
        ),
        (
            "widths: [5, 11, 2, 2, 4]",
            "customer_id\n0072024-01-02 A 1 2.50\n8   2024-01-03 B 2 3\n",
        ),
    ],
)
def test_columns_that_stand_in_line(session, tmp_path, setting, text):
    if "widths" in setting:
        setting += ", header_line: none"
        text = "007  2024-01-02 A 1 2.50\n8    2024-01-03 B 2    3\n"
    (tmp_path / "order_lines.txt").write_text(text)
    places = {name: f"column_{n}" for n, name in enumerate(COLUMNS, start=1)}
    places["ordered_at"], places["product_id"] = places.pop("order_date"), places.pop("sku")
    mapping = f"settings: {{{setting}}}\n" + (columns_from(**places) if "none" in setting else "")
    assert landed(session, tmp_path, mapping) == LINES


def test_items_side_by_side(session, tmp_path):
    (tmp_path / "order_lines.csv").write_text(
        "customer_id,order_date,Item 1 Name,Item 1 Qty,Item 2 Name,Item 2 Qty,unit_price\n"
        "007,2024-01-02,A,1,B,2,2\n8,2024-01-03, ,,C,3,1\n9,2024-01-04,,,,,5\n"
    )
    mapping = columns_from(product_id="Item Name", quantity="Item Qty")
    mapping += '    settings: {side_by_side: ["Item {n} Name", "Item {n} Qty"]}\n'
    assert landed(session, tmp_path, mapping) == [
        ("007", "2024-01-02", "A", 1, 2),
        ("007", "2024-01-02", "B", 2, 2),
        ("8", "2024-01-03", "C", 3, 1),
        ("9", "2024-01-04", None, None, 5),
    ]
    assert "no column like Item {n} Price" in refused(
        session, tmp_path, mapping.replace("Item {n} Qty", "Item {n} Price")
    )


def test_a_discount_beside_items_side_by_side_is_that_of_the_order(session, tmp_path):
    (tmp_path / "order_lines.csv").write_text(
        "customer_id,order_date,Order,Item 1 Name,Item 1 Price,Item 2 Name,Item 2 Price,Discount\n"
        "007,2024-01-02,1,A,5,B,5,4\n"
    )
    mapping = columns_from(
        order_id="Order",
        product_id="Item Name",
        unit_price="Item Price",
        discount_amount="Discount",
    )
    mapping += '    settings: {side_by_side: ["Item {n} Name", "Item {n} Price"]}\n'
    landed(session, tmp_path, mapping)
    (reading,) = land_files(session, tmp_path, "order_lines", limits=SMALL).readings
    found = {column.name: column.source for column in reading.columns}
    assert found["order_discount_amount"] == "discount"
    assert "discount_amount" not in found


def test_orders_and_items_of_two_sheets_and_a_refund_as_a_negative_price(session, tmp_path):
    orders = rows([["no", "customer_id", "order_date"], [1, "007", "2024-01-02"]])
    items = rows([["no", "sku", "unit_price"], [1, "A", 2.5], [1, "A", -2.5]])
    write_workbook(tmp_path / "shop.xlsx", {"Orders": orders, "Items": items})
    mapping = (
        'entities:\n  order_lines:\n    files: ["shop.xlsx/Items"]\n'
        "    lookup: {file: shop.xlsx/Orders, key: no}\n    columns:\n"
        '      unit_price: {expression: "abs(unit_price)"}\n'
        '      quantity: {expression: "case when unit_price < 0 then -1 else 1 end"}\n'
    )
    assert landed(session, tmp_path, mapping) == [
        ("007", "2024-01-02", "A", 1, 2.5),
        ("007", "2024-01-02", "A", -1, 2.5),
    ]
