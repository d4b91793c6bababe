"""Exports of audiences: what changed and nothing else, whole files, and texts that nobody runs."""

import csv
import json
import os
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from killing import kill_at, moments

from customer_personas.activation.export_files import FORMATS, Change, defuse, write_file
from customer_personas.activation.exporting import ExportError, export
from customer_personas.privacy.customers import Customer
from customer_personas.privacy.holdings import delete_rows, holdings
from customer_personas.warehouse.migrate import migrate_state

COMPANY = "files: customers"
LABEL = 'Winter, "sale"\nneu; 冬季'
FORMULA = '=HYPERLINK("http://x.example";"Ann")'
# What was opened in LibreOffice as well (docs/activation.md): none became a formula.
HOSTILE = [
    *(FORMULA, "=1+1", "+cmd", "-2+3", "@SUM(1)", "\t=1", "\uff1d1\uff0b1", "'=1", " =1+1"),
    *("=cmd|' /C calc'!A0", '"=1+1"', "a,b;c", 'say "x"', "two\nlines", "a\r\nb", "\r=1"),
    *("冬季促销, 新", "\u2028=1", "007", "-12.5", "1-2", LABEL),
]


def environment_of(folder: Path) -> dict[str, str]:
    return {
        "PERSONA_STATE": str(folder / "state.duckdb"),
        "PERSONA_PUBLISH_DIR": str(folder / "published"),
        "PERSONA_WAREHOUSE": str(folder / "warehouse.duckdb"),
    }


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    for name, value in environment_of(tmp_path).items():
        monkeypatch.setenv(name, value)
    migrate_state(tmp_path / "state.duckdb")
    publish(tmp_path, {"a": "Loyal", "b": "New"})
    return tmp_path


def publish(folder: Path, members: dict[str, str], held_out=(), day="2026-01-01") -> None:
    """Publish an audience of customers with their personas."""
    current = folder / "published" / "current"
    current.mkdir(parents=True, exist_ok=True)
    manifest = {"source_systems": COMPANY}
    (current / "manifest.json").write_text(json.dumps(manifest))
    path = current / "customer_personas.duckdb"
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as published:
        published.execute(
            "create schema marts; create table marts.audiences (audience text, label text); "
            "create table marts.customers (customer_id text, persona_name text, rfm_segment text, "
            "next_need text, as_of_date date); create table marts.audience_members "
            "(audience text, customer_id text, priority double, is_reachable boolean, "
            "is_held_out boolean)"
        )
        published.execute("insert into marts.audiences values ('sale', ?)", [LABEL])
        # somebody who is in no audience
        published.execute(
            "insert into marts.customers values ('zz', null, null, null, ?::date)", [day]
        )
        for number, (customer, persona) in enumerate(members.items()):
            published.execute(
                "insert into marts.customers values (?, ?, null, 'tea', ?::date)",
                [customer, persona, day],
            )
            published.execute(
                "insert into marts.audience_members values ('sale', ?, ?, true, ?)",
                [customer, -number, customer in held_out],
            )


def run(folder: Path, form="csv", **options) -> Path | None:
    return export("sale", form, folder / "exports", say=lambda line: None, **options)


def rows(path: Path) -> list[dict]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def changes(path: Path) -> dict[str, str]:
    return {row["external_id"]: row["change"] for row in rows(path)}


def test_the_second_export_is_empty_and_later_ones_say_what_changed(folder):
    first = run(folder)
    assert changes(first) == {"b": "added", "a": "added"}
    assert [row["external_id"] for row in rows(first)] == ["b", "a"], "by priority"
    assert run(folder) is None
    publish(folder, {"a": "Lapsing", "c": "New", "d": "New"}, held_out=["d"])
    second = run(folder)
    assert changes(second) == {"a": "updated", "c": "added", "b": "removed"}
    assert run(folder) is None
    # who enters the holdout is removed, and an audience that is gone removes everybody
    publish(folder, {"a": "Lapsing", "c": "New"}, held_out=["c"])
    assert changes(run(folder)) == {"c": "removed"}
    publish(folder, {})
    assert changes(run(folder)) == {"a": "removed"}
    with duckdb.connect(str(folder / "state.duckdb"), read_only=True) as state:
        assert state.execute(
            "select export_number, added, updated, removed, exported_at is not null "
            "from history.exports order by all"
        ).fetchall() == [
            (1, 2, 0, 0, True),
            (2, 1, 1, 1, True),
            (3, 0, 0, 1, True),
            (4, 0, 0, 1, True),
        ]


def test_each_destination_is_told_by_itself(folder):
    run(folder)
    assert len(rows(run(folder, "hubspot"))) == 2
    publish(folder, {"a": "Loyal"})
    (row,) = rows(run(folder, "salesforce"))
    assert row["Id"] == "a" and row["Audience_sale__c"] == "true"
    (row,) = rows(run(folder, "hubspot"))
    assert (row["Record ID"], row["audience_sale"], row["persona_name"]) == ("b", "false", "")


