import csv
import gzip
import io
import json

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customer_personas import landing

COLUMNS = ["customer_id", "need", "note"]
# csv.writer quotes what needs it; a NUL is no text in any CSV
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=12)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("PERSONA_LANDING_DIR", str(tmp_path))
    return tmp_path


def read(entity="declared_needs"):
    with duckdb.connect() as session:
        return landing.read_entity(session, entity).order("source_file, record_number").fetchall()


def as_csv(rows) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([COLUMNS, *rows])
    return text.getvalue()


@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(rows=st.lists(st.tuples(TEXTS, TEXTS, TEXTS), max_size=8))
def test_every_value_comes_back_as_it_was(folder, rows):
    (folder / "declared_needs.csv").write_text(as_csv(rows), encoding="utf-8", newline="")
    records = read()
    assert [error for *_, error in records] == [None] * len(rows)
    assert [number for _, number, *_ in records] == list(range(1, len(rows) + 1))
    values = [tuple(v or "" for v in json.loads(text).values()) for _, _, text, _ in records]
    assert values == rows


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(fields=st.lists(st.integers(1, 6), min_size=1, max_size=12))
def test_ragged_lines_are_kept_whole_with_their_line_number(folder, fields):
    lines = [",".join(f"v{n}" for n in range(count)) for count in fields]
    (folder / "declared_needs.csv").write_text("\n".join([",".join(COLUMNS), *lines]) + "\n")
    records = read()
    assert [number for _, number, *_ in records] == list(range(1, len(lines) + 1))
    for line, (_, number, text, error) in zip(lines, records, strict=True):
        if line.count(",") == 2:
            assert error is None
            assert list(json.loads(text).values()) == line.split(",")
        else:
            assert error.startswith(f"line {number + 1}: ")
            assert json.loads(text) == line


def test_files_of_all_kinds_are_read_in_the_order_of_their_names(folder):
    (folder / "declared_needs_1.csv").write_text("customer_id;need\n007;rest\n")
    with gzip.open(folder / "declared_needs_2.csv.gz", "wt") as lines:
        lines.write("customer_id,need,extra\n8,fun,x\n")
    with duckdb.connect() as session:
        session.execute(
            f"copy (select '9' as customer_id, date '2024-01-02' as declared_at, 'sun' as need) "
            f"to '{folder}/declared_needs_3.parquet'"
        )
    (folder / "declared_needs").mkdir()
    (folder / "declared_needs" / "more.CSV").write_text("\ufeffCustomer ID,Need\n10,sea\n")
    assert [(name, json.loads(text)) for name, _, text, _ in read()] == [
        ("declared_needs/more.CSV", {"customer_id": "10", "need": "sea"}),
        ("declared_needs_1.csv", {"customer_id": "007", "need": "rest"}),
        ("declared_needs_2.csv.gz", {"customer_id": "8", "need": "fun", "extra": "x"}),
        (
            "declared_needs_3.parquet",
            {"customer_id": "9", "declared_at": "2024-01-02", "need": "sun"},
        ),
    ]


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("customer_id,note", "lacks the column need"),
        ("customer_id,need,Need", "has the column need more than once"),
        ("", "is empty"),
    ],
)
def test_a_header_that_will_not_do_is_explained(folder, header, message):
    (folder / "declared_needs.csv").write_text(header + "\n")
    with pytest.raises(landing.LandingError, match=message):
        read()


def test_a_file_of_other_bytes_is_named(folder):
    (folder / "declared_needs.csv").write_bytes("customer_id,need\nü,ß\n".encode("utf-16"))
    with pytest.raises(landing.LandingError, match=r"declared_needs\.csv cannot be read"):
        read()
