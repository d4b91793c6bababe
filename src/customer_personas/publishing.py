"""Publishes a new version of the marts beside the old ones, and swaps it in with one step.

``<folder>/versions/<n>/`` holds one version: ``customer_personas.duckdb`` and a Parquet file per
table in ``parquet/``. ``<folder>/current`` is a relative link to the version in force, and
``<folder>/customer_personas.duckdb`` and ``<folder>/parquet`` go through it. Replacing that one
link changes the whole set at once; readers that have the old file open keep it.
"""

import os
import shutil
from pathlib import Path

import duckdb
import pyarrow as pa

from customer_personas.sql_text import identifier, literal

FOLDER_VARIABLE = "PERSONA_PUBLISH_DIR"
DEFAULT_FOLDER = "published"
FILE_NAME = "customer_personas.duckdb"
# Clients from DuckDB 1.2 on read this format; the default of 2.0 is refused by all older ones.
STORAGE_VERSION = "v1.2.0"


def publish_folder() -> Path:
    """Return the folder of published versions, from ``PERSONA_PUBLISH_DIR``."""
    return Path(os.environ.get(FOLDER_VARIABLE) or DEFAULT_FOLDER)


def publish(
    cursor: duckdb.DuckDBPyConnection,
    folder: Path,
    tables: dict[tuple[str, str], str],
    *,
    feature_descriptions: dict[str, str],
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
    keep : int
        How many versions stay on disk, the new one included.

    Returns
    -------
    pyarrow.Table
        What was published, a row per table: version, table_schema, table_name, row_count.
    """
    for name in ("current", FILE_NAME, "parquet"):
        _refuse_to_replace(folder / name)
    versions = folder / "versions"
    versions.mkdir(parents=True, exist_ok=True)
    _remove_leftovers(folder)
    number = max(_version_numbers(versions), default=0) + 1
    draft = versions / f"draft-{number}"
    row_counts = _write_version(cursor, draft, tables, feature_descriptions)
    draft.rename(versions / str(number))
    _point(folder / "current", Path("versions") / str(number))
    _point(folder / FILE_NAME, Path("current") / FILE_NAME)
    _point(folder / "parquet", Path("current") / "parquet")
    for old in sorted(_version_numbers(versions))[:-keep]:
        shutil.rmtree(versions / str(old))
    return pa.Table.from_pylist(
        [
            {"version": number, "table_schema": schema, "table_name": table, "row_count": count}
            for (schema, table), count in row_counts.items()
        ]
    )


def _write_version(cursor, draft: Path, tables: dict, feature_descriptions: dict) -> dict:
    (draft / "parquet").mkdir(parents=True)
    row_counts = {}
    path = draft / FILE_NAME
    cursor.execute(
        f"attach {literal(str(path))} as published (storage_version '{STORAGE_VERSION}')"
    )
    try:
        for (schema, table), query in tables.items():
            target = f"published.{identifier(schema)}.{identifier(table)}"
            parquet = draft / "parquet" / f"{table}.parquet"
            cursor.execute(f"create schema if not exists published.{identifier(schema)}")
            cursor.execute(f"create table {target} as {query}")
            _describe(cursor, schema, table, target, feature_descriptions)
            ((row_counts[schema, table],),) = cursor.execute(
                f"copy {target} to {literal(str(parquet))} (format parquet)"
            ).fetchall()
    finally:
        cursor.execute("detach published")
    path.chmod(0o444)
    return row_counts


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


def _point(link: Path, target: Path) -> None:
    """Make a link or replace it, in one step that no reader can see half done."""
    if link.is_symlink() and link.readlink() == target:
        return
    draft = link.with_name(f".{link.name}.draft")
    draft.unlink(missing_ok=True)
    draft.symlink_to(target)
    draft.replace(link)


def _refuse_to_replace(link: Path) -> None:
    """Stop before anything is written where something else lies in the place of a link."""
    if link.exists() and not link.is_symlink():
        raise FileExistsError(
            f"{link} is no link, so it was not made by publishing. Move it away, or set "
            f"{FOLDER_VARIABLE} to another folder."
        )


def _version_numbers(versions: Path) -> list[int]:
    return [int(path.name) for path in versions.iterdir() if path.name.isdecimal()]


def _remove_leftovers(folder: Path) -> None:
    """Clean up behind a build that was killed while it published."""
    for path in (folder / "versions").glob("draft-*"):
        shutil.rmtree(path)
    for path in folder.glob(".*.draft"):
        path.unlink()
