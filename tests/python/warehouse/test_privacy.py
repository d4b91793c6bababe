"""A company with identifiers in odd places: where they may be, and what an erasure leaves."""

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from conftest import Company

from customer_personas.privacy.requests import main as privacy
from customer_personas.simulate import simulate
from customer_personas.warehouse import backup

KEY, NEXT_KEY = "correct-horse-battery-2026", "another-horse-battery-2027"
ENTITIES = ["customers", "order_lines", "web_events", "feedback", "declared_needs"]
# Records as received are kept here, and nowhere else.
AS_RECEIVED = ("raw", "staging", "quarantine")


def name(i: int) -> str:
    return f"Zebediah Quillfeather{i:03}"


def mail(i: int) -> str:
    return f"zq{i:03}@planted-mail.example"


def phone(i: int) -> str:
    return f"+49 1577 9{i:06}"


PLANTED = [each(i) for i in range(67) for each in (name, mail, phone)][:200]


def plant(rows: dict[str, list[dict]]) -> None:
    """Put the identifiers in their proper columns and in odd ones."""
    people = rows["customers"]
    for i in range(67):
        people[i] |= {"full_name": name(i), "email": mail(i), "phone": phone(i)}
    for i, person in enumerate(people):
        # columns that nobody declared: names, a few addresses among other texts, numbers
        person["assistant"] = name(i % 67)
        person["contact"] = mail(i % 67) if i % 40 == 0 else f"branch {i % 3}"
        person["hotline"] = phone(i % 67)
    people[70] |= {"region": mail(1), "occupation": phone(2)}
    people[71]["gender"] = mail(3)
    for i, line in enumerate(rows["feedback"]):
        line["comment"] = f"I am {name(i % 67)}, call {phone(i % 67)} or write to {mail(i % 67)}"
    for i, event in enumerate(rows["web_events"][:300]):
        event["page_url"] = f"/account?mail={mail(i % 67)}&name={name(i % 67)}"
        event["visitor_id"] = (mail if i % 2 else phone)(i % 67)
    for i, line in enumerate(rows["order_lines"][:200]):
        line["order_id"] = (mail if i % 2 else phone)(i % 67)
        line["product_name"] = f"Gift for {mail(i % 67)}"
    # set aside: from the future
    rows["feedback"][-1] |= {"submitted_at": "2094-01-01 00:00:00"}


@dataclass
class Shop:
    """The company, with the raw files that stay the same all the time."""

    company: Company
    ids: list[str]
    erased: list[str]

    def files(self) -> Iterator[Path]:
        """All files but the raw ones."""
        for path in sorted(self.company.folder.rglob("*")):
            if path.is_file() and "landing" not in path.parts and "truth" not in path.parts:
                yield path


def texts_of(path: Path, schemas: tuple[str, ...] | None = None) -> Iterator[tuple[str, str]]:
    """Every table of a database file as text: those of some schemas, or all."""
    with duckdb.connect(str(path), read_only=True) as connection:
        for schema, table in connection.execute(
            "select table_schema, table_name from information_schema.tables "
            "where table_catalog = current_database() order by all"
        ).fetchall():
            if schemas is None or schema in schemas:
                # views over staging need nothing but the file
                rows = connection.execute(
                    f'select cast(rows as varchar) from {schema}."{table}" as rows'
                ).fetchall()
                yield f"{schema}.{table}", "\n".join(text for (text,) in rows)


def forms(planted: list[str]) -> re.Pattern:
    """How a planted value may be written: as it is, or a phone number by its digits."""
    digits = [re.sub(r"\D", "", each) for each in planted if each.startswith("+")]
    return re.compile("|".join(map(re.escape, [*planted, *digits])), re.IGNORECASE)


