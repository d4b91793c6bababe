"""The check before a build: what it says, and its exit code."""

import csv
import gzip
import os
import re
import subprocess
import sys

import pytest
from conftest import ROOT
from workbooks import rows, write_workbook

from customer_personas.intake import parts
from customer_personas.intake.check import _shortened, check_files, describe_records, main
from customer_personas.intake.cures import find_cure
from customer_personas.intake.entities import ENTITIES
from customer_personas.simulate import simulate


def check(*arguments: str, **environment) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "customer_personas", "check", *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def landing(tmp_path_factory):
    folder = tmp_path_factory.mktemp("landing")
    truth = tmp_path_factory.mktemp("truth")
    simulate(60, folder, "csv", 5, truth, dialect="german_spreadsheet")
    for entity in ("web_events", "feedback", "declared_needs", "consents", "contacts"):
        (folder / f"{entity}.csv").unlink()
    (folder / "notes.csv").write_text("a\n1\n")
    return folder


@pytest.mark.slow  # the words of each part are in the unit tests of formats and files
def test_it_says_what_was_found_and_what_is_missing(landing):
    result = check("--folder", str(landing))
    assert result.returncode == 0, result.stdout + result.stderr
    for part in [
        "customers.csv: customers, CSV, latin-1, semicolon",
        "order_lines.csv: order_lines, CSV, latin-1, semicolon",
        "ordered_at: time like day_first (31/12/2024)",
        "unit_price: number like 1.234,56",
        "loyalty_tier: attribute: text",
        "notes.csv. Name them after one",
        "Would be set aside",
        "web_events:",
        "It can be built",
        "dbt build --vars '{source_systems: {files: [customers, order_lines]}}'",
    ]:
        assert part in result.stdout, part


def test_it_says_why_files_cannot_be_built(landing, tmp_path):
    (tmp_path / "customers.csv").write_text("customer_id,birth_date\n1,03/04/1990\n")
    (tmp_path / "order_lines.csv").write_text("customer_id\n1\n")
    result = check("--folder", str(tmp_path))
    assert result.returncode == 1
    assert "It cannot be built" in result.stdout
    assert "customers.csv, column birth_date: the day may come first" in result.stdout
    assert "order_lines.csv lacks the columns ordered_at, unit_price" in result.stdout


@pytest.mark.slow  # test_publishing has the same words of a delivery that is refused
def test_it_says_why_records_cannot_be_built(tmp_path):
    (tmp_path / "declared_needs.csv").write_text("customer_id,need\n,a\n,b\n1,c\n")
    (tmp_path / "customers.csv").write_text(
        "customer_id,mail\n" + "".join(f"p{n}@mail.example,p{n}@mail.example\n" for n in range(9))
    )
    result = check("--folder", str(tmp_path))
    assert result.returncode == 1
    assert "files delivered 3 records of declared_needs, and 2 were set aside" in result.stdout
    assert (
        "If they are right, say so: customer_id: <another column>, in mapping.yml." in result.stdout
    )
    # as the build says it
    assert "The customer_id of 9 of " in result.stdout
    assert 'customer_id: {expression: "keyed_hash(<your column>)"}' in result.stdout
    # and what it says rests on no table that is gone by then
    assert not re.search(r"(quarantine|monitoring|intermediate|staging)\.\w+", result.stdout)


def test_a_table_that_is_deleted_is_not_named():
    message = (
        "Database Error\n files delivered 3 records of needs, and 2 were set aside. Mend the "
        "delivery (quarantine.quarantined_records holds them); if it is right, raise the var x."
    )
    assert _shortened(message).endswith("Mend the delivery; if it is right, raise the var x.")
    query = (ROOT / "tests/monitoring/assert_deliveries_are_usable.sql").read_text()
    assert "(quarantine.quarantined_records holds them)" in query


def test_each_reason_names_the_setting_that_would_cure_it():
    with (ROOT / "seeds/reference/rejection_reasons.csv").open() as rows:
        reasons = [row["rejection_reason"] for row in csv.DictReader(rows)]
    for reason in reasons:
        cure = find_cure(reason, "files")
        assert cure, reason
        for column in re.findall(r"^([a-z_]+): ", cure):
            assert column in {c.name for columns in ENTITIES.values() for c in columns}, reason
    assert find_cure("unreadable_ordered_at", "files").startswith("ordered_at: {column: <yours>")
    # another system has no mapping
    assert find_cure("unreadable_ordered_at", "shop") is None
    assert "order_statuses.csv" in find_cure("unknown_order_status", "shop")


