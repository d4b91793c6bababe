"""Writes the files of one published version: the database, a Parquet file per table, the manifest.

The version lies in a folder of drafts until it is whole.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from customer_personas.sql import identifier, literal
from customer_personas.warehouse.databases import attached, copy_to_parquet
from customer_personas.warehouse.manifests import publication, write_manifest

FILE_NAME = "customer_personas.duckdb"
# Clients from DuckDB 1.2 on read this format; the default of 2.0 is refused by all older ones.
STORAGE_VERSION = "v1.2.0"

PUBLICATIONS = ("monitoring", "publications")
_PUBLICATION_COMMENTS = {
    None: "One row per version that was published to this folder, this one included.",
    "version": "Number of the version.",
    "published_at": "When it was published, UTC.",
    "as_of_date": "The day as of which everything in it is computed.",
    "source_systems": "The source systems it was built from.",
    "table_count": "Tables in it, not counting this one, monitoring.publications.",
    "row_count": "Rows in these tables.",
    "models": "Models in force: the segmentation, and the model of each target; whether that build "
    "fitted or kept each, as of which day, and why.",
}


def write_version(
    cursor: duckdb.DuckDBPyConnection,
    draft: Path,
    tables: dict[tuple[str, str], str],
    feature_descriptions: dict[str, str],
    facts: dict[str, Any],
    earlier: list[dict[str, Any]],
) -> dict[tuple[str, str], int]:
    """Write the files of a version, the manifest last.

    Parameters
    ----------
    cursor : duckdb.DuckDBPyConnection
        A cursor of the build's connection.
    draft : Path
        The folder, which is not there yet.
    tables : dict
        For each (schema, table) the query that gives its rows.
    feature_descriptions : dict
        What each feature is; columns of these names are described by it.
    facts : dict
        What the manifest says of the version, its tables and files aside.
    earlier : list of dict
        The publications before.

    Returns
    -------
    dict
        Number of rows of each (schema, table).
    """
    (draft / "parquet").mkdir(parents=True)
    row_counts = {}
    path = draft / FILE_NAME
    with attached(cursor, path, "published", storage_version=STORAGE_VERSION) as published:
        for (schema, table), query in tables.items():
            target = f"{published}.{identifier(schema)}.{identifier(table)}"
            cursor.execute(f"create schema if not exists {published}.{identifier(schema)}")
            cursor.execute(f"create table {target} as {query}")
            _describe(cursor, schema, table, target, feature_descriptions)
            row_counts[schema, table] = copy_to_parquet(cursor, target, parquet_path(draft, table))
        facts = facts | {"tables": list_tables(row_counts)}
        write_publications(cursor, published, draft, [*earlier, publication(facts)])
    write_manifest(draft, facts)
    let_readers_in(draft)
    return row_counts


def let_readers_in(version: Path) -> None:
    """Let everybody read a version who may enter the publish folder, and nobody write.

    Parameters
    ----------
    version : Path
        Folder of the version, with all its files.
    """
    for path in [version, *version.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o444)


def parquet_path(version: Path, table: str) -> Path:
    """Return where a version has the Parquet file of a table.

    Parameters
    ----------
    version : Path
        Folder of the version.
    table : str
        Name of the table.

    Returns
    -------
    Path
        The file.
    """
    return version / "parquet" / f"{table}.parquet"


def list_tables(row_counts: dict[tuple[str, str], int]) -> list[dict[str, Any]]:
    """List tables as the manifest does.

    Parameters
    ----------
    row_counts : dict
        Number of rows of each (schema, table).

    Returns
    -------
    list of dict
        schema, table and rows of each.
    """
    return [
        {"schema": schema, "table": table, "rows": count}
        for (schema, table), count in row_counts.items()
    ]


def write_publications(
    cursor: duckdb.DuckDBPyConnection, published: str, draft: Path, rows: list[dict[str, Any]]
) -> None:
    """Write what was published when, into the file of a version and as Parquet.

    Parameters
    ----------
    cursor : duckdb.DuckDBPyConnection
        Where the file is attached.
    published : str
        The name it is attached by, quoted.
    draft : Path
        Folder of the version.
    rows : list of dict
        As :func:`customer_personas.warehouse.manifests.publications` gives them.
    """
    schema, table = PUBLICATIONS
    target = f"{published}.{identifier(schema)}.{identifier(table)}"
    cursor.execute(f"create schema if not exists {published}.{identifier(schema)}")
    cursor.execute(
        f"create or replace table {target} (version bigint, published_at timestamp, "
        "as_of_date date, source_systems varchar, table_count bigint, row_count bigint, "
        "models varchar)"
    )
    for row in rows:
        cursor.execute(
            f"insert into {target} values ($version, cast(cast($published_at as timestamptz) at "
            "time zone 'UTC' as timestamp), cast($as_of_date as date), $source_systems, "
            "$table_count, $row_count, $models)",
            row,
        )
    _comment(cursor, target, _PUBLICATION_COMMENTS)
    copy_to_parquet(cursor, target, parquet_path(draft, table))


def _describe(
    cursor: duckdb.DuckDBPyConnection,
    schema: str,
    table: str,
    target: str,
    feature_descriptions: dict[str, str],
) -> None:
    """Carry the descriptions along: BI tools show them beside the columns."""
    comments: dict[str | None, str] = dict(
        cursor.execute(
            """
            select null, comment from duckdb_tables()
            where database_name = current_database() and schema_name = $schema
                and table_name = $table and comment is not null
            union all
            select column_name, comment from duckdb_columns()
            where database_name = current_database() and schema_name = $schema
                and table_name = $table and comment is not null
            """,
            {"schema": schema, "table": table},
        ).fetchall()
    )
    for column, *_ in cursor.execute(f"describe {target}").fetchall():
        # a column of a mart may be called like a feature, and say less
        if column in feature_descriptions:
            comments.setdefault(column, feature_descriptions[column])
    _comment(cursor, target, comments)


def _comment(
    cursor: duckdb.DuckDBPyConnection, target: str, comments: Mapping[str | None, str]
) -> None:
    """Describe the columns of a table, and under None the table itself, in one transaction."""
    cursor.begin()
    for column, comment in comments.items():
        described = f"column {target}.{identifier(column)}" if column else f"table {target}"
        cursor.execute(f"comment on {described} is {literal(comment)}")
    cursor.commit()
