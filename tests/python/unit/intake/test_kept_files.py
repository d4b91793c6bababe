"""Files are read once, and whatever the deliveries, the records are those of reading them all.

``make fuzz`` tries 200 sequences of deliveries; PERSONA_FUZZ_EXAMPLES sets another number.
"""

import os
import tempfile
import zipfile
from pathlib import Path

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from workbooks import rows, write_workbook

from customer_personas.intake import landing
from customer_personas.intake.expressions import KEY_NAMES, KEYED_HASH_SQL
from customer_personas.intake.kept_files import find_kept
from customer_personas.sql import literal


@pytest.fixture
def session():
    with duckdb.connect() as connection:
        yield connection


class Build:
    """What the dbt model does in each build: the first makes the table, others add to it."""

    def __init__(self, session, folder: Path, monkeypatch):
        monkeypatch.setenv("PERSONA_LANDING_DIR", str(folder))
        self.session, self.folder = session, folder
        session.execute("create table erasures (customer_hash varchar)")

    def read(self, table: str, kept: str | None = None) -> int:
        """Read into a table, on a connection of its own as in dbt; give the number of records."""
        with self.session.cursor() as own:
            for name in KEY_NAMES:
                for half in ("outer", "inner"):
                    own.execute(f"set variable {name}_{half} = 'key of {half}'::blob")
            erasures = own.table("erasures")
            records = landing.read_entity(own, "declared_needs", erasures, kept)
            own.execute(f"create or replace table {table} as {records.sql_query()}")
            return own.execute(f"select count(*) from {table}").fetchall()[0][0]

    def run(self) -> int:
        """Build; give the number of records that were read."""
        if ("kept",) not in self.session.execute("show tables").fetchall():
            return self.read("kept")
        count = self.read("new_records", "kept")
        self.session.execute("insert into kept by name from new_records")
        return count

    def erase(self, customer_id: str) -> None:
        """Erase a customer as the privacy command does: a tombstone, and rows deleted."""
        hashed = KEYED_HASH_SQL.format(key=KEY_NAMES[0], text=literal(f"files:{customer_id}"))
        for half in ("outer", "inner"):
            value = f"'key of {half}'::blob"
            hashed = hashed.replace(f"getvariable('{KEY_NAMES[0]}_{half}')", value)
        self.session.execute(f"insert into erasures select {hashed}")
        self.session.execute("delete from kept where customer_id = ?", [customer_id])

    def difference(self) -> list[tuple]:
        """Give the records in which the table and a reading of all files differ."""
        self.read("whole")
        described = self.session.execute("describe whole").fetchall()
        columns = [name for name, *_ in described if name != "received"]
        # as text: fields in another order, or more of them, are a difference too
        fields = ", ".join([*columns, "to_json(received)"])
        return self.session.execute(
            f"""
            (select 'kept', {fields} from kept except all select 'kept', {fields} from whole)
            union all
            (select 'all', {fields} from whole except all select 'all', {fields} from kept)
            """
        ).fetchall()


def test_a_file_is_read_once(session, tmp_path, monkeypatch):
    build = Build(session, tmp_path, monkeypatch)
    (tmp_path / "declared_needs_1.csv").write_text("customer_id,need\n1,rest\n2,fun\n")
    assert build.run() == 2
    assert build.run() == 0
    (tmp_path / "declared_needs_2.csv").write_text("customer_id,need\n3,sun\n")
    assert build.run() == 1
    assert build.difference() == []


def test_a_column_that_is_gone_is_no_field_of_the_others(session, tmp_path, monkeypatch):
    build = Build(session, tmp_path, monkeypatch)
    (tmp_path / "declared_needs_1.csv").write_text("customer_id,need\n1,rest\n")
    (tmp_path / "declared_needs_2.csv").write_text("customer_id,need,note\n2,fun,soon\n")
    build.run()
    (tmp_path / "declared_needs_2.csv").unlink()
    build.run()
    assert session.sql("select to_json(received) from kept").fetchall() == [
        ('{"customer_id":"1","need":"rest"}',)
    ]
    assert build.run() == 0


