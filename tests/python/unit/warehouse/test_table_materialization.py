"""The materialization of tables: what takes the old table's place, and when nothing does."""

import os
from pathlib import Path

import dbt_commands
import duckdb
import pytest
import yaml

ROOT = next(folder for folder in Path(__file__).parents if (folder / "dbt_project.yml").exists())

CONTRACT = {
    "name": "contracted",
    "description": "One row per number; it's described.",
    "config": {"contract": {"enforced": True}, "persist_docs": {"relation": True, "columns": True}},
    "columns": [
        {
            "name": "number",
            "data_type": "integer",
            "description": "Of the row.",
            "constraints": [{"type": "not_null"}],
        }
    ],
}
DESCRIBED = {
    "name": "described",
    "config": {"persist_docs": {"relation": True, "columns": True}},
    "columns": [
        {"name": "number", "description": "Of the row."},
        {"name": "absent", "description": "Of a category that nobody buys."},
    ],
}
GROWING = """
def model(dbt, session):
    dbt.config(materialized="table")
    there = "select count(*) from information_schema.tables where table_name = 'growing'"
    if session.sql(there).fetchall()[0][0]:
        return session.sql(f"select number + 1 as number from {dbt.this} union all select 0")
    return session.sql("select 0 as number")
"""


# where it is kept what a table was made from
STARTED = yaml.safe_load((ROOT / "dbt_project.yml").read_text(encoding="utf-8"))["on-run-start"]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("project")
    (folder / "macros").symlink_to(ROOT / "macros" / "engine")
    (folder / "models").mkdir()
    output = {"type": "duckdb", "path": "warehouse.duckdb", "threads": 2}
    for name, content in {
        "dbt_project.yml": {"name": "tables", "profile": "tables", "on-run-start": STARTED},
        "profiles.yml": {"tables": {"target": "dev", "outputs": {"dev": output}}},
        "models/models.yml": {"models": [CONTRACT, DESCRIBED]},
    }.items():
        (folder / name).write_text(yaml.safe_dump(content), encoding="utf-8")
    (folder / "models" / "growing.py").write_text(GROWING, encoding="utf-8")
    write(folder, "contracted", "select 1 as number")
    write(folder, "described", "select 1 as number")
    write(folder, "changing", "select 1 as number", materialized="view")
    assert run(folder).returncode == 0
    return folder


def write(folder: Path, name: str, query: str, materialized: str = "table") -> None:
    config = f"{{{{ config(materialized='{materialized}') }}}} {query}"
    (folder / "models" / f"{name}.sql").write_text(config, encoding="utf-8")


def run(folder: Path, *arguments: str):
    environment = dict(os.environ) | {"DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}
    return dbt_commands.run(["--no-use-colors", "run", *arguments], folder, environment)


def query(folder: Path, sql: str) -> list[tuple]:
    with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_a_table_stays_as_it_was_where_its_model_fails(project):
    assert query(project, "from contracted") == [(1,)]
    for wrong, said in {
        "select cast(null as integer) as number": "NOT NULL constraint failed",
        "select 'a' as number": "contract",
    }.items():
        write(project, "contracted", wrong)
        failed = run(project, "--select", "contracted")
        assert failed.returncode == 1
        assert said in failed.stdout
        assert query(project, "from contracted") == [(1,)]
    comments = "select comment from duckdb_tables() where table_name = 'contracted'"
    assert query(project, comments) == [("One row per number; it's described.",)]


def test_comments_describe_the_columns_that_are_there(project):
    comments = "select column_name, comment from duckdb_columns() where table_name = 'described'"
    assert query(project, comments) == [("number", "Of the row.")]


def test_a_python_model_reads_its_rows_of_the_run_before(project):
    earlier = query(project, "select max(number) from growing")[0][0]
    assert run(project, "--select", "growing").returncode == 0
    assert query(project, "select max(number) from growing") == [(earlier + 1,)]


def test_a_view_becomes_a_table_and_a_view_again(project):
    kind = "select table_type from information_schema.tables where table_name = 'changing'"
    for materialized, known in (("table", "BASE TABLE"), ("view", "VIEW")):
        write(project, "changing", "select 1 as number", materialized)
        assert run(project, "--select", "changing").returncode == 0
        assert query(project, kind) == [(known,)]


def test_nothing_else_is_left_behind(project):
    tables = "select table_name from information_schema.tables where table_schema = 'main'"
    found = query(project, f"{tables} order by all")
    assert found == [("changing",), ("contracted",), ("described",), ("growing",)]
