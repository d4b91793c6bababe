"""A company with identifiers in odd places: where they may be, and what an erasure leaves."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from conftest import Company
from disguises import planted_in
from planted import (
    DAYS,
    DISGUISED_IN,
    ENTITIES,
    FILE_MAIL,
    KEY,
    LITERAL_MAIL,
    LITERAL_PHONE,
    LOOKED_UP,
    PLANTED,
    customer_ids,
    customers_in,
    disguised,
    found_in,
)

from customer_personas.features.steps import take_steps, unpublished_numbers
from customer_personas.privacy.requests import main as privacy
from customer_personas.warehouse import backup

NEXT_KEY = "another-horse-battery-2027"
# Records as received are kept here, and nowhere else.
AS_RECEIVED = ("raw", "staging", "quarantine")


def files_of(company: Company) -> Iterator[Path]:
    """All files of a company but its raw ones and the code that it links."""
    for path in sorted(company.folder.rglob("*")):
        if path.is_file() and not {"landing", "truth"} & set(path.parts) and not path.is_symlink():
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


def test_planted_identifiers_are_nowhere_but_in_records_as_received(shop):
    company = shop
    received = {
        each for _, text in texts_of(company.warehouse, AS_RECEIVED) for each in found_in(text)
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
            assert found_in(text) == set(), table
    for table, text in texts_of(company.published):
        assert found_in(text) == set(), table
    for path in files_of(shop):
        if path not in (company.warehouse, company.state) and path.suffix != ".parquet":
            text = path.read_bytes().decode("utf-8", "ignore")
            assert found_in(text) == set(), path
    for path in company.published.parent.rglob("*.parquet"):
        with duckdb.connect() as connection:
            rows = connection.execute(
                f"select cast(rows as varchar) from '{path}' as rows"
            ).fetchall()
        assert found_in("\n".join(text for (text,) in rows)) == set(), path


def disguised_identifiers() -> set[str]:
    """All that is planted in disguise: in columns, a file's name, the mapping, a second file."""
    return {
        each
        for entity, columns in DISGUISED_IN.items()
        for column in columns
        for each in disguised(entity, column)
    } | {FILE_MAIL, LITERAL_MAIL, LITERAL_PHONE, LOOKED_UP}


def test_disguised_identifiers_are_not_published_wherever_they_stood(shop):
    """700 of 37 forms: in 21 columns, the name of a file, the mapping, a second file."""
    identifiers = disguised_identifiers()
    assert len(identifiers) > 700
    delivered = [path.read_text() for path in shop.landing.iterdir() if path.is_file()]
    names = [path.name for path in shop.landing.iterdir()]
    assert planted_in(delivered + names, identifiers) == identifiers
    assert planted_in(published_words(shop), identifiers) == set()


