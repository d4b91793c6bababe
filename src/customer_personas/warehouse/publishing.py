"""Publishes a new version of the marts beside the old ones, and swaps it in with one step.

``<folder>/versions/<n>/`` holds one version: ``customer_personas.duckdb``, a Parquet file per
table in ``parquet/`` and ``manifest.json``. ``<folder>/current`` is a relative link to the version
in force, and ``<folder>/customer_personas.duckdb`` and ``<folder>/parquet`` go through it.
Replacing that one link changes the whole set at once; readers that have the old file open keep it.
"""

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from customer_personas.sql import identifier, literal
from customer_personas.warehouse.versions import (
    FOLDER_VARIABLE,
    current_version,
    point,
    publication,
    publications,
    publishing_lock,
    put_in_force,
    version_folder,
    version_numbers,
    write_log,
    write_manifest,
)

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
    "table_count": "Tables in it, this one not counted.",
    "row_count": "Rows in these tables.",
    "models": "Models in force: the segmentation, and the model of each target.",
}


def publish(
    cursor: duckdb.DuckDBPyConnection,
    folder: Path,
    tables: dict[tuple[str, str], str],
    *,
    feature_descriptions: dict[str, str],
    facts: dict[str, Any],
    keep: int,
) -> pa.Table:
    """Write a new version of the published set and put it in force.

    Parameters
    ----------
    cursor : duckdb.DuckDBPyConnection
        A cursor of the build's connection, outside any transaction.
    folder : Path
        Where versions are kept; made if it is not there.
    tables : dict
        For each (schema, table) to publish, the query that gives its rows.
    feature_descriptions : dict
        What each feature is; columns of these names are described by it.
    facts : dict
        What the manifest says of the version: as_of_date and source_systems (texts), models (list
        of texts).
    keep : int
        How many versions stay on disk, the new one included.

    Returns
    -------
    pyarrow.Table
        What was published, a row per table: version, table_schema, table_name, row_count.
    """
    for name in ("current", FILE_NAME, "parquet"):
        _refuse_to_replace(folder / name)
    with publishing_lock(folder):
        (folder / "versions").mkdir(exist_ok=True)
        _remove_leftovers(folder)
        earlier = publications(folder)
        taken = [*version_numbers(folder), *(row["version"] for row in earlier)]
        number = max(taken, default=0) + 1
        draft = folder / "versions" / f"draft-{number}"
        facts = {
            "version": number,
            # the one time that the clock is read here: when something happened, not what is true
            "published_at": datetime.now(UTC).isoformat(timespec="seconds"),
            **facts,
        }
        row_counts = _write_version(cursor, draft, tables, feature_descriptions, facts, earlier)
        draft.rename(version_folder(folder, number))
        put_in_force(folder, number)
        point(folder / FILE_NAME, Path("current") / FILE_NAME)
        point(folder / "parquet", Path("current") / "parquet")
        write_log(folder, publications(folder))
        for old in version_numbers(folder)[:-keep]:
            if old != current_version(folder):
                shutil.rmtree(version_folder(folder, old))
    return pa.Table.from_pylist(
        [
            {"version": number, "table_schema": schema, "table_name": table, "row_count": count}
            for (schema, table), count in row_counts.items()
        ]
    )


def without_columns(relation: duckdb.DuckDBPyRelation, names: list[str]) -> duckdb.DuckDBPyRelation:
    """Leave columns out of a relation.

    Parameters
    ----------
    relation : duckdb.DuckDBPyRelation
        The relation.
    names : list of str
        Columns that must not be published; those that it does not have are passed over.

    Returns
    -------
    duckdb.DuckDBPyRelation
        The other columns, in their order.
    """
    kept = [identifier(name) for name in relation.columns if name not in names]
    return relation.project(", ".join(kept))


