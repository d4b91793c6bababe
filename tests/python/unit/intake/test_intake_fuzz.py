"""Files of every condition: nothing lost, nothing good changed, no error without advice.

``make fuzz`` tries 10,000 files; PERSONA_FUZZ_EXAMPLES sets another number.
"""

import bz2
import csv
import datetime
import gzip
import io
import json
import os
import re
import zipfile
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from workbooks import rows, write_old_workbook, write_open_document, write_workbook

from customer_personas.intake import IntakeError, sheet_reader, workbooks
from customer_personas.intake.formats.values import BLANKS
from customer_personas.intake.landing import entity_query, land_files

EXAMPLES = int(os.environ.get("PERSONA_FUZZ_EXAMPLES", "25"))
fuzzed = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

COLUMNS = ["customer_id", "need", "declared_at"]
# csv.writer quotes what needs it; a NUL is no text in any CSV
LETTERS = st.characters(codec="utf-8", exclude_characters="\0\r\x1f", exclude_categories=["Cs"])
FIELDS = st.one_of(
    st.text(LETTERS, max_size=12),
    st.from_regex(r"[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}", fullmatch=True),
    st.from_regex(r"[-+]?[0-9]{0,4}[.,]?[0-9]{0,4}", fullmatch=True),
    st.sampled_from(["", " ", "NULL", "nan", "N/A", "17850.0", "\N{NO-BREAK SPACE}x ", '"', "'"]),
)
GOOD = st.tuples(st.just("good"), st.tuples(FIELDS, FIELDS, FIELDS))
RAGGED = st.tuples(st.just("ragged"), st.integers(1, 7).filter(lambda n: n != 3))
GARBAGE = st.tuples(
    st.just("garbage"),
    st.binary(min_size=1, max_size=20).filter(
        lambda b: not set(b) & set(b'\n\r"\x1f\x00') and b.strip()
    ),
)
# what a stray quote could be closed by
QUOTED = st.tuples(
    st.just("good"), st.tuples(*[st.sampled_from(["", "0,", "0;", '"', "a\t", "|", "\u0080"])] * 3)
)
STRAY = st.tuples(st.just("stray"), st.sampled_from(['x,"y,z', '"', '7,"seven"th,x', 'a,b,"']))


PACKED = {
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".zst": lambda content: pa.compress(content, "zstd", asbytes=True),
}


@pytest.fixture
def session():
    # small files: a second thread takes longer to begin than the first one to end
    with duckdb.connect(config={"threads": 1}) as connection:
        yield connection


def landed(session, folder: Path) -> list[tuple] | None:
    """Read the folder; None where it says that it cannot be read, with advice."""
    try:
        readings = land_files(session, folder, "declared_needs").readings
    except IntakeError as error:
        # a file, or the folder, and something to do
        assert "declared_needs" in str(error) or "mapping.yml" in str(error)
        assert any(
            word in str(error)
            for word in ("Say", "Mend", "Rename", "Deliver", "Write", "Give", "Export")
        ), str(error)
        return None
    return session.execute(
        "select source_file, record_number, read_error, unreadable_line, received, customer_id, "
        f"need from ({entity_query(readings, 'declared_needs')}) order by 1, 2"
    ).fetchall()


def written(items, delimiter: str, line_end: str) -> tuple[bytes, list]:
    """Write a file; give its bytes and the records in it, None for those that are no good ones."""
    content, records = [delimiter.join(COLUMNS).encode()], []
    for kind, what in items:
        if kind == "good":
            text = io.StringIO()
            csv.writer(text, delimiter=delimiter, lineterminator="\n").writerow(what)
            content.append(text.getvalue().removesuffix("\n").encode())
            records.append(what)
        elif kind == "ragged":
            content.append(delimiter.join(f"v{n}" for n in range(what)).encode())
            records.append(None)
        elif kind == "garbage":
            content.append(what)
            records.append(None)
        else:
            content.append(what.replace(",", delimiter).encode())
            records.append(None)
    return line_end.encode().join(content) + line_end.encode(), records