def found_in(text: str, pattern: re.Pattern) -> set[str]:
    return set(pattern.findall(text))


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> Shop:
    folder = tmp_path_factory.mktemp("privacy")
    simulate(300, folder / "truth" / "plain", "csv", 5, folder / "truth")
    rows = {}
    for entity in ENTITIES:
        with (folder / "truth" / "plain" / f"{entity}.csv").open(newline="") as lines:
            rows[entity] = list(csv.DictReader(lines))
        for row in rows[entity]:
            if row["customer_id"].strip():
                row["customer_id"] = f"KD{row['customer_id'].strip()}QX"
    plant(rows)
    (folder / "landing").mkdir()
    for entity, each in rows.items():
        with (folder / "landing" / f"{entity}.csv").open("w", newline="") as lines:
            writer = csv.DictWriter(lines, list(each[0]))
            writer.writeheader()
            writer.writerows(each)
    ids = sorted({row["customer_id"] for row in rows["order_lines"]} - {""})
    # a line with a field too many, of somebody who will be erased
    with (folder / "landing" / "order_lines.csv").open("a", newline="") as lines:
        lines.write(f"{mail(4)},1,{ids[0]},2025-01-01,X,Y,Z,1,1,1,EUR,completed,,{phone(5)},9\n")
    company = Company(
        folder,
        {
            "source_systems": {"files": ENTITIES},
            "personas_max": 4,
            "targets": {"will_purchase": "future"},
            "algorithms": ["decision_tree"],
        },
        {"PERSONA_PII_KEY": KEY},
    )
    company.build()
    return Shop(company, ids, ids[:20])


@pytest.fixture
def here(shop, monkeypatch) -> Shop:
    """The shop, with this process looking at its databases."""
    monkeypatch.setenv("PERSONA_WAREHOUSE", str(shop.company.warehouse))
    monkeypatch.setenv("PERSONA_STATE", str(shop.company.state))
    monkeypatch.setenv("PERSONA_PUBLISH_DIR", str(shop.company.published.parent))
    monkeypatch.setenv("PERSONA_PII_KEY", KEY)
    return shop


def test_planted_identifiers_are_nowhere_but_in_records_as_received(shop):
    company, pattern = shop.company, forms(PLANTED)
    received = {
        each.lower()
        for _, text in texts_of(company.warehouse, AS_RECEIVED)
        for each in found_in(text, pattern)
    }
    # they were there to be found
    assert {each.lower() for each in PLANTED} <= received
    with duckdb.connect(str(company.warehouse), read_only=True) as connection:
        schemas = {
            schema
            for (schema,) in connection.execute(
                "select distinct table_schema from information_schema.tables"
            ).fetchall()
        }
    downstream = tuple(schemas - set(AS_RECEIVED))
    assert {"intermediate", "features", "ml", "marts", "monitoring"} <= set(downstream)
    for database, kept in ((company.warehouse, downstream), (company.state, None)):
        for table, text in texts_of(database, kept):
            assert found_in(text, pattern) == set(), table
    for table, text in texts_of(company.published):
        assert found_in(text, pattern) == set(), table
    for path in shop.files():
        if path not in (company.warehouse, company.state) and path.suffix != ".parquet":
            text = path.read_bytes().decode("utf-8", "ignore")
            assert found_in(text, pattern) == set(), path
    for path in company.published.parent.rglob("*.parquet"):
        with duckdb.connect() as connection:
            rows = connection.execute(
                f"select cast(rows as varchar) from '{path}' as rows"
            ).fetchall()
        assert found_in("\n".join(text for (text,) in rows), pattern) == set(), path


def test_what_looks_like_an_identifier_is_hashed_or_withheld(shop):
    query = shop.company.query
    assert query("select count(*) from intermediate.int_customers_judged "
                 "where region = '[withheld]' or occupation = '[withheld]'") == [(1,)]  # fmt: skip
    assert query("select count(*) > 50 from intermediate.int_order_lines_judged "
                 "where length(order_id) = 64") == [(True,)]  # fmt: skip
    assert query("select distinct product_name from intermediate.int_order_lines_judged "
                 "where product_name like 'Gift%'") == [("Gift for [withheld]",)]  # fmt: skip
    left_out = dict(query("select attribute, left_out_because from features.attribute_catalog "
                          "where not is_feature"))  # fmt: skip
    assert {"assistant", "contact", "hotline"} <= set(left_out)


def test_the_key_is_in_no_file(shop):
    for path in shop.files():
        assert KEY.encode() not in path.read_bytes(), path
    for database in (shop.company.warehouse, shop.company.state):
        for table, text in texts_of(database):
            assert KEY not in text, table


def test_further_columns_and_demographics_are_not_published_customer_by_customer(shop):
    columns = {
        column
        for (column,) in shop.company.query_published(
            "select column_name from information_schema.columns where table_schema = 'features' "
            "and table_name = 'customer_features'"
        )
    }
    assert "recency_days" in columns
    assert not columns & {"age_years", "gender", "occupation", "annual_income", "country", "region"}
    assert not [column for column in columns if column.startswith("attribute_")]
    assert shop.company.query_published(
        "select count(*) from features.feature_catalog where not is_published"
    ) > [(5,)]
    incomes = shop.company.query_published(
        "select reason from marts.customer_need_reasons where feature_name = 'annual_income'"
    )
    assert {reason for (reason,) in incomes} <= {"Annual income as given"}


