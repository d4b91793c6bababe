"""Publishes a new version of the marts beside the old ones, and swaps it in with one step."""

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from customer_personas.sql import identifier
from customer_personas.warehouse.databases import PUBLISH_VARIABLE
from customer_personas.warehouse.lock import Lock
from customer_personas.warehouse.manifests import facts_of, publications, write_log
from customer_personas.warehouse.published_files import FILE_NAME, write_version
from customer_personas.warehouse.version_folders import (
    current_version,
    finish_replacements,
    point,
    put_in_force,
    remove_version,
    version_folder,
    version_numbers,
)


class PublishingError(Exception):
    """What is to be published must not take the place of the set in force."""


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
    LockError
        Where another process has been changing the folder for long.
    """
    for name in ("current", FILE_NAME, "parquet"):
        _refuse_to_replace(folder / name)
    with Lock(folder, "publication", say=print):
        (folder / "versions").mkdir(exist_ok=True)
        (folder / "versions").chmod(0o755)
        remove_drafts(folder)
        earlier = publications(folder, print)
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


def refuse_other_company(folder: Path, source_systems: str) -> None:
    """Stop before a company takes the place of another one by accident.

    A company grows: source systems and entities may be added, and entities taken out. Where a
    system of the set in force is not there any more, it is another company, or a change that has
    to be asked for. The demo is nobody's company, and gives way to any.

    Parameters
    ----------
    folder : Path
        The publish folder.
    source_systems : str
        What is to be published, as the macro ``company_key`` writes it.

    Raises
    ------
    PublishingError
        Where systems of the set in force are missing; nothing was written.
    """
    number = current_version(folder)
    before = facts_of(folder, number)["source_systems"] if number is not None else ""
    missing = sorted(systems_of(before) - systems_of(source_systems) - {"demo"})
    if missing:
        raise PublishingError(
            f"Not published: the set in force in {folder} was built from '{before}', and this "
            f"build ('{source_systems}') lacks {', '.join(missing)}: it may be another company's. "
            f"Set {PUBLISH_VARIABLE} to a folder of its own. Where it is to take the place of the "
            "set in force, build with --vars '{replace_published: true, ...}'. The published set "
            "stays as it was."
        )


def systems_of(company: str) -> set[str]:
    """List the source systems of a company.

    Parameters
    ----------
    company : str
        As the macro ``company_key`` writes it.

    Returns
    -------
    set of str
        Their names.
    """
    return {each.split(":")[0].strip() for each in company.split(";") if each.strip()}


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
    finish_replacements(folder)
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