@pytest.mark.parametrize(
    ("change", "read"),
    [
        (lambda path: path.write_text("customer_id,need\n1,work\n"), 1),
        (lambda path: path.unlink(), 0),
        (lambda path: path.rename(path.with_name("declared_needs_9.csv")), 2),
        # a new column is one of all records: as received they have the same fields
        (lambda path: path.write_text("customer_id,need,why\n1,work,no idea\n"), 3),
        (
            lambda path: path.with_name("mapping.yml").write_text(
                "settings:\n  missing_values: [fun]\n"
            ),
            4,
        ),
    ],
    ids=["changed", "gone", "renamed", "another column", "mapping"],
)
def test_what_has_changed_is_read_again(session, tmp_path, monkeypatch, change, read):
    build = Build(session, tmp_path, monkeypatch)
    (tmp_path / "declared_needs_1.csv").write_text("customer_id,need\n1,rest\n2,fun\n")
    (tmp_path / "declared_needs_2.csv").write_text("customer_id,need\n3,sun\n4,fun\n")
    build.run()
    change(tmp_path / "declared_needs_1.csv")
    assert build.run() == read
    assert build.difference() == []


def test_what_a_second_file_holds_is_part_of_the_files_that_look_into_it(
    session, tmp_path, monkeypatch
):
    build = Build(session, tmp_path, monkeypatch)
    deliver(build, ("lookup", {"rest": "2024-01-01"}))
    (tmp_path / "declared_needs_1.csv").write_text("customer_id,need\n1,rest\n2,fun\n")
    assert build.run() == 2
    assert build.run() == 0
    deliver(build, ("lookup", {"rest": "2024-01-02", "fun": "2024-01-03"}))
    assert build.run() == 2
    assert build.difference() == []


@pytest.mark.parametrize("kind", ["archive", "workbook"])
def test_what_a_file_holds_is_read_again_with_it_and_erased(session, tmp_path, monkeypatch, kind):
    def deliver_all(**tables: list[list[str]]) -> None:
        if kind == "workbook":
            sheets = {name: rows([["customer_id", "need"], *each]) for name, each in tables.items()}
            write_workbook(tmp_path / "declared_needs.xlsx", sheets)
            return
        with zipfile.ZipFile(tmp_path / "declared_needs.zip", "w") as archive:
            for name, each in tables.items():
                lines = "".join(f"{','.join(row)}\n" for row in [["customer_id", "need"], *each])
                archive.writestr(f"{name}.csv", lines)

    build = Build(session, tmp_path, monkeypatch)
    deliver_all(one=[["a", "rest"], ["b", "fun"]], two=[["c", "sun"]])
    assert [build.run(), build.run()] == [3, 0]
    deliver_all(one=[["a", "rest"], ["b", "fun"]], three=[["c", "sun"], ["d", "sea"]])
    assert build.run() == 4
    build.erase("d")
    build.run()
    assert build.difference() == []
    assert session.execute("select count(*) from kept where customer_id = 'd'").fetchall() == [(0,)]


def test_another_version_of_the_intake_reads_all_again(session, tmp_path, monkeypatch):
    build = Build(session, tmp_path, monkeypatch)
    (tmp_path / "declared_needs.csv").write_text("customer_id,need\n1,rest\n2,fun\n")
    build.run()
    monkeypatch.setattr("customer_personas.intake.kept_files.fingerprint_code", lambda _: "other")
    assert build.run() == 2
    assert build.difference() == []


def test_a_table_of_a_version_without_fingerprints_keeps_nothing(session):
    session.execute("create table kept (source_file varchar, record_number bigint)")
    assert find_kept(session, "kept", None).fingerprints == {}


