"""What is published, and what keeps a run from publishing."""

import json
import re

import duckdb
import pytest
from conftest import Company, contents
from test_published_tables import published_tables

from customer_personas.report import summary
from customer_personas.warehouse import manifests
from customer_personas.warehouse.published_files import PUBLICATIONS

PUBLISHED = set(published_tables())


def test_exactly_the_public_tables_are_published_with_their_rows(demo):
    tables = demo.query_published("select table_schema, table_name from information_schema.tables")
    assert set(tables) == PUBLISHED | {PUBLICATIONS}
    for schema, table in PUBLISHED:
        ((published,),) = demo.query_published(f"select count(*) from {schema}.{table}")
        condition = "where is_as_of" if table == "customer_features" else ""
        ((built,),) = demo.query(f"select count(*) from {schema}.{table} {condition}")
        assert published == built, table
        parquet = demo.published.parent / "parquet" / f"{table}.parquet"
        with duckdb.connect() as connection:
            ((rows,),) = connection.execute(f"select count(*) from '{parquet}'").fetchall()
        assert rows == built, table


def test_the_manifest_and_the_publications_say_what_is_in_force(demo):
    version = demo.published.parent / (demo.published.parent / "current").readlink()
    manifest = manifests.read_manifest(version)
    assert manifests.damages(version) == []
    assert manifest["as_of_date"] == "2026-01-01"
    assert {(each["schema"], each["table"]) for each in manifest["tables"]} == PUBLISHED
    segmentation, *needs = manifest["models"]
    assert segmentation.startswith("segmentation S0001: Fitted by this build: no personas of ")
    published = demo.query_published(
        "select distinct model_id from marts.model_evaluations "
        "where is_published and not starts_with(target, 'recommend_') order by all"
    )
    missing = demo.query_published(
        "select target, reason from marts.model_evaluations "
        "where evaluation_split = 'none' order by target"
    )
    assert needs == [
        *(f"{model}: Fitted by this build: nothing learnt before." for (model,) in published),
        *(f"no model of {target}: {reason}" for target, reason in missing),
    ]
    ((number, day, tables),) = demo.query_published(
        "select version, cast(as_of_date as varchar), table_count from monitoring.publications"
    )
    assert (number, day, tables) == (int(version.name), "2026-01-01", len(PUBLISHED))


def test_the_summary_tells_what_is_published(demo, monkeypatch, capsys):
    monkeypatch.setenv("PERSONA_PUBLISH_DIR", str(demo.published.parent))
    assert summary.main([]) == 0
    said = capsys.readouterr().out
    for name, count in demo.query_published(
        "select persona_name, customer_count from marts.personas"
    ):
        assert re.search(rf"^  {re.escape(name)} +{count:,} customers", said, re.MULTILINE)
    for target, algorithm in demo.query_published(
        "select distinct target, algorithm from marts.model_evaluations "
        "where is_published and evaluation_split = 'test' and metric = 'accuracy' "
        "and target != 'will_purchase'"
    ):
        assert re.search(rf"^  {target} +{algorithm} +accuracy 0\.\d{{3}}", said, re.MULTILINE)
    for model in manifests.publications(demo.published.parent)[-1]["models"].split("; "):
        # targets without a model are told once
        target = re.match("no model of (.+?): ", model)
        told = rf"^  {re.escape(target[1])} +no model[.] " if target else f"^  {re.escape(model)}$"
        assert len(re.findall(told, said, re.MULTILINE)) == 1
        assert "no model of" not in said
    assert re.search(r"^  demo order_lines +[\d,]+ received: ", said, re.MULTILINE)
    assert "\n  As of 2026-01-01\n" in said


def test_columns_are_scalar_and_described(demo):
    columns = demo.query_published(
        "select table_name, column_name, data_type, comment from duckdb_columns() "
        "where not internal"
    )
    for table, column, data_type, comment in columns:
        assert not any(mark in data_type for mark in ("[", "STRUCT", "MAP", "NULL", "HUGEINT"))
        assert comment, f"{table}.{column}"


def test_the_file_has_a_format_that_older_clients_read(demo):
    with duckdb.connect() as connection:
        connection.execute(f"attach '{demo.published}' as published (read_only)")
        ((tags,),) = connection.execute(
            "select cast(tags as varchar) from duckdb_databases() where database_name = 'published'"
        ).fetchall()
    assert "v1.2.0" in tags


