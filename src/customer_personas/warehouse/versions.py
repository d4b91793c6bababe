"""The command ``versions``: which published versions there are, and the way back to one.

``customer-personas versions`` lists them, ``--roll-back 12`` puts version 12 in force.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from customer_personas.warehouse.databases import (
    PUBLISH_VARIABLE,
    DatabaseError,
    publish_folder,
    say_why,
)
from customer_personas.warehouse.lock import Lock
from customer_personas.warehouse.manifests import damages, publications
from customer_personas.warehouse.version_folders import (
    VersionError,
    current_version,
    put_in_force,
    version_folder,
    version_numbers,
)


def roll_back(folder: Path, number: int) -> None:
    """Put an earlier version in force again.

    The next build publishes a version of its own above all others, as always.

    Parameters
    ----------
    folder : Path
        The publish folder.
    number : int
        The version.

    Raises
    ------
    VersionError
        Where the version is not kept, or its files are not those that were published.
    """
    with Lock(folder, f"going back to version {number}", say=print):
        kept = version_numbers(folder)
        if number not in kept:
            raise VersionError(
                f"Version {number} is not in {folder / 'versions'}. Kept are: "
                f"{', '.join(map(str, kept)) or 'none'} (var published_versions_kept)."
            )
        if wrong := damages(version_folder(folder, number)):
            raise VersionError(
                f"Version {number} is damaged: {'; '.join(wrong)}. Choose another one, or build "
                "anew; the published set is as it was."
            )
        put_in_force(folder, number)


def describe(folder: Path) -> str:
    """Say in lines which versions there are.

    Parameters
    ----------
    folder : Path
        The publish folder.

    Returns
    -------
    str
        One line per publication: the version in force is marked, those no longer kept as well.
    """
    kept, current = version_numbers(folder), current_version(folder)
    rows: list[dict[str, Any]] = publications(folder)
    known = {row["version"] for row in rows}
    rows += [{"version": number} for number in kept if number not in known]
    if not rows:
        return f"Nothing was published to {folder} yet: run dbt build."
    lines = []
    for row in sorted(rows, key=lambda row: row["version"]):
        number = row["version"]
        mark = "in force" if number == current else "kept" if number in kept else "removed"
        said = (
            f"published {row['published_at']}, as of {row['as_of_date']}, "
            f"{row['table_count']} tables, {row['row_count']:,} rows"
            if "published_at" in row
            else "published without a manifest"
        )
        lines.append(f"{number:>6}  {mark:8}  {said}")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """List the versions, or go back to one.

    Parameters
    ----------
    arguments : sequence of str, optional
        What follows the name of the command.

    Returns
    -------
    int
        0 where that went well, else 1.
    """
    parser = argparse.ArgumentParser(
        prog="customer-personas versions",
        description="List the published versions, the one in force marked, or go back to one.",
        epilog=f"The folder is that of the variable {PUBLISH_VARIABLE}; how many versions are kept "
        "is the project's var published_versions_kept.",
    )
    parser.add_argument(
        "--roll-back",
        type=int,
        metavar="N",
        help="put version N in force again; its files are compared with their checksums first",
    )
    number = parser.parse_args(arguments).roll_back
    folder = publish_folder()
    if number is not None:
        try:
            roll_back(folder, number)
        except (DatabaseError, VersionError, OSError) as error:
            print(say_why(error), file=sys.stderr)
            return 1
    print(describe(folder))
    return 0