def test_a_column_that_the_mapping_names_is_looked_for_where_it_may_be_gone(
    session, tmp_path, monkeypatch
):
    build = Build(session, tmp_path, monkeypatch)
    (tmp_path / "mapping.yml").write_text(
        "entities:\n  declared_needs:\n    columns:\n      need: wish\n"
    )
    (tmp_path / "declared_needs_1.csv").write_text("customer_id,wish\n1,rest\n")
    (tmp_path / "declared_needs_2.csv").write_text("customer_id,need\n2,rest\n")
    build.run()
    (tmp_path / "declared_needs_1.csv").unlink()
    with pytest.raises(landing.IntakeError, match="the column wish, which no file has"):
        build.run()


NAMES = st.sampled_from(["1", "2", "3", "2026/01"])
LINES = st.lists(
    st.tuples(st.sampled_from("abcd"), st.sampled_from(["rest", "fun", "", "n/a", 'x"y'])),
    max_size=4,
)
FILES = st.builds(
    lambda name, lines, extra, kind: ("file", name, lines, extra, kind),
    NAMES,
    LINES,
    st.sampled_from(["", "since", "why"]),
    st.sampled_from(["good", "good", "broken", "semicolons"]),
)
STEPS = st.one_of(
    FILES,
    FILES,
    FILES,
    st.builds(lambda name: ("gone", name), NAMES),
    st.builds(lambda who: ("erased", who), st.sampled_from("abcd")),
    st.just(("nothing",)),
    st.just(("mapping",)),
    st.builds(
        lambda dates: ("lookup", dates),
        st.dictionaries(
            st.sampled_from(["rest", "fun", "sun"]), st.sampled_from(["2024-01-01", "2024-02-01"])
        ),
    ),
)


def deliver(build: Build, step: tuple) -> None:
    """Do to the landing folder what a step says."""
    match step:
        case ("file", name, lines, extra, kind):
            mark = ";" if kind == "semicolons" else ","
            columns = ["customer_id", "need", *([extra] if extra else [])]
            rows = [[who, need, *(["2024-01-02"] if extra else [])] for who, need in lines]
            text = "\n".join(mark.join(row) for row in [columns, *rows])
            broken = "\na,b,c,d,e" if kind == "broken" else ""
            path = build.folder / "declared_needs" / f"{name}.csv"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text + broken + "\n")
        case ("gone", name):
            (build.folder / "declared_needs" / f"{name}.csv").unlink(missing_ok=True)
        case ("erased", who):
            build.erase(who)
        case ("lookup", dates):
            lines = "".join(f"{need},{date}\n" for need, date in dates.items())
            (build.folder / "dates.csv").write_text(f"need,declared_at\n{lines}")
            (build.folder / "mapping.yml").write_text(
                "entities:\n  declared_needs:\n    lookup: {file: dates.csv, key: need}\n"
            )
        case ("mapping",):
            path = build.folder / "mapping.yml"
            if path.exists():
                path.unlink()
            else:
                path.write_text("settings:\n  missing_values: [rest]\n")


@settings(max_examples=min(200, int(os.environ.get("PERSONA_FUZZ_EXAMPLES", "10"))), deadline=None)
@given(days=st.lists(st.lists(STEPS, max_size=3), min_size=2, max_size=6))
# a line that cannot be read and names two customers, erased one after the other
@example(days=[[("erased", "a"), ("file", "1", [], "", "broken")], [("erased", "b")]])
def test_any_deliveries_end_in_the_records_of_reading_all_files(days):
    with (
        tempfile.TemporaryDirectory() as folder,
        pytest.MonkeyPatch.context() as monkeypatch,
        duckdb.connect() as session,
    ):
        build = Build(session, Path(folder), monkeypatch)
        deliver(build, ("file", "0", [("a", "rest"), ("b", "fun")], "", "good"))
        build.run()
        for steps in days:
            for step in steps:
                deliver(build, step)
            build.run()
            assert build.difference() == []
