"""What a landing file may take at most; each limit is a var, and its message names it."""

import gzip
import io
import itertools
import sys
from dataclasses import asdict
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from customer_personas.intake import landing
from customer_personas.intake.errors import IntakeError
from customer_personas.intake.limits import Limits, read_limits

PROJECT = Path(__file__).parents[4]


@pytest.fixture
def read(tmp_path, monkeypatch):
    """A function that reads one file of declared needs within limits."""
    monkeypatch.setenv("PERSONA_LANDING_DIR", str(tmp_path))

    def read_within(name: str, content: bytes, **limits: int) -> list[tuple]:
        (tmp_path / name).write_bytes(content)
        with duckdb.connect() as session:
            found = landing.read_entity(session, "declared_needs", limits=Limits(**limits))
            return found.project("customer_id, need, read_error").fetchall()

    return read_within


RECORDS = b"customer_id,need\n" + b"".join(b"%d,rest\n" % n for n in range(20_000))


def test_the_vars_are_those_of_the_project():
    variables = yaml.safe_load((PROJECT / "dbt_project.yml").read_text())["vars"]
    assert asdict(Limits()) == asdict(read_limits(PROJECT))
    assert asdict(Limits()).items() <= variables.items()


def test_a_compressed_file_may_hold_so_much_and_no_more(read):
    packed = gzip.compress(RECORDS[:100_000]) + gzip.compress(RECORDS[100_000:])
    assert len(read("declared_needs.csv.gz", packed, max_unpacked_bytes=len(RECORDS))) == 20_000
    with pytest.raises(IntakeError, match=r"declared_needs.csv.gz holds more.*max_unpacked_bytes"):
        read("declared_needs.csv.gz", packed, max_unpacked_bytes=len(RECORDS) - 1)


def test_a_parquet_file_counts_unpacked(read):
    file = io.BytesIO()
    texts = pa.table({"customer_id": [str(n) for n in range(9_000)], "need": ["rest"] * 9_000})
    pq.write_table(texts, file, compression="zstd", use_dictionary=False)
    assert len(read("declared_needs.parquet", file.getvalue(), max_unpacked_bytes=200_000)) == 9_000
    with pytest.raises(IntakeError, match="max_unpacked_bytes"):
        read("declared_needs.parquet", file.getvalue(), max_unpacked_bytes=50_000)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("declared_needs.csv", b"customer_id,need,a,b\n1,rest,2,3\n"),
        ("declared_needs.jsonl", b'{"customer_id": 1, "need": "rest"}\n{"a": 2, "b": 3}\n'),
    ],
    ids=["csv", "json"],
)
def test_a_file_may_have_so_many_columns(read, name, content):
    assert read(name, content, max_columns=4)[0][:2] == ("1", "rest")
    with pytest.raises(IntakeError, match=rf"{name} has 4 columns.*max_columns"):
        read(name, content, max_columns=3)


LONG = b"x" * 5_000


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("declared_needs.csv", b'customer_id,need\n1,rest\n2,"a""b\n3,' + LONG + b"\n"),
        ("declared_needs.jsonl", b'{"customer_id": 1}\n\n{"need": "' + LONG + b'"}\n'),
        (
            "declared_needs.txt",
            "customer_id;need\r1;Größe für Jürgen\r2;rest\r3;".encode() + LONG + b"\r",
        ),
    ],
    ids=["csv", "json", "CR"],
)
def test_a_line_may_be_so_long(read, name, content, encoding):
    content = content.decode().encode(encoding)
    assert len(read(name, content, max_line_bytes=20_000)) >= 2
    with pytest.raises(IntakeError, match=rf"{name}, line [34] .*max_line_bytes"):
        read(name, content, max_line_bytes=4_000)


def test_a_line_without_end_is_not_gathered(read):
    with pytest.raises(IntakeError, match=r"line 2 .*max_line_bytes"):
        read("declared_needs.csv", b"customer_id,need\n" + b"\xe9" * 30_000_000)


def test_a_long_field_of_a_line_that_only_python_can_read(read):
    """One stray quote, and the file is read line by line: its long fields are no faults."""
    comment = b"y" * 300_000
    rows = read("declared_needs.csv", b'customer_id,need\n1,a"b"c"\n"2,rest\n3,' + comment + b"\n")
    assert ("3", comment.decode(), None) in rows and len(rows) == 3


def test_a_long_line_that_cannot_be_read_is_kept_whole(tmp_path, monkeypatch):
    monkeypatch.setenv("PERSONA_LANDING_DIR", str(tmp_path))
    line = "2," + "z" * 50_000 + ",more"
    (tmp_path / "declared_needs.csv").write_text(f"customer_id,need\n1,rest\n{line}\n")
    with duckdb.connect() as session:
        found = landing.read_entity(session, "declared_needs").project("unreadable_line")
        assert (line,) in found.fetchall()


def test_columns_cost_alike_however_many_there_are(read):
    """Three records with 300 columns once took 6 s, and with 1,000 more than 240 s."""

    def work(columns: int) -> int:
        """Count the calls of Python: the same on each machine, however busy it is."""
        names = ",".join(f"column_{number}" for number in range(columns))
        values = ",".join(f"v{number}" for number in range(columns))
        content = f"customer_id,need,{names}\n" + f"1,rest,{values}\n" * 3
        calls = itertools.count()
        sys.setprofile(lambda *_: next(calls))
        try:
            assert len(read("declared_needs.csv", content.encode())) == 3
        finally:
            sys.setprofile(None)
        return next(calls)

    work(10)
    few, more, many = work(20), work(60), work(100)
    # forty columns more cost what forty others did
    assert many - more < 1.1 * (more - few)