def test_everything_held_is_told(here, tmp_path, capsys):
    path = tmp_path / "answer.json"
    assert privacy(["access", here.ids[1], "--to", str(path)]) == 0
    held = json.loads(path.read_text())
    assert held["sources"] == [{"source_system": "files", "source_customer_id": here.ids[1]}]
    lines = here.company.query(
        "select count(*) from staging.stg_files__order_lines where customer_id = ?", here.ids[1]
    )
    assert len(held["warehouse"]["raw.raw_files__order_lines"]) == lines[0][0]
    assert held["warehouse"]["raw.raw_files__customers"][0]["email"].count("@") == 1
    assert held["state"]["history.persona_changes"] and held["published"]["1"]["marts.customers"]
    assert path.stat().st_mode & 0o077 == 0
    assert privacy(["access", "nobody"]) == 1
    assert "Nothing is held on 'nobody'" in capsys.readouterr().out


def traces(shop: Shop) -> dict[str, set[str]]:
    """Where any of the customers to erase can be read, as a row or in bytes."""
    pattern = re.compile("|".join(shop.erased))
    found = {}
    company = shop.company
    databases = [company.warehouse, company.state]
    databases += company.published.parent.glob("versions/*/*.duckdb")
    for database in filter(Path.exists, databases):
        for table, text in texts_of(database):
            if ids := found_in(text, pattern):
                found[f"{database.relative_to(company.folder)}: {table}"] = ids
    for path in shop.files():
        content = path.read_bytes()
        if ids := {each for each in shop.erased if each.encode() in content}:
            found[str(path.relative_to(company.folder))] = ids
    return found


def test_erased_customers_leave_no_trace_and_never_come_back(here, tmp_path, capsys):
    company = here.company
    before = traces(here)
    assert "warehouse.duckdb" in before and "state.duckdb" in before
    assert any(each.startswith("published/versions/1/") for each in before)
    names = "select persona_id, persona_name from marts.personas order by all"
    personas = company.query_published(names)
    ((members,),) = company.query_published(
        "select count(persona_id) from marts.customers where not list_contains(?, customer_id)",
        here.erased,
    )
    assert backup.main(["save", str(tmp_path / "state.duckdb")]) == 0
    for customer in here.erased:
        assert privacy(["erase", customer]) == 0
    assert "records that are delivered again stay out" in capsys.readouterr().out
    assert privacy(["erase", here.erased[0]]) == 1
    assert traces(here) == {}
    ((left,),) = company.query_published("select count(*) from marts.customers")
    assert left > 200

    # from the same raw files, without the warehouse, under a new key
    company.warehouse.unlink()
    company.environment |= {"PERSONA_PII_KEY": NEXT_KEY, "PERSONA_PII_KEY_PREVIOUS": KEY}
    company.build(quarantine_retention_days=0)
    assert traces(here) == {}
    assert company.query_published(names) == personas
    assert company.query_published("select sum(customer_count) from marts.personas") == [(members,)]
    assert company.query_state("select count(*) from history.erasures") == [(40,)]
    assert company.query(
        "select count(*) > 0, count(record) from quarantine.quarantined_records"
    ) == [(True, 0)]

    # the former key is needed once
    del company.environment["PERSONA_PII_KEY_PREVIOUS"]
    company.build("--select", "+record_reconciliation")
    assert traces(here) == {}
    erased = dict(company.query("select entity, erased from monitoring.record_reconciliation"))
    for entity in ENTITIES:
        text = (company.folder / "landing" / f"{entity}.csv").read_text()
        records = [line for line in text.splitlines() if any(each in line for each in here.erased)]
        assert erased[entity] == len(records), entity

    # a backup from before brings nobody back either
    here_now = {"PERSONA_PII_KEY": NEXT_KEY, "PERSONA_PII_KEY_PREVIOUS": KEY}
    with pytest.MonkeyPatch.context() as patch:
        for variable, value in here_now.items():
            patch.setenv(variable, value)
        assert backup.main(["restore", str(tmp_path / "state.duckdb")]) == 0
    (company.folder / "state.duckdb.replaced").unlink()
    assert company.query_state("select count(*) > 150 from history.persona_changes") == [(True,)]
    assert traces(here) == {}