def test_it_says_how_full_hashed_ids_are(tmp_path):
    (tmp_path / "customers.csv").write_text("mail,age\na@b.example,30\n,31\n")
    (tmp_path / "mapping.yml").write_text(
        "entities: {customers: {columns: {customer_id: {expression: keyed_hash(mail)}}}}"
    )
    lines, _, _ = check_files(tmp_path)
    (said,) = [line for line in lines if "customer_id from keyed_hash(mail)" in line]
    assert "50% filled" in said


def test_it_names_codes_sentinels_and_circumstances_with_their_settings():
    rows = [
        ("pdays", 30, False, None, None, 999.0, 1203),
        ("zip3", 42, True, None, None, None, None),
        ("rate", 300, False, None, "it says when the record was made: it follows day", None, None),
        ("notes", 900, False, "has too many different texts", None, None, None),
    ]
    text = "\n".join(describe_records(EQUAL_LINES | {"further_columns": rows}, "files"))
    assert "pdays: 999 stands for unknown or never (1,203 customers)" in text
    assert "attributes: pdays: {read_as: number}" in text
    assert "zip3: its 42 numbers name something" in text
    assert "attributes: zip3: {read_as: number}" in text
    assert "rate: it says when the record was made: it follows day. So personas are not" in text
    assert "in_personas: {attribute_rate: true}" in text
    assert "notes: left out: has too many different texts." in text
    assert "mapping.yml" not in "\n".join(
        describe_records(EQUAL_LINES | {"equal_lines": [], "further_columns": rows}, "demo")
    )


EQUAL_LINES = {"reconciliation": [], "rejected": [], "strangers": [], "missing": []} | {
    "equal_lines": [(3, 7.5, 1000.0)]
}


def test_it_says_how_much_money_equal_lines_are():
    text = "\n".join(describe_records(EQUAL_LINES, "files"))
    assert "3 order lines without a line number are equal to another one of their file" in text
    assert "7.50 beside the 1,000.00 that are accepted" in text
    assert "keep_equal_lines: true in mapping.yml" in text
    # another system has no mapping file
    assert "keep_equal_lines" not in "\n".join(describe_records(EQUAL_LINES, "shop"))


@pytest.mark.slow
def test_equal_lines_are_told_with_their_amount_and_kept_where_the_mapping_says_so(tmp_path):
    line = "b1,7,2024-12-31,2,5.00,1.00\n"
    (tmp_path / "order_lines.csv").write_text(
        "order_id,customer_id,ordered_at,quantity,unit_price,discount_amount\n"
        + line * 3
        + "b2,7,2024-12-31,1,1.00,0\n"
    )
    # delivered again: the file with most of them counts
    (tmp_path / "order_lines_2.csv").write_text(
        (tmp_path / "order_lines.csv").read_text().replace(line * 3, line * 2)
    )
    told = check("--folder", str(tmp_path)).stdout
    assert "2 order lines without a line number" in told
    assert "18.00 beside the 10.00 that are accepted" in told
    (tmp_path / "mapping.yml").write_text("entities: {order_lines: {keep_equal_lines: true}}")
    told = check("--folder", str(tmp_path)).stdout
    assert "order_lines             7 received:         4 accepted, 3 duplicates" in told
    assert "without a line number" not in told


@pytest.mark.slow
def test_it_checks_a_source_system():
    result = check("--system", "demo")
    assert result.returncode == 0
    assert "order_lines        20,565 received:    20,132 accepted" in result.stdout