def said(company: Company, *arguments: str) -> str:
    """Run a command of the project on a company, and give what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "customer_personas", *arguments],
        cwd=company.folder,
        env=os.environ | company.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout + done.stderr


def test_reports_exports_and_what_commands_print_name_nobody(shop, tmp_path):
    company = shop.copy_to(tmp_path / "shop")
    told = {
        command: said(company, *command.split())
        for command in ("summary", "audience next_category", "versions")
    }
    assert all(len(text) > 50 for text in told.values()), told
    told["report"] = said(company, "report", "--out", "report.html")
    told["report.html"] = (company.folder / "report.html").read_text()
    assert len(told["report.html"]) > 50_000
    for (audience,) in company.query_published("select audience from marts.audiences"):
        for form in ("csv", "hubspot", "salesforce", "klaviyo"):
            told[f"{audience} {form}"] = said(company, "export", audience, "--format", form)
    exported = [path for path in (company.folder / "exports").rglob("*") if path.is_file()]
    assert len(exported) >= 4
    told |= {path.name: path.read_text() for path in exported}
    for name, text in told.items():
        assert found_in(text) == set(), name
        assert planted_in([text], disguised_identifiers()) == set(), name


def test_check_names_what_its_reader_wrote_and_examples_of_what_cannot_be_read(shop, tmp_path):
    """It is for whoever holds the files: nothing else of them is shown."""
    company = shop.copy_to(tmp_path / "shop")
    lines = said(company, "check").splitlines()
    assert len(lines) > 200
    shown = [
        line for line in lines if found_in(line) or planted_in([line], disguised_identifiers())
    ]
    # a file by its name, an expression of the mapping, a value without a lookup, one set aside
    is_meant = re.compile(r"^feedback_|^  \w+ from |values of \w+ are not in |, record [\d,]+: ")
    assert shown and all(is_meant.search(line) for line in shown), shown


def published_words(company: Company) -> set[str]:
    """All that somebody may read in what is published: texts, comments, names, manifests."""
    folder = company.published.parent
    files = [path for path in folder.rglob("*") if path.is_file()]
    words = {str(path.relative_to(folder)) for path in files}
    words |= {path.read_text() for path in files if path.suffix in (".json", ".jsonl")}
    with duckdb.connect(str(company.published), read_only=True) as connection:
        relations = [f'{schema}."{table}"' for schema, table in connection.execute(
            "select schema_name, table_name from duckdb_tables()").fetchall()]  # fmt: skip
        relations += [f"'{path}'" for path in files if path.suffix == ".parquet"]
        words |= {comment or "" for (comment,) in connection.execute(
            "select comment from duckdb_tables() union all select comment from duckdb_columns()"
        ).fetchall()}  # fmt: skip
        for relation in relations:
            for column, sql_type, *_ in connection.execute(f"describe from {relation}").fetchall():
                words.add(column)
                if sql_type == "VARCHAR":
                    texts = connection.execute(f'select distinct "{column}" from {relation}')
                    words |= {text or "" for (text,) in texts.fetchall()}
    return words


def test_what_looks_like_an_identifier_is_hashed_or_withheld(shop):
    query = shop.query
    assert query("select count(*) from intermediate.int_customers_judged "
                 "where region = '[withheld]' or occupation = '[withheld]'") > [(60,)]  # fmt: skip
    assert query("select count(*) > 50 from intermediate.int_order_lines_judged "
                 "where length(order_id) = 64") == [(True,)]  # fmt: skip
    assert query("select distinct product_name from intermediate.int_order_lines_judged "
                 "where product_name like 'Gift%'") == [("Gift for [withheld]",)]  # fmt: skip
    left_out = dict(query("select attribute, left_out_because from features.attribute_catalog "
                          "where not is_feature"))  # fmt: skip
    assert {"assistant", "contact", "hotline"} <= set(left_out)


def test_the_key_is_in_no_file(shop):
    for path in files_of(shop):
        assert KEY.encode() not in path.read_bytes(), path
    for database in (shop.warehouse, shop.state):
        for table, text in texts_of(database):
            assert KEY not in text, table


def test_further_columns_and_demographics_are_not_published_customer_by_customer(shop):
    columns = {
        column
        for (column,) in shop.query_published(
            "select column_name from information_schema.columns where table_schema = 'features' "
            "and table_name = 'customer_features'"
        )
    }
    assert "recency_days" in columns
    assert not columns & {"age_years", "gender", "occupation", "annual_income", "country", "region"}
    assert not [column for column in columns if column.startswith("attribute_")]
    assert shop.query_published(
        "select count(*) from features.feature_catalog where not is_published"
    ) > [(5,)]
    incomes = shop.query_published(
        "select reason from marts.customer_need_reasons where feature_name = 'annual_income'"
    )
    assert {reason for (reason,) in incomes} <= {"Annual income as given"}


def test_personas_and_confidence_rest_on_steps_of_what_is_not_published(shop):
    with duckdb.connect(str(shop.warehouse), read_only=True) as connection:
        ((used, scoring),) = connection.execute(
            "select features, scoring_sql from ml.segmentation_champion"
        ).fetchall()
        catalog = connection.table("features.feature_catalog")
        features = connection.table("features.customer_features").filter("is_as_of")
        told = take_steps(features, unpublished_numbers(catalog)).query("features", scoring)
        figures = "customer_id, round({}, 9) as figure"
        own = told.project(figures.format("confidence")).order("all").fetchall()
        distances = told.project(figures.format("distance")).fetchall()
        exact = features.query("features", scoring).project(figures.format("confidence"))
        exact = exact.order("all").fetchall()
    assert {"age_years", "annual_income"} <= set(used)
    assert own != exact
    assert own == shop.query_published(
        "select customer_id, round(persona_confidence, 9) from marts.customers "
        "where persona_id is not null order by all"
    )
    nearest = shop.query_published(
        "select customer_id, round(distance, 9) from marts.persona_typical_members"
    )
    assert nearest and set(nearest) <= set(distances)


@pytest.fixture
def here(shop, tmp_path, monkeypatch) -> Company:
    """The shop, to be changed, with this process looking at its databases."""
    company = shop.copy_to(tmp_path / "shop")
    monkeypatch.setenv("PERSONA_WAREHOUSE", str(company.warehouse))
    monkeypatch.setenv("PERSONA_STATE", str(company.state))
    monkeypatch.setenv("PERSONA_PUBLISH_DIR", str(company.published.parent))
    monkeypatch.setenv("PERSONA_PII_KEY", KEY)
    return company


def test_everything_held_is_told(here, tmp_path, capsys):
    path = tmp_path / "answer.json"
    customer = customer_ids(here.landing)[1]
    assert privacy(["access", customer, "--to", str(path)]) == 0
    held = json.loads(path.read_text())
    assert held["sources"] == [{"source_system": "files", "source_customer_id": customer}]
    lines = here.query(
        "select count(*) from staging.stg_files__order_lines where customer_id = ?", customer
    )
    assert len(held["warehouse"]["raw.raw_files__order_lines"]) == lines[0][0]
    assert held["warehouse"]["raw.raw_files__customers"][0]["email"].count("@") == 1
    assert held["state"]["history.persona_changes"]
    assert held["state"]["history.published_predictions"]
    assert all(held["published"][version]["marts.customers"] for version in ("1", "2"))
    assert path.stat().st_mode & 0o077 == 0
    assert privacy(["access", "nobody"]) == 1
    assert "Nothing is held on 'nobody'" in capsys.readouterr().out


def traces(company: Company, customers: list[str]) -> dict[str, set[str]]:
    """Where any of the customers can be read, as a row or in bytes."""
    found = {}
    databases = [company.warehouse, company.state]
    databases += company.published.parent.glob("versions/*/*.duckdb")
    for database in filter(Path.exists, databases):
        for table, text in texts_of(database):
            found[f"{database.relative_to(company.folder)}: {table}"] = customers_in(text)
    for path in files_of(company):
        text = path.read_bytes().decode("latin-1")
        found[str(path.relative_to(company.folder))] = customers_in(text)
    return {place: ids & set(customers) for place, ids in found.items() if ids & set(customers)}


def counts_of_erased_records(company: Company) -> dict[str, int]:
    return dict(company.query("select entity, erased from monitoring.record_reconciliation"))


def delivered_records(company: Company, customers: list[str]) -> dict[str, int]:
    found = {}
    for entity in ENTITIES:
        lines = (company.landing / f"{entity}.csv").read_text().splitlines()
        found[entity] = sum(bool(customers_in(line) & set(customers)) for line in lines)
    return found


def assert_erased(company: Company, customers: list[str]) -> None:
    """Their records are counted as erased, and visits without a name by their visitor ids."""
    erased, delivered = counts_of_erased_records(company), delivered_records(company, customers)
    assert erased.pop("web_events") >= delivered.pop("web_events")
    assert erased == delivered


@pytest.mark.slow  # every table by itself: unit/privacy/test_erasure.py
def test_erased_customers_leave_no_trace_and_stay_out(here, capsys):
    company, erased = here, customer_ids(here.landing)[:4]
    before = traces(company, erased)
    for database in (company.warehouse, company.state):
        assert str(database.relative_to(company.folder)) in before
    assert any(each.startswith("published/versions/1/") for each in before)
    for customer in erased:
        assert privacy(["erase", customer]) == 0
    assert "records that are delivered again stay out" in capsys.readouterr().out
    assert privacy(["erase", erased[0]]) == 1
    assert traces(company, erased) == {}
    ((left,),) = company.query_published("select count(*) from marts.customers")
    assert left > 200
    company.run("+record_reconciliation")
    assert traces(company, erased) == {}
    assert_erased(company, erased)


@pytest.mark.slow
def test_no_rebuild_key_or_backup_brings_the_erased_back(here, tmp_path):
    company, erased = here, customer_ids(here.landing)[:4]
    names = "select persona_id, persona_name from marts.personas order by all"
    personas = company.query_published(names)
    ((members,),) = company.query_published(
        "select count(persona_id) from marts.customers where not list_contains(?, customer_id)",
        erased,
    )
    assert backup.main(["save", str(tmp_path / "state.duckdb")]) == 0
    for customer in erased:
        assert privacy(["erase", customer]) == 0

    # from the same raw files, without the warehouse, under a new key
    company.warehouse.unlink()
    company.environment |= {"PERSONA_PII_KEY": NEXT_KEY, "PERSONA_PII_KEY_PREVIOUS": KEY}
    company.build()
    assert traces(company, erased) == {}
    assert company.query_published(names) == personas
    assert company.query_published("select sum(customer_count) from marts.personas") == [(members,)]
    # each under both keys, and the visitors that they were
    ((tombstones,),) = company.query_state("select count(*) from history.erasures")
    assert tombstones >= 8
    # what the first delivery brought has been kept for as long as it may
    assert company.query(
        "select count(*) > 0, count(record) from quarantine.quarantined_records "
        f"where first_seen_on = date '{DAYS[0]}'"
    ) == [(True, 0)]

    # the former key is needed once
    del company.environment["PERSONA_PII_KEY_PREVIOUS"]
    company.run("+record_reconciliation")
    assert traces(company, erased) == {}
    assert_erased(company, erased)

    # a backup from before brings nobody back either
    here_now = {"PERSONA_PII_KEY": NEXT_KEY, "PERSONA_PII_KEY_PREVIOUS": KEY}
    with pytest.MonkeyPatch.context() as patch:
        for variable, value in here_now.items():
            patch.setenv(variable, value)
        assert backup.main(["restore", str(tmp_path / "state.duckdb")]) == 0
    company.state.with_name("customer_personas.duckdb.replaced").unlink()
    assert company.query_state("select count(*) > 150 from history.persona_changes") == [(True,)]
    assert traces(company, erased) == {}
