"""What tells whether a table would be made from the same as before."""

import hashlib
import json
from types import SimpleNamespace

import duckdb
import pytest
from rendered import render

CONTENTS = {"marts.orders": "1", "marts.people": "2", "marts.large": None}


def node(alias: str, kind: str = "table", inputs: tuple[str, ...] = (), **more) -> SimpleNamespace:
    """What dbt's graph knows of a node."""
    return SimpleNamespace(
        **{"schema": "marts", "database": "memory", "relation_name": f"marts.{alias}"},
        alias=alias,
        config=SimpleNamespace(materialized=kind, meta=SimpleNamespace(**more)),
        depends_on=SimpleNamespace(nodes=list(inputs)),
        source_name="history" if kind == "state" else "loader",
    )


GRAPH = SimpleNamespace(
    nodes={
        "orders": node("orders"),
        "people": node("people"),
        "large": node("large"),
        "view": node("view", "view", ("orders",)),
        "part": node("part", "ephemeral", ("orders", "people")),
        "landed": node("landed", "incremental", told_by=["file"]),
    },
    sources={"state": node("state", "state"), "loader": node("loader", "loader")},
)


@pytest.fixture
def connection():
    with duckdb.connect() as found:
        found.execute(
            "create schema build; create schema marts; set variable build_fingerprint = 'x'"
        )
        found.execute("create table build.built_tables (table_name varchar, content varchar)")
        found.executemany("insert into build.built_tables values (?, ?)", list(CONTENTS.items()))
        found.execute("create view marts.view as select 1 as n")
        found.execute("create table marts.landed as select 'a.csv' as file, 1 as n")
        found.execute("create table marts.state as select 1 as n")
        yield found


def made_from(connection, *inputs: str, code: str = "select 1", language: str = "sql"):
    """What a node with these inputs is made from."""
    model = SimpleNamespace(
        language=language, description="", columns={}, config=SimpleNamespace(contract=None)
    )
    context = {
        "graph": GRAPH,
        "model": model,
        "local_md5": lambda text: hashlib.md5(text.encode()).hexdigest(),
        "tojson": json.dumps,
        "code": code,
        "inputs": inputs,
    }
    expression = render("{{ made_from_what(code, inputs) }}", context)
    return connection.execute(f"select {expression}").fetchone()[0]


@pytest.mark.parametrize(
    ("given", "change"),
    [
        ("orders", "update build.built_tables set content = '3' where table_name = 'marts.orders'"),
        ("view", "update build.built_tables set content = '3' where table_name = 'marts.orders'"),
        ("view", "create or replace view marts.view as select 2 as n"),
        ("part", "update build.built_tables set content = '3' where table_name = 'marts.people'"),
        ("landed", "insert into marts.landed values ('b.csv', 1)"),
        ("landed", "insert into marts.landed values ('a.csv', 2)"),
        ("state", "update marts.state set n = 2"),
        ("state", "delete from marts.state"),
        ("orders", "set variable build_fingerprint = 'y'"),
    ],
)
def test_what_an_input_holds_is_told(connection, given, change):
    before = made_from(connection, "people", given)
    assert before == made_from(connection, "people", given)
    connection.execute(change)
    assert made_from(connection, "people", given) not in (before, None)


def test_the_code_is_told(connection):
    assert made_from(connection, code="select 1") != made_from(connection, code="select 2")


@pytest.mark.parametrize("given", ["large", "loader", "unknown"])
def test_what_cannot_be_told_is_never_the_same(connection, given):
    if given == "unknown":
        connection.execute("delete from build.built_tables where table_name = 'marts.orders'")
        given = "orders"
    assert made_from(connection, "people", given) is None


@pytest.mark.parametrize(
    "code",
    [
        "select now()",
        "select NOW ( )",
        "select current_date",
        "select current_timestamp as built_at",
        "select random() < 0.1",
        "select uuid()",
        "from read_csv('prices.csv')",
        "select * from 'prices.csv'",
        "select * from 's3://bucket/prices.parquet'",
        "select * from parquet_scan('prices.parquet')",
        "select * from glob('*.csv')",
    ],
)
def test_code_that_looks_elsewhere_is_never_the_same(connection, code):
    assert made_from(connection, code=code) is None


@pytest.mark.parametrize(
    "code",
    [
        "select current_build from known",
        "select trim(leading '0' from 'a')",
        "select extract(year from '2024-01-01'::date)",
        "select is_now from current_dates",
    ],
)
def test_words_that_look_like_it_do_not_matter(connection, code):
    assert made_from(connection, code=code) is not None
