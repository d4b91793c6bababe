"""What each published version holds, and the log of all that was ever published."""

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from customer_personas.warehouse.databases import write_private_file
from customer_personas.warehouse.version_folders import (
    VersionError,
    version_folder,
    version_numbers,
)

MANIFEST = "manifest.json"
LOG = "publications.jsonl"
_LOGGED = (
    *("version", "published_at", "as_of_date", "source_systems"),
    *("table_count", "row_count", "models"),
)


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
    write_private_file(
        version / MANIFEST, json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    )
    return manifest


def read_manifest(version: Path) -> dict[str, Any]:
    """Read what a version holds; empty for one that was published without a manifest.

    Parameters
    ----------
    version : Path
        Folder of the version.

    Returns
    -------
    dict
        As :func:`write_manifest` wrote it.

    Raises
    ------
    VersionError
        Where it cannot be read.
    """
    path = version / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    except (ValueError, RecursionError) as error:
        raise VersionError(f"{path} is damaged: {error}.") from error
    if not isinstance(manifest, dict):
        raise VersionError(f"{path} is damaged: it holds no object.")
    return manifest


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
    try:
        files = read_manifest(version).get("files", {})
    except VersionError as error:
        return [str(error)]
    if not isinstance(files, dict) or not files:
        return [f"{MANIFEST} names no files"]
    found = []
    for name, checksum in files.items():
        if ".." in Path(name).parts or Path(name).is_absolute():
            found.append(f"{name} is no file of a version")
        elif not (version / name).is_file():
            found.append(f"{name} is missing")
        elif _sha256(version / name) != checksum:
            found.append(f"{name} is not the file that was published")
    return found


def publications(
    folder: Path, say: Callable[[str], None] = lambda line: None
) -> list[dict[str, Any]]:
    """List what was ever published here: the log, and manifests that it lacks.

    A build that was killed after its swap has a version with a manifest, and no line in the log.
    What cannot be read of either is left out: it is no reason to publish no more.

    Parameters
    ----------
    folder : Path
        The publish folder.
    say : callable
        Takes a line about what cannot be read.

    Returns
    -------
    list of dict
        One per version, the oldest first: version, published_at, as_of_date, source_systems,
        table_count, row_count and models.
    """
    path = folder / LOG
    found: dict[int, dict[str, Any]] = {}
    for number in version_numbers(folder):
        try:
            if manifest := read_manifest(version_folder(folder, number)):
                found[number] = publication(manifest)
        except (VersionError, KeyError, TypeError, AttributeError) as error:
            say(f"WARNING: version {number} is kept, but cannot be gone back to: {error}")
    lines = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    for place, line in enumerate(lines.splitlines(), 1):
        try:
            logged = json.loads(line)
            found[int(logged["version"])] = {name: logged[name] for name in _LOGGED}
        except (ValueError, KeyError, TypeError, RecursionError):
            # one that was being written when the machine stopped is in its manifest
            say(f"WARNING: line {place} of {path} cannot be read, and is left out.")
    return [found[number] for number in sorted(found)]


def facts_of(folder: Path, number: int) -> dict[str, Any]:
    """Tell what is known of a version: by its manifest or, where that is damaged, by the log.

    Parameters
    ----------
    folder : Path
        The publish folder.
    number : int
        The version.

    Returns
    -------
    dict
        The facts of its manifest, without ``files`` and ``tables``; as_of_date, source_systems and
        models among them.
    """
    facts: dict[str, Any] = {"as_of_date": None, "source_systems": "", "models": []}
    logged = {row["version"]: row for row in publications(folder)}.get(number, {})
    facts |= {name: logged[name] for name in ("as_of_date", "source_systems") if name in logged}
    if logged:
        facts["models"] = logged["models"].split("; ")
    with suppress(VersionError):
        facts |= read_manifest(version_folder(folder, number))
    return {name: fact for name, fact in facts.items() if name not in ("files", "tables")}


def publication(manifest: dict[str, Any]) -> dict[str, Any]:
    """Give the line of the log that a manifest makes.

    Parameters
    ----------
    manifest : dict
        The manifest, with its tables.

    Returns
    -------
    dict
        version, published_at, as_of_date, source_systems, table_count, row_count and models.
    """
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
    """Write the log of publications, whole or not at all.

    Parameters
    ----------
    folder : Path
        The publish folder.
    rows : list of dict
        As :func:`publications` gives them.
    """
    write_private_file(
        folder / LOG, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
