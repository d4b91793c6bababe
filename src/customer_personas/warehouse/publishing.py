"""Publishes a new version of the marts beside the old ones, and swaps it in with one step."""

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from customer_personas.sql import identifier
from customer_personas.warehouse.databases import PUBLISH_VARIABLE
from customer_personas.warehouse.manifests import publications, write_log
from customer_personas.warehouse.published_files import FILE_NAME, write_version
from customer_personas.warehouse.version_folders import (
    current_version,
    point,
    publishing_lock,
    put_in_force,
    remove_version,
    version_folder,
    version_numbers,
)


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

    Raises
    ------
    FileExistsError
        Where something else lies in the place of a link; nothing is written then.
    VersionError
        Where another process has been changing the folder for long.
    """
    for name in ("current", FILE_NAME, "parquet"):
        _refuse_to_replace(folder / name)
    with publishing_lock(folder):
        (folder / "versions").mkdir(exist_ok=True)
        remove_drafts(folder)
        earlier = publications(folder)
        number = next_number(folder, earlier)
        draft = folder / "versions" / f"draft-{number}"
        facts = {
            "version": number,
            # the one time that the clock is read here: when something happened, not what is true
            "published_at": datetime.now(UTC).isoformat(timespec="seconds"),
            **facts,
        }
        row_counts = write_version(cursor, draft, tables, feature_descriptions, facts, earlier)
        draft.rename(version_folder(folder, number))
        put_in_force(folder, number)
        point(folder / FILE_NAME, Path("current") / FILE_NAME)
        point(folder / "parquet", Path("current") / "parquet")
        write_log(folder, publications(folder))
        for old in version_numbers(folder)[:-keep]:
            if old != current_version(folder):
                remove_version(folder, old)
    return pa.Table.from_pylist(
        [
            {"version": number, "table_schema": schema, "table_name": table, "row_count": count}
            for (schema, table), count in row_counts.items()
        ]
    )


def next_number(folder: Path, earlier: list[dict[str, Any]]) -> int:
    """Give the number of a new version: none is ever used twice.

    Parameters
    ----------
    folder : Path
        The publish folder.
    earlier : list of dict
        What was published there.

    Returns
    -------
    int
        A number above all others.
    """
    return max([0, *version_numbers(folder), *(row["version"] for row in earlier)]) + 1


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


def remove_drafts(folder: Path) -> None:
    """Clean up behind whatever was killed or failed while it changed the published set.

    Parameters
    ----------
    folder : Path
        The publish folder, held by this process.
    """
    for path in (folder / "versions").glob("draft-*"):
        shutil.rmtree(path)
    for path in folder.glob(".*.draft"):
        path.unlink()


def _refuse_to_replace(link: Path) -> None:
    """Stop before anything is written where something else lies in the place of a link."""
    if link.exists() and not link.is_symlink():
        raise FileExistsError(
            f"{link} is no link, so it was not made by publishing. Move it away, or set "
            f"{PUBLISH_VARIABLE} to another folder."
        )