@pytest.mark.slow
def test_it_says_what_orders_would_count_as(tmp_path):
    header = "Order ID,Customer ID,Ordered at,Product name,Quantity,Unit price,Discount Amount,"
    header += "Currency,Order status\n"
    (tmp_path / "order_lines_1.csv").write_text(
        header + "1,7,2025-01-03,Tea,1,10.00,50,EUR,paid\n1,,,Cup,2,20.00,,,\n1,,,Pot,1,60.00,,,\n"
        "2,8,2025-01-04,Tea,1,10.00,,EUR,refunded\n3,8,2025-01-04,Tea,1,x,,JPY,refunded\n"
        "4,8,2025-01-04,Tea,1,5,,JPY,hmm\n5,8,2025-01-04,Tea,1,5,,EUR,paid\n"
    )
    (tmp_path / "order_lines_2.csv").write_text(
        header + "1,7,2025-01-03,Tea,1,10.00,50,EUR,refunded\n1,,,Cup,2,20.00,,,\n"
        "5,8,2025-01-04,Jug,1,5,,EUR,paid\n"
    )
    told = check("--folder", str(tmp_path))
    for part in [
        "so filled within it: customer_id, ordered_at, currency, order_status, discount_amount (",
        "order_discount_amount from discount_amount, filled within the order: number",
        "10 received:         7 accepted, 0 duplicates, 2 superseded, 1 quarantined",
        "order_lines_1.csv, record 5: 'x'",
        "unknown, and so counts as sale: hmm (1)",
        "2 orders without line numbers, such as 1, come in several files",
        "Order lines are in several currencies: EUR on 6 lines, JPY on 1 lines",
    ]:
        assert part in told.stdout, (part, told.stdout)
    assert told.returncode == 1


def test_a_source_system_that_is_not_there_is_named():
    result = check("--system", "shopp")
    assert result.returncode == 2
    assert (
        "there are complete_journey, demo, files, online_retail, shopify_dlt, stripe_dlt\n"
        in result.stderr
    )


def test_a_landing_folder_that_is_not_there_is_named(tmp_path):
    result = check("--folder", str(tmp_path / "nowhere"))
    assert result.returncode == 1
    assert "nowhere does not exist" in result.stdout


def test_it_names_columns_and_patterns_that_are_used_for_nothing(tmp_path):
    (tmp_path / "customers.csv").write_text("customer_id,shoe_size\n1,42\n")
    (tmp_path / "sales.csv").write_text(
        "customer_id,ordered_at,unit_price,cost,note,order_status,state\n1,2024-12-31,5,4,a,x,y\n"
    )
    (tmp_path / "mapping.yml").write_text(
        "entities:\n  order_lines:\n    files: [sales.csv, shop_*.csv]\n    ignore: [note]\n"
        "    columns: {order_status: {expression: state}}\n"
    )
    lines, entities, problems = check_files(tmp_path)
    assert (entities, problems) == (["customers", "order_lines"], [])
    assert "  entities: order_lines: files: no file fits shop_*.csv" in lines
    # a further column of customers is an attribute, what is ignored on purpose is not spoken of
    (said,) = [line for line in lines if "used for nothing" in line]
    assert said.startswith("  used for nothing: cost (")


def test_a_pattern_that_fits_no_file_is_refused_where_nothing_else_is_there(tmp_path):
    (tmp_path / "order_lines.csv").write_text("customer_id,ordered_at,unit_price\n1,2024-12-31,5\n")
    (tmp_path / "mapping.yml").write_text("entities:\n  order_lines:\n    files: sales_*.csv\n")
    _, _, problems = check_files(tmp_path)
    assert problems == ["mapping.yml, entities: order_lines: files: no file fits sales_*.csv."]


def test_zeros_that_a_workbook_lost_and_another_file_has_are_named(tmp_path):
    (tmp_path / "order_lines.csv").write_text(
        "customer_id,product_id,ordered_at,unit_price\n00123,0,2024-01-02,1\n"
    )
    header = ["customer_id", "product_id", "ordered_at", "unit_price"]
    lines = rows([header, [123, 7, "2024-01-03", 2]])
    write_workbook(tmp_path / "order_lines_2.xlsx", {"Orders": lines})
    said = "\n".join(check_files(tmp_path)[0])
    assert "order_lines_2.xlsx/Orders: customer_id is a number" in said
    assert "order_lines.csv has 00123" in said
    assert "right(concat('00000', <yours>), 5)" in said
    assert "product_id is a number" not in said