def test_an_erased_customer_is_removed_by_the_next_export(folder):
    run(folder)
    publish(folder, {"a": "Loyal"})
    with duckdb.connect(str(folder / "state.duckdb")) as state:
        customer = Customer("b", [("files", "b")], [])
        found = list(holdings(state, customer))
        assert [holding.table for holding in found] == ["exported_members"]
        delete_rows(state, found)
        assert not list(holdings(state, customer))
    assert changes(run(folder)) == {"b": "removed"}
    with duckdb.connect(str(folder / "state.duckdb"), read_only=True) as state:
        left = state.execute("select exported_id from history.exported_members").fetchall()
    assert left == [("a",)]


def test_an_older_published_set_is_refused(folder):
    run(folder)
    publish(folder, {"a": "Loyal"}, day="2025-12-01")
    with pytest.raises(ExportError, match="would come back"):
        run(folder)


def test_what_is_not_there_is_named(folder):
    with pytest.raises(ExportError, match="there are sale"):
        export("nobody", "csv", folder / "exports")
    with duckdb.connect(str(folder / "warehouse.duckdb")) as warehouse:
        warehouse.execute(
            "create schema staging; create table staging.int_customer_fields as "
            "select * from (values ('a', 'CRM Id', '0A'), ('a', 'mail', 'a@b.example')) "
            "as fields (customer_id, field_name, field_value)"
        )
    with pytest.raises(ExportError, match="there are CRM Id, mail"):
        run(folder, external_id="nothing")
    with pytest.raises(ExportError, match="holds e-mail addresses"):
        run(folder, external_id="Mail")
    said: list[str] = []
    path = export("sale", "csv", folder / "exports", "crm_id", said.append)
    assert changes(path) == {"0A": "added"}
    assert "1 members have no crm_id and are left out" in said[0]


@pytest.mark.parametrize("form", FORMATS)
def test_spreadsheets_and_readers_of_csv_get_every_text_right(tmp_path, form):
    path = tmp_path / "file"
    written = Change("007", "added", (FORMULA, LABEL, "-12.5"))
    write_file(path, form, "sale", LABEL, [written, Change(FORMULA, "removed")])
    if form == "parquet":
        (first, second) = pq.read_table(path).to_pylist()
        assert (first["persona_name"], second["external_id"]) == (FORMULA, FORMULA)
        return
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf") == (form == "csv")
    table = list(csv.reader(content.decode("utf-8-sig").splitlines(keepends=True)))
    header, first, second = table
    assert len({len(row) for row in table}) == 1
    assert first[0] == "007"
    assert first[-3:] == [f"'{FORMULA}", LABEL, "-12.5"]
    assert second[0] == f"'{FORMULA}"
    if form == "csv":
        assert first[header.index("audience_label")] == LABEL


@pytest.mark.parametrize("form", [form for form in FORMATS if form != "parquet"])
def test_hostile_names_come_back_and_none_is_left_to_run(tmp_path, form):
    path = tmp_path / "file.csv"
    changes = [
        Change(f"{place:03}", "added", (name, name, None)) for place, name in enumerate(HOSTILE)
    ]
    write_file(path, form, "sale", LABEL, changes)
    with path.open(encoding="utf-8-sig", newline="") as lines:
        header, *table = csv.reader(lines)
    assert {len(row) for row in table} == {len(header)}
    assert [row[0] for row in table] == [change.exported_id for change in changes]
    read = [row[-3] for row in table]
    assert read == [row[-2] for row in table]
    # an apostrophe in front is taken off, and what was there is back
    assert [text.removeprefix("'") if text[:1] == "'" else text for text in read] == HOSTILE
    assert not [text for text in read if text.startswith(("=", "+", "@", "\t", "\r", "\uff1d"))]
    assert [text for text in read if text.startswith("-")] == ["-12.5"]


@pytest.mark.parametrize(
    "text", ["=1", "+a", "-a", "@a", "\t=1", "\uff1d1", "'=1", "-1-1", "+", "-"]
)
def test_a_formula_is_a_text_and_can_be_had_back(text):
    assert defuse(text) == f"'{text}"


@pytest.mark.parametrize("text", [None, "", "a=1", "-1", "+1.5", "1-1", "冬季"])
def test_other_texts_stay(text):
    assert defuse(text) == text


def work(folder: str) -> None:
    # the process is one of a server, whose environment is that of the test that came first
    os.environ |= environment_of(Path(folder))
    run(Path(folder))


@pytest.mark.slow
def test_no_kill_loses_a_change_or_leaves_half_a_file(folder):
    exports = folder / "exports" / "sale"

    def files() -> list[Path]:
        return sorted(exports.glob("sale*")) if exports.exists() else []

    chosen = moments(30, work, str(folder))
    known = dict.fromkeys(["a", "b"], "added")
    for number, moment in enumerate(chosen):
        members = {"a": f"Persona {number}"} | ({"c": "New"} if number % 2 else {})
        publish(folder, members)
        before = len(files())
        kill_at(moment, work, str(folder))
        between = len(files())
        run(folder)
        assert run(folder) is None
        # one more file, whenever it came, which brings a reader of all files up to date
        assert len(files()) == before + 1 >= between
        for path in files()[before:]:
            known |= changes(path)
        there = {customer for customer, change in known.items() if change != "removed"}
        assert there == set(members)
        assert f"Persona {number}" in [row["persona_name"] for row in rows(files()[-1])]
    assert not list(exports.glob(".*"))