@fuzzed
@given(
    items=st.lists(st.one_of(GOOD, GOOD, QUOTED, RAGGED), max_size=12),
    garbage=st.lists(GARBAGE, max_size=1),
    stray=st.lists(STRAY, max_size=1),
    delimiter=st.sampled_from(",;\t|"),
    line_end=st.sampled_from(["\n", "\r\n"]),
    packed=st.sampled_from(["", "", ".gz", ".bz2", ".zst", ".zip"]),
    data=st.data(),
)
def test_no_line_is_lost_and_no_good_one_changed(
    session, tmp_path, items, garbage, stray, delimiter, line_end, packed, data
):
    # a line of other bytes says something about the encoding only where nothing speaks for UTF-8
    if any(kind == "good" and not "".join(what).isascii() for kind, what in items):
        items = items + garbage
    # a stray quote and a field of two lines can make a whole record together: nobody could tell
    if any(kind == "good" and "\n" in "".join(what) for kind, what in items):
        stray = []
    items = data.draw(st.permutations(items + stray))
    content, records = written(items, delimiter, line_end)
    for path in tmp_path.iterdir():
        path.unlink()
    if packed == ".zip":
        with zipfile.ZipFile(tmp_path / "needs.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("export/declared_needs.csv", content)
    else:
        pack = PACKED.get(packed, bytes)
        (tmp_path / f"declared_needs.csv{packed}").write_bytes(pack(content))
    found = landed(session, tmp_path)
    if found is None:
        return
    assert [number for _, number, *_ in found] == list(range(1, len(records) + 1))
    for record, (_, _, error, line, received, *_) in zip(records, found, strict=True):
        if record is not None:
            assert error is None, (error, line)
            assert tuple(value or "" for value in received.values()) == record
        else:
            assert error is not None or received is not None


@fuzzed
@given(
    objects=st.lists(
        st.dictionaries(
            st.sampled_from(["customer_id", "need", "Declared At", "note"]),
            st.one_of(FIELDS, st.integers(-(10**9), 10**9), st.none(), st.lists(st.integers())),
        ),
        max_size=8,
    ),
    broken=st.lists(
        st.sampled_from(['{"need": ', "no object", "[1, 2]", "7", '{"a" 1}']), max_size=2
    ),
    data=st.data(),
)
def test_no_object_is_lost_and_no_good_one_changed(session, tmp_path, objects, broken, data):
    first = {"customer_id": "c1", "need": "rest"}
    lines = data.draw(st.permutations([*objects, *broken]))
    text = "\n".join(
        line if isinstance(line, str) else json.dumps(line) for line in [first, *lines]
    )
    (tmp_path / "declared_needs.jsonl").write_text(text + "\n", encoding="utf-8")
    found = landed(session, tmp_path)
    if found is None:
        return
    assert [number for _, number, *_ in found] == list(range(1, len(lines) + 2))
    for line, (_, _, error, kept, received, *_) in zip([first, *lines], found, strict=True):
        if isinstance(line, str):
            assert error is not None
            assert kept == line
            continue
        assert error is None
        for name, value in line.items():
            text = received[name.lower().replace(" ", "_")]
            if value is None or value == "":
                assert not text
            elif isinstance(value, str):
                assert text == value
            else:
                assert json.loads(text) == value


@fuzzed
@given(
    texts=st.lists(st.text(LETTERS, max_size=8), min_size=1, max_size=8),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"]),
)
def test_unicode_files_come_back_as_they_were(session, tmp_path, texts, encoding):
    text = io.StringIO()
    csv.writer(text).writerows([COLUMNS, *[(f"c{n}", t, "") for n, t in enumerate(texts)]])
    (tmp_path / "declared_needs.csv").write_bytes(text.getvalue().encode(encoding))
    found = landed(session, tmp_path)
    assert found is not None
    assert [received["need"] or "" for *_, received, _, _ in found] == texts


# each is read twice
@settings(fuzzed, max_examples=max(EXAMPLES // 4, 1))
@given(
    objects=st.lists(
        st.dictionaries(
            st.sampled_from(["customer_id", "need", "note", "a/b~c"]),
            st.one_of(
                FIELDS,
                st.integers(-(10**9), 10**9),
                st.none(),
                st.lists(st.integers()),
                st.dictionaries(st.sampled_from(["x", "y"]), FIELDS, min_size=1),
            ),
        ),
        max_size=6,
    ),
    layout=st.sampled_from(["list", "objects", "wrapped"]),
    indent=st.sampled_from([None, 0, 3]),
)
def test_the_layout_of_json_changes_nothing(session, tmp_path, objects, layout, indent):
    objects = [{"customer_id": "c1", "need": "rest"}, *objects]
    if layout == "objects":
        text = "".join(json.dumps(each, indent=indent) for each in objects)
    elif layout == "list":
        text = json.dumps(objects, indent=indent)
    else:
        text = json.dumps({"n": 1, "tags": [1], "data": {"rows": objects}}, indent=indent)
    (tmp_path / "declared_needs.json").write_text(text, encoding="utf-8")
    (tmp_path / "lines").mkdir(exist_ok=True)
    lines = "\n".join(map(json.dumps, objects)) + "\n"
    (tmp_path / "lines" / "declared_needs.jsonl").write_text(lines, encoding="utf-8")
    (tmp_path / "lines" / "mapping.yml").write_text(
        "entities: {declared_needs: {files: ['*.jsonl']}}"
    )
    found, expected = landed(session, tmp_path), landed(session, tmp_path / "lines")
    assert (found is None) == (expected is None)
    if found is not None:
        assert [each[1:] for each in found] == [each[1:] for each in expected]


CELLS = st.one_of(
    st.text(
        st.characters(
            codec="utf-8", exclude_characters="<_\ufffe\uffff", exclude_categories=["Cc", "Cs"]
        ),
        max_size=12,
    ).filter(lambda text: "  " not in text),
    st.integers(-(10**9), 10**9),
    st.floats(-1e9, 1e9),
    st.booleans(),
    st.none(),
)
BOOKS = {
    ".xlsx": lambda path, lines: write_workbook(path, {"Sheet1": rows(lines), "Sheet2": ""}),
    ".xls": lambda path, lines: write_old_workbook(path, {"Sheet1": lines, "Sheet2": []}),
    ".ods": lambda path, lines: write_open_document(path, {"Sheet1": lines, "Sheet2": []}),
}


def text_of(value) -> str:
    """Write a cell as people see it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def read_here(arguments: list[str], name: str, limits) -> dict:
    """Read a workbook without the process of its own, which takes longer than all the rest."""
    task = {"list": sheet_reader.list_sheets, "write": sheet_reader.write_sheet}[arguments[0]]
    return json.loads(json.dumps(task(*arguments[1:])))


@fuzzed
@given(
    cells=st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=8),
    titles=st.integers(0, 3),
    kind=st.sampled_from(list(BOOKS)),
    is_packed=st.booleans(),
)
def test_no_row_of_a_sheet_is_lost_and_none_changed(
    session, tmp_path, monkeypatch, cells, titles, kind, is_packed
):
    monkeypatch.setattr(workbooks, "_read", read_here)
    lines = [["Needs"]] * titles + [COLUMNS, *map(list, cells)]
    for path in tmp_path.iterdir():
        path.unlink()
    book = tmp_path / f"declared_needs{kind}"
    BOOKS[kind](book, lines)
    if is_packed:
        with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
            archive.write(book, f"new/{book.name}")
        book.unlink()
    found = landed(session, tmp_path)
    if found is None:
        return
    expected = [list(map(text_of, row)) for row in cells]
    expected = [row for row in expected if any(row)]
    assert [[v or "" for v in received.values()] for *_, received, _, _ in found] == expected


TYPED = {
    pa.string(): FIELDS,
    pa.binary(): FIELDS.map(str.encode),
    pa.int64(): st.integers(-(2**63), 2**63 - 1),
    pa.float64(): st.floats(allow_nan=False),
    pa.bool_(): st.booleans(),
    pa.date32(): st.dates(),
    pa.timestamp("us"): st.datetimes(),
    pa.decimal128(18, 4): st.decimals(-(10**12), 10**12, places=4),
    pa.struct([("x", pa.string()), ("y", pa.int32())]): st.fixed_dictionaries(
        {"x": FIELDS, "y": st.integers(0, 9)}
    ),
    pa.list_(pa.string()): st.lists(FIELDS, max_size=3),
}


@fuzzed
@given(data=st.data(), count=st.integers(1, 8))
def test_no_row_of_a_parquet_file_is_lost_and_none_changed(session, tmp_path, data, count):
    columns, values = {}, {}
    for name in ("customer_id", "need", "note", "Other"):
        kind = data.draw(st.sampled_from(list(TYPED)), name)
        drawn = st.lists(st.none() | TYPED[kind], min_size=count, max_size=count)
        values[name] = data.draw(drawn)
        columns[name] = pa.array(values[name], kind)
    pq.write_table(pa.table(columns), tmp_path / "declared_needs.parquet")
    found = landed(session, tmp_path)
    if found is None:
        return
    assert [number for _, number, *_ in found] == list(range(1, count + 1))
    for place, (_, _, error, _, received, *_) in enumerate(found):
        assert error is None
        for name, column in values.items():
            value, text = column[place], received.get(name.lower())
            if isinstance(value, bytes):
                value = value.decode()
            if isinstance(value, dict):
                assert [received[f"{name.lower()}_{each}"] for each in value] == [
                    each if isinstance(each, str) else str(each) for each in value.values()
                ]
            elif value is None:
                assert text is None
            elif isinstance(value, str):
                assert text == value
            elif isinstance(value, bool | datetime.date):
                assert text.lower() == str(value).lower() or isinstance(value, datetime.datetime)
            elif isinstance(value, int | float | Decimal):
                assert type(value)(text) == value


THINGS = st.lists(
    st.dictionaries(st.sampled_from(["kind", "Since", "of/what~"]), FIELDS, min_size=1), max_size=4
)


@fuzzed
@given(
    records=st.lists(st.tuples(FIELDS, THINGS), min_size=1, max_size=5),
    layout=st.sampled_from(["lines", "list", "wrapped", "parquet"]),
    is_deep=st.booleans(),
)
def test_each_thing_of_a_list_is_a_record(session, tmp_path, records, layout, is_deep):
    records = [("c1", [{"kind": "rest", "Since": "", "of/what~": "x"}]), *records]
    objects = [
        {"customer_id": who, "all": {"needs": things}}
        if is_deep
        else {"customer_id": who, "needs": things}
        for who, things in records
    ]
    for path in tmp_path.iterdir():
        path.unlink()
    where = "all.needs" if is_deep else "needs"
    if layout == "parquet":
        pq.write_table(pa.Table.from_pylist(objects), tmp_path / "declared_needs.parquet")
    else:
        wrapped = {"meta": {"n": 1}, "rows": objects}
        text = "\n".join(map(json.dumps, objects))
        if layout != "lines":
            text = json.dumps(objects if layout == "list" else wrapped, indent=1)
        (tmp_path / "declared_needs.json").write_text(text, encoding="utf-8")
    (tmp_path / "mapping.yml").write_text(
        f"entities:\n  declared_needs:\n    settings: {{explode: {where}}}\n"
        f"    columns: {{need: {where}.kind}}\n"
    )
    found = landed(session, tmp_path)
    if found is None:
        return
    expected = [
        (who, str(number) if thing else None, *(thing.get(each) for each in THINGS_KEYS))
        for who, things in records
        for number, thing in enumerate(things or [{}], start=1)
    ]
    prefix = where.replace(".", "_")
    names = ["customer_id", "number_in_record"]
    names += [f"{prefix}_{each}" for each in ("kind", "since", "of_what")]
    assert [tuple(received[name] for name in names) for *_, received, _, _ in found] == expected


THINGS_KEYS = ("kind", "Since", "of/what~")


@fuzzed
@given(
    records=st.lists(
        st.tuples(FIELDS, st.lists(st.tuples(FIELDS, FIELDS), min_size=3, max_size=3)),
        min_size=1,
        max_size=6,
    )
)
def test_things_side_by_side_are_records(session, tmp_path, records):
    records = [("c1", [("rest", "2024-01-02")] * 3), *records]
    header = ["customer_id", *(f"{name} {n}" for n in (1, 2, 3) for name in ("Need", "Since"))]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(
        [header, *([who, *(each for pair in things for each in pair)] for who, things in records)]
    )
    (tmp_path / "declared_needs.csv").write_text(text.getvalue(), encoding="utf-8")
    (tmp_path / "mapping.yml").write_text(
        "entities:\n  declared_needs:\n    settings:\n      delimiter: ','\n"
        "      side_by_side: ['Need {n}', 'Since {n}']\n"
    )
    found = landed(session, tmp_path)
    if found is None:
        return
    expected = []
    for who, things in records:
        # blanks of any kind are nothing
        blanks = BLANKS[1:-1]
        there = [
            (n, *pair)
            for n, pair in enumerate(things, start=1)
            if any(each.strip(blanks) for each in pair)
        ]
        expected += [(who, *each) for each in there] or [(who, "", "", "")]
    given_ = [
        tuple(received[name] or "" for name in ("customer_id", "number_in_record", "need", "since"))
        for *_, received, _, _ in found
    ]
    assert given_ == [tuple(map(str, each)) for each in expected]


WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z", "Mn"], exclude_characters='"'),
    min_size=1,
    max_size=9,
)


@fuzzed
@given(
    records=st.lists(st.tuples(WORDS, WORDS, WORDS), min_size=1, max_size=8),
    gaps=st.integers(1, 4),
    has_widths=st.booleans(),
    has_rule=st.booleans(),
)
def test_columns_that_stand_in_line(session, tmp_path, records, gaps, has_widths, has_rule):
    records = [("c1", "rest", "2024-01-02"), *records]
    lines = [COLUMNS, *([["-" * 11] * 3] if has_rule else []), *records]
    if has_widths:
        setting = "widths: [12, 13, 14]"
        text = "".join(f"{a:<12}{b:<13}{c:<14}\n" for a, b, c in lines)
    else:
        setting = "delimiter: blanks"
        text = "".join((" " * gaps).join(line) + "\n" for line in lines)
    (tmp_path / "declared_needs.txt").write_text(text, encoding="utf-8")
    (tmp_path / "mapping.yml").write_text(
        f"entities:\n  declared_needs:\n    settings: {{{setting}}}\n"
    )
    found = landed(session, tmp_path)
    if found is None:
        return
    rule = re.compile("[-=+|]*")
    expected = [each for each in records if not all(map(rule.fullmatch, each))]
    assert [tuple(received.values()) for *_, received, _, _ in found] == expected


# several files are read twice
@settings(fuzzed, max_examples=max(EXAMPLES // 4, 1))
@given(
    files=st.lists(
        st.tuples(
            st.sampled_from(["csv", "jsonl", "parquet", "xlsx", "xls", "ods"]),
            st.lists(st.tuples(WORDS, WORDS, WORDS), min_size=1, max_size=3),
        ),
        min_size=1,
        max_size=3,
    )
)
def test_an_archive_is_a_folder(session, tmp_path, monkeypatch, files):
    monkeypatch.setattr(workbooks, "_read", read_here)
    for path in sorted(tmp_path.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    plain, packed = tmp_path / "plain" / "shop", tmp_path / "packed"
    plain.mkdir(parents=True)
    packed.mkdir()
    for number, (kind, records) in enumerate(files):
        path = plain / f"declared_needs_{number}.{kind}"
        if path.suffix in BOOKS:
            BOOKS[path.suffix](path, [COLUMNS, *map(list, records)])
            continue
        table = pa.table(dict(zip(COLUMNS, map(list, zip(*records, strict=True)), strict=True)))
        if kind == "parquet":
            pq.write_table(table, path)
        elif kind == "jsonl":
            path.write_text("\n".join(map(json.dumps, table.to_pylist())), encoding="utf-8")
        else:
            with path.open("w", encoding="utf-8", newline="") as text:
                csv.writer(text).writerows([COLUMNS, *records])
    with zipfile.ZipFile(packed / "shop.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in plain.iterdir():
            archive.write(path, path.name)
    for folder in (plain.parent, packed):
        (folder / "mapping.yml").write_text("entities: {declared_needs: {files: ['shop*']}}")
    found, expected = landed(session, packed), landed(session, plain.parent)
    assert (found is None) == (expected is None)
    if found is not None:
        assert [
            ("shop" + name.removeprefix("shop.zip"), *rest) for name, *rest in found
        ] == expected