@pytest.mark.parametrize("mark", ["#", "C-", "gid://shopify/Customer/"])
def test_ids_with_a_mark_that_another_file_has_without_are_named(tmp_path, mark):
    header = "customer_id,ordered_at,unit_price"
    for file, front in {"order_lines_1.csv": mark, "order_lines_2.csv": ""}.items():
        ids = [f"{front}{number}" for number in range(1001, 1400)]
        lines = [f"{each},2024-01-{1 + n % 28:02},5" for n, each in enumerate(ids)]
        (tmp_path / file).write_text("\n".join([header, *lines]) + "\n")
    said = "\n".join(check_files(tmp_path)[0])
    assert f"order_lines_1.csv: customer_id is written as {mark}1" in said
    assert f"replace(<yours>, '{mark}', '')" in said
    (tmp_path / "mapping.yml").write_text(
        "entities:\n  order_lines:\n  - files: order_lines_1.csv\n    columns:\n"
        f"      customer_id: {{expression: \"replace(customer_id, '{mark}', '')\"}}\n"
        "  - files: order_lines_2.csv\n"
    )
    lines, _, problems = check_files(tmp_path)
    assert (problems, "is written as" in "\n".join(lines)) == ([], False)


def test_ids_of_two_marks_or_with_other_numbers_are_not_named(tmp_path):
    header = "customer_id,ordered_at,unit_price\n"
    for file, ids in {"1": ("A1", "A2"), "2": ("B1", "B2"), "3": ("7", "8")}.items():
        lines = "".join(f"{each},2024-01-02,5\n" for each in ids)
        (tmp_path / f"order_lines_{file}.csv").write_text(header + lines)
    assert "is written as" not in "\n".join(check_files(tmp_path)[0])


def test_few_lines_of_a_file_of_no_entity_are_read(tmp_path, monkeypatch):
    monkeypatch.setattr(parts, "_PIECE", 64)
    text = "Id,Created (UTC)\n" + "x,y\n" * 1000
    for name, content in {
        "a.csv": text.encode(),
        "b.csv": text.encode("utf-16"),
        "c.csv.gz": gzip.compress(text.encode()),
    }.items():
        (tmp_path / name).write_bytes(content)
        with parts.head_of(parts.Part(name, tmp_path / name)) as head:
            assert head.path.stat().st_size <= 65
            encoding = "utf-16" if name == "b.csv" else "utf-8"
            assert head.path.read_text(encoding).startswith("Id,Created (UTC)\n")


def test_it_speaks_chinese(tmp_path, monkeypatch):
    (tmp_path / "customers.csv").write_text(
        "customer_id,age,churned\n" + "".join(f"c{n},{20 + n % 50},{n % 2}\n" for n in range(60))
    )
    (tmp_path / "notes.csv").write_text("a\n1\n")
    (tmp_path / ".hidden.txt").write_text("")
    monkeypatch.setenv("PERSONA_LANGUAGE", "zh")
    lines, entities, problems = check_files(tmp_path)
    assert (entities, problems) == (["customers"], [])
    found = {
        "reconciliation": [("customers", 60, 58, 1, 0, 1)],
        "rejected": [("customers", "missing_customer_id", "record", 1, "No id.")],
        "missing": [("feedback", "rating", 0, "satisfaction, complaints")],
        "strangers": [("order_lines", 10, 5, 2)],
        "equal_lines": [(3, 9.5, 100.0)],
        "taken_back": [(2, 20.0)],
        "orders_again": [(1, "A1", 3.0)],
        "crowded_ids": [("0", 90, 0.5)],
        "meanings": [("order_lines", "order_status", "odd", "sale", False, 4)],
        "further_columns": [
            ("code", 9, True, "has one value only", "nearly everybody has the same value", -1.0, 7)
        ],
    }
    lines += describe_records(found, "files")
    said = "\n".join(lines)
    assert "customers.csv：customers，CSV, utf-8, 逗号分隔，60 条记录" in said
    assert "记录没有客户编号。" in said and "不使用：只有一个取值。" in said
    # what is typed into files and what files are called stays as it is
    typed = "|".join(
        [
            *(r"\S*[._{}:<>/]\S*", "expression", "customer_id", "credit_note", "keep_equal_lines"),
            *("CSV", "JSON", "Parquet", "utf-8", "true", "sale", "ignore", "files", "columns"),
        ]
    )
    for line in lines:
        bare = re.sub(typed, "·", line)
        assert not re.search(r"[A-Za-z]{2,}(?: [a-z]{2,}){2,}", bare), line


def test_a_language_that_there_are_no_texts_in_is_named(monkeypatch, capsys):
    monkeypatch.setenv("PERSONA_LANGUAGE", "klingon")
    with pytest.raises(SystemExit):
        main([])
    assert "PERSONA_LANGUAGE is 'klingon'; there is en and zh." in capsys.readouterr().err