def publication(company: Company) -> tuple[str, bytes]:
    return (
        str((company.published.parent / "current").readlink()),
        company.published.read_bytes(),
    )


def run_summary(company: Company) -> dict:
    return json.loads((company.folder / "target" / "run_summary.json").read_text())


def test_a_run_that_publishes_leaves_a_summary_that_says_so(shop):
    found = run_summary(shop)
    assert (found["outcome"], found["reason"], found["exit_code"]) == ("published", "", 0)
    assert found["version"] == int((shop.published.parent / "current").readlink().name)
    assert found["failed"] == []
    assert not {"error", "fail", "skipped"} & set(found["nodes"])
    # each model and seed, whether a table or a view
    assert found["nodes"]["success"] == len(
        shop.query(
            "from information_schema.tables where table_catalog = current_database() "
            "and table_schema != 'build'"
        )
    )
    columns = list(found["records"][0])
    assert [tuple(row.values()) for row in found["records"]] == shop.query(
        f"select {', '.join(columns)} from monitoring.record_reconciliation order by all"
    )
    assert "quarantined" in columns
    assert {each["feature_name"] for each in found["drift"]["features"]} == {
        name
        for (name,) in shop.query(
            "select feature_name from monitoring.feature_drift where is_drifted"
        )
    }
    seconds = [node["seconds"] for node in found["slowest"]]
    assert seconds == sorted(seconds, reverse=True)
    assert 0 < seconds[0] < found["seconds"]
    assert 0.1 < found["peak_memory_gb"] < 10


@pytest.fixture(scope="module")
def company(shop, tmp_path_factory) -> Company:
    return shop.copy_to(tmp_path_factory.mktemp("shop"))


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (["run", "--select", "publish"], "`dbt run` does not build and test everything"),
        pytest.param(
            ["build", "--select", "publish"], "this run leaves out", marks=pytest.mark.slow
        ),
        (["build", "--select", "rfm_segments"], "this run leaves out"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_partial_run_publishes_nothing_and_says_why(company, command, why):
    before = publication(company)
    result = company.dbt(*command)
    assert why in result.stdout
    assert "The published set stays as it was" in result.stdout
    assert publication(company) == before
    summary_of_run = run_summary(company)
    assert (summary_of_run["outcome"], summary_of_run["version"]) == ("refused", None)
    assert why in summary_of_run["reason"]
    assert summary_of_run["exit_code"] == result.returncode


@pytest.mark.slow
def test_not_even_one_test_may_be_left_out(company):
    before = publication(company)
    left_out = ["--exclude", "assert_reconciliation_adds_up"]
    result = company.dbt("build", "--exclude-resource-type", "unit_test", *left_out)
    assert "Not published: this run leaves out 1 models" in result.stdout
    assert publication(company) == before


def test_a_delivery_that_fails_its_tests_changes_nothing_and_is_named(company):
    before, state = publication(company), contents(company.state)
    lines = company.landing / "order_lines.csv"
    lines.write_text(re.sub(r"20\d\d-", "31/12/2024 ", lines.read_text()))
    result = company.dbt("build", "--exclude-resource-type", "unit_test")
    assert result.returncode == 1
    found = re.search("Not published: failed: .*", result.stdout)[0]
    assert found.startswith("Not published: failed: assert_deliveries_are_usable (")
    assert re.search(r"files delivered \d+ records of order_lines, and \d+ were set aside", found)
    assert "unreadable_ordered_at" in found
    assert publication(company) == before
    assert contents(company.state) == state
    summary_of_run = run_summary(company)
    assert (summary_of_run["outcome"], summary_of_run["exit_code"]) == ("failed", 1)
    assert "assert_deliveries_are_usable" in summary_of_run["failed"]
    assert summary_of_run["reason"].startswith(
        "failed: assert_deliveries_are_usable (files delivered"
    )
    assert summary_of_run["nodes"]["skipped"] > 0


def test_a_run_that_crashes_leaves_a_summary_that_says_so(company):
    before = publication(company)
    with duckdb.connect(str(company.warehouse)):
        result = company.dbt("build")
    assert result.returncode == 2
    assert publication(company) == before
    summary_of_run = run_summary(company)
    assert (summary_of_run["outcome"], summary_of_run["exit_code"]) == ("crashed", 2)
    assert "Another process has" in summary_of_run["reason"]
