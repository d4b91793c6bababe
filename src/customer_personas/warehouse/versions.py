"""The versions of the published set: which there are, what each holds, and the way back to one.

``customer-personas versions`` lists them, ``--roll-back 12`` puts version 12 in force.
"""

import argparse
import fcntl
import hashlib
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FOLDER_VARIABLE = "PERSONA_PUBLISH_DIR"
DEFAULT_FOLDER = "published"
MANIFEST = "manifest.json"
LOG = "publications.jsonl"
# A version is swapped in within a moment; writing a large one takes minutes.
LONGEST_WAIT = 600.0


class VersionError(RuntimeError):
    """Something about the published versions that the reader of the message has to decide."""


def publish_folder() -> Path:
    """Return the folder of published versions, from ``PERSONA_PUBLISH_DIR``."""
    return Path(os.environ.get(FOLDER_VARIABLE) or DEFAULT_FOLDER)


def version_folder(folder: Path, number: int) -> Path:
    """Return where a version lies."""
    return folder / "versions" / str(number)


def version_numbers(folder: Path) -> list[int]:
    """List the versions that are kept.

    Parameters
    ----------
    folder : Path
        The publish folder.

    Returns
    -------
    list of int
        Their numbers, the oldest first.
    """
    versions = folder / "versions"
    if not versions.is_dir():
        return []
    return sorted(int(path.name) for path in versions.iterdir() if path.name.isdecimal())


def current_version(folder: Path) -> int | None:
    """Return the number of the version in force; None where nothing was published."""
    link = folder / "current"
    return int(link.readlink().name) if link.is_symlink() else None


def put_in_force(folder: Path, number: int) -> None:
    """Point ``current`` at a version, in one step that no reader can see half done."""
    point(folder / "current", Path("versions") / str(number))


def point(link: Path, target: Path) -> None:
    """Make a link or replace it, in one step."""
    if link.is_symlink() and link.readlink() == target:
        return
    draft = link.with_name(f".{link.name}.draft")
    draft.unlink(missing_ok=True)
    draft.symlink_to(target)
    draft.replace(link)


@contextmanager
def publishing_lock(folder: Path, longest_wait: float = LONGEST_WAIT) -> Iterator[None]:
    """Hold the publish folder: two builds, or a build and a rollback, never change it at once.

    The lock belongs to the process and ends with it, however it ends.

    Parameters
    ----------
    folder : Path
        The publish folder.
    longest_wait : float
        Seconds to wait for another process.

    Raises
    ------
    VersionError
        Where another process holds it for longer.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as file:
        give_up = time.monotonic() + longest_wait
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() >= give_up:
                    raise VersionError(
                        f"Another process has been changing {folder} for more than "
                        f"{longest_wait:.0f} seconds. Wait until it is done, or end it, and try "
                        f"again; the published set is as it was."
                    ) from error
                time.sleep(0.1)
        yield


def write_manifest(version: Path, facts: dict[str, Any]) -> dict[str, Any]:
    """Write what a version holds, with a checksum of each file.

    Parameters
    ----------
    version : Path
        Folder of the version, with its files.
    facts : dict
        What is known of it; written as it is.

    Returns
    -------
    dict
        The facts and ``files``: the SHA-256 of each file by its path within the version.
    """
    files = sorted(path for path in version.rglob("*") if path.is_file() and path.name != MANIFEST)
    manifest = facts | {"files": {str(path.relative_to(version)): _sha256(path) for path in files}}
    draft = version / f".{MANIFEST}.draft"
    draft.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    draft.replace(version / MANIFEST)
    return manifest


def read_manifest(version: Path) -> dict[str, Any]:
    """Read what a version holds; empty for one that was published without a manifest."""
    path = version / MANIFEST
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def damages(version: Path) -> list[str]:
    """Compare the files of a version with its manifest.

    Parameters
    ----------
    version : Path
        Folder of the version.

    Returns
    -------
    list of str
        What is wrong, file by file; empty where all is well.
    """
    if not (version / MANIFEST).is_file():
        return [f"{MANIFEST} is missing"]
    found = []
    for name, checksum in read_manifest(version)["files"].items():
        if not (version / name).is_file():
            found.append(f"{name} is missing")
        elif _sha256(version / name) != checksum:
            found.append(f"{name} is not the file that was published")
    return found


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
    with publishing_lock(folder):
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


def publications(folder: Path) -> list[dict[str, Any]]:
    """List what was ever published here: the log, and manifests that it lacks.

    A build that was killed after its swap has a version with a manifest, and no line in the log.

    Parameters
    ----------
    folder : Path
        The publish folder.

    Returns
    -------
    list of dict
        One per version, the oldest first: version, published_at, as_of_date, source_systems,
        table_count, row_count and models.
    """
    path = folder / LOG
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    # a line that was being written when the machine stopped is in its manifest
    logged = [json.loads(line) for line in lines if line.endswith("}")]
    manifests = [read_manifest(version_folder(folder, each)) for each in version_numbers(folder)]
    found = {
        each["version"]: each for each in [*map(publication, filter(None, manifests)), *logged]
    }
    return [found[number] for number in sorted(found)]


def publication(manifest: dict[str, Any]) -> dict[str, Any]:
    """Give the line of the log that a manifest makes."""
    return {
        "version": manifest["version"],
        "published_at": manifest["published_at"],
        "as_of_date": manifest["as_of_date"],
        "source_systems": manifest["source_systems"],
        "table_count": len(manifest["tables"]),
        "row_count": sum(table["rows"] for table in manifest["tables"]),
        "models": "; ".join(manifest["models"]),
    }


def write_log(folder: Path, rows: list[dict[str, Any]]) -> None:
    """Write the log of publications, whole or not at all."""
    draft = folder / f".{LOG}.draft"
    draft.write_text(
        "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8"
    )
    draft.replace(folder / LOG)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


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
    rows = publications(folder)
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


def main(arguments: list[str] | None = None) -> int:
    """List the versions, or go back to one; 0 where that went well."""
    parser = argparse.ArgumentParser(
        prog="python -m customer_personas.warehouse.versions",
        description=f"Lists the versions in {FOLDER_VARIABLE}, or goes back to one.",
    )
    parser.add_argument("--roll-back", type=int, metavar="N", help="put version N in force")
    number = parser.parse_args(arguments).roll_back
    folder = publish_folder()
    if number is not None:
        try:
            roll_back(folder, number)
        except VersionError as error:
            print(error, file=sys.stderr)
            return 1
    print(describe(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