def _write_version(
    cursor,
    draft: Path,
    tables: dict,
    feature_descriptions: dict,
    facts: dict[str, Any],
    earlier: list[dict[str, Any]],
) -> dict:
    """Write the files of a version, the manifest last."""
    (draft / "parquet").mkdir(parents=True)
    row_counts = {}
    path = draft / FILE_NAME
    cursor.execute(
        f"attach {literal(str(path))} as published (storage_version '{STORAGE_VERSION}')"
    )
    try:
        for (schema, table), query in tables.items():
            target = f"published.{identifier(schema)}.{identifier(table)}"
            cursor.execute(f"create schema if not exists published.{identifier(schema)}")
            cursor.execute(f"create table {target} as {query}")
            _describe(cursor, schema, table, target, feature_descriptions)
            row_counts[schema, table] = write_parquet(cursor, draft, table, target)
        facts["tables"] = [
            {"schema": schema, "table": table, "rows": count}
            for (schema, table), count in row_counts.items()
        ]
        write_publications(cursor, draft, [*earlier, publication(facts)])
    finally:
        cursor.execute("detach published")
    path.chmod(0o444)
    write_manifest(draft, facts)
    return row_counts


def write_parquet(cursor, draft: Path, table: str, target: str) -> int:
    """Write a table's Parquet file.

    Parameters
    ----------
    cursor : duckdb.DuckDBPyConnection
        Where the table can be read.
    draft : Path
        Folder of the version.
    table : str
        Name of the table.
    target : str
        The table with its catalogue and schema, quoted.

    Returns
    -------
    int
        Number of rows.
    """
    parquet = draft / "parquet" / f"{table}.parquet"
    ((count,),) = cursor.execute(
        f"copy {target} to {literal(str(parquet))} (format parquet)"
    ).fetchall()
    return count


def write_publications(cursor, draft: Path, rows: list[dict[str, Any]]) -> None:
    """Write what was published when, into the attached database ``published`` and as Parquet.

    Parameters
    ----------
    cursor : duckdb.DuckDBPyConnection
        A cursor with ``published`` attached.
    draft : Path
        Folder of the version.
    rows : list of dict
        As :func:`customer_personas.warehouse.versions.publications` gives them.
    """
    schema, table = PUBLICATIONS
    target = f"published.{identifier(schema)}.{identifier(table)}"
    cursor.execute(f"create schema if not exists published.{identifier(schema)}")
    cursor.execute(
        f"create table {target} (version bigint, published_at timestamp, as_of_date date, "
        "source_systems varchar, table_count bigint, row_count bigint, models varchar)"
    )
    for row in rows:
        cursor.execute(
            f"insert into {target} values ($version, cast(cast($published_at as timestamptz) at "
            "time zone 'UTC' as timestamp), cast($as_of_date as date), $source_systems, "
            "$table_count, $row_count, $models)",
            row,
        )
    for column, comment in _PUBLICATION_COMMENTS.items():
        described = f"column {target}.{identifier(column)}" if column else f"table {target}"
        cursor.execute(f"comment on {described} is {literal(comment)}")
    write_parquet(cursor, draft, table, target)


def _describe(cursor, schema: str, table: str, target: str, feature_descriptions: dict) -> None:
    """Carry the descriptions along: BI tools show them beside the columns."""
    comments = cursor.execute(
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
    columns = cursor.execute(f"describe {target}").fetchall()
    features = [(name, feature_descriptions.get(name)) for name, *_ in columns]
    for column, comment in comments + [each for each in features if each[1]]:
        described = f"column {target}.{identifier(column)}" if column else f"table {target}"
        cursor.execute(f"comment on {described} is {literal(comment)}")


def _refuse_to_replace(link: Path) -> None:
    """Stop before anything is written where something else lies in the place of a link."""
    if link.exists() and not link.is_symlink():
        raise FileExistsError(
            f"{link} is no link, so it was not made by publishing. Move it away, or set "
            f"{FOLDER_VARIABLE} to another folder."
        )


def _remove_leftovers(folder: Path) -> None:
    """Clean up behind a build that was killed while it published."""
    for path in (folder / "versions").glob("draft-*"):
        shutil.rmtree(path)
    for path in folder.glob(".*.draft"):
        path.unlink()
