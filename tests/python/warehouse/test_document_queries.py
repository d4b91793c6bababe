"""Queries that the documents show, and those in `analyses`, run on the demo company."""

import re

import duckdb
import pytest
from conftest import ROOT
from documents import DOCUMENTS, blocks_of_document

# What their queries are asked of is not here.
OTHER_ENGINES = {"docs/sources/google_analytics.md"}
SCHEMAS = "marts|monitoring|features|ml|intermediate|quarantine|reference"


def queries_of(document: str) -> list[str]:
    """SQL blocks; those that name a file, or have dbt's braces, are tried elsewhere."""
    return [
        block.text
        for block in blocks_of_document(document)
        if block.language == "sql"
        and block.file is None
        and "{{" not in block.text
        and document not in OTHER_ENGINES
    ]


QUERIES = [
    pytest.param(query, id=f"{document}-{number}")
    for document in DOCUMENTS
    for number, query in enumerate(queries_of(document))
]


@pytest.mark.parametrize("query", QUERIES)
def test_queries_in_documents_run(demo, query):
    # what is not published is looked up in the warehouse, as the text beside the query says
    published = not re.search(
        r"\b(ml|intermediate)\.|features\.(?!customer_features|feature_catalog)", query
    )
    path = demo.published if published else demo.warehouse
    with duckdb.connect(str(path), read_only=True) as connection:
        connection.execute(query)


def test_tables_that_documents_name_are_there(demo):
    known = {
        f"{schema}.{table}"
        for schema, table in demo.query("select schema_name, table_name from duckdb_tables()")
    } | {"monitoring.publications"}
    for document in DOCUMENTS:
        if document == "DECISIONS.md":  # names what was turned down, too
            continue
        text = (ROOT / document).read_text(encoding="utf-8")
        named = set(re.findall(rf"`((?:{SCHEMAS})\.\w+)", text))
        # a table with a column behind it, or a table
        assert named <= known, (document, named - known)


def test_every_published_table_is_in_the_list_of_them(demo):
    published = {
        f"{schema}.{table}"
        for schema, table in demo.query_published(
            "select schema_name, table_name from duckdb_tables()"
        )
    }
    told = re.findall(r"`(\w+[.]\w+)`", (ROOT / "docs" / "tables.md").read_text(encoding="utf-8"))
    assert published == set(told)


@pytest.mark.parametrize("path", sorted((ROOT / "analyses").glob("*.sql")), ids=lambda p: p.stem)
def test_analyses_run_on_the_published_file(demo, path):
    tables = dict(
        demo.query_published(
            "select table_name, schema_name || '.' || table_name from duckdb_tables()"
        )
    )
    settings = dict(
        re.findall(r"{% set (\w+) = '?([^'%]*?)'? %}", path.read_text(encoding="utf-8"))
    )
    query = re.sub(
        r"{{ (?:ref\('(\w+)'\)|(\w+)) }}",
        lambda found: tables[found[1]] if found[1] else settings[found[2]],
        path.read_text(encoding="utf-8"),
    )
    query = re.sub(r"{%.*?%}", "", query)
    demo.query_published(query)
