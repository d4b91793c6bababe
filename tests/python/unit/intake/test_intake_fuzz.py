"""Files of every condition: nothing lost, nothing good changed, no error without advice.

``make fuzz`` tries 10,000 files; PERSONA_FUZZ_EXAMPLES sets another number.
"""

import bz2
import csv
import gzip
import io
import json
import os
import zipfile
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from workbooks import rows, write_workbook

from customer_personas.intake import IntakeError
from customer_personas.intake.landing import entity_query, land_files

EXAMPLES = int(os.environ.get("PERSONA_FUZZ_EXAMPLES", "100"))
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
STRAY = st.tuples(st.just("stray"), st.sampled_from(['x,"y,z', '"', '7,"seven"th,x', 'a,b,"']))


PACKED = {
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".zst": lambda content: pa.compress(content, "zstd", asbytes=True),
}


@pytest.fixture
def session():
    with duckdb.connect() as connection:
        yield connection


def landed(session, folder: Path) -> list[tuple] | None:
    """Read the folder; None where it says that it cannot be read, with advice."""
    try:
        readings = land_files(session, folder, "declared_needs").readings
    except IntakeError as error:
        # a file, or the folder, and something to do
        assert "declared_needs" in str(error) or "mapping.yml" in str(error)
        assert any(
            word in str(error) for word in ("Say", "Mend", "Rename", "Deliver", "Write", "Give")
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
    items=st.lists(st.one_of(GOOD, GOOD, GOOD, RAGGED), max_size=12),
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


# a process reads each workbook, so there are fewer of them
@settings(fuzzed, max_examples=max(EXAMPLES // 10, 1))
@given(
    cells=st.lists(
        st.tuples(
            *[
                st.one_of(
                    st.text(
                        st.characters(
                            codec="utf-8",
                            exclude_characters="<_\ufffe\uffff",
                            exclude_categories=["Cc", "Cs"],
                        ),
                        max_size=12,
                    ),
                    st.integers(-(10**9), 10**9),
                    st.floats(-1e9, 1e9),
                    st.booleans(),
                    st.none(),
                )
            ]
            * 3
        ),
        max_size=8,
    ),
    titles=st.integers(0, 3),
)
def test_no_row_of_a_sheet_is_lost_and_none_changed(session, tmp_path, cells, titles):
    lines = [["Needs"]] * titles + [COLUMNS, *map(list, cells)]
    write_workbook(tmp_path / "declared_needs.xlsx", {"Sheet1": rows(lines), "Sheet2": ""})
    found = landed(session, tmp_path)
    if found is None:
        return

    def text_of(value) -> str:
        if isinstance(value, bool):
            return str(value).upper()
        return f"{value:.15g}" if isinstance(value, float) else str(value)

    expected = [["" if v is None else text_of(v) for v in row] for row in cells]
    expected = [row for row in expected if any(row)]
    assert [[v or "" for v in received.values()] for *_, received, _, _ in found] == expected
