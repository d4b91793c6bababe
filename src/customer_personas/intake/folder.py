"""Which files a landing folder holds, and which entity each belongs to."""

import os
from fnmatch import fnmatch
from pathlib import Path

from customer_personas.intake.entities import ENTITIES
from customer_personas.intake.errors import IntakeError

FOLDER_VARIABLE = "PERSONA_LANDING_DIR"
DEFAULT_FOLDER = "landing"
MAPPING_FILE = "mapping.yml"
CSV_SUFFIXES = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz")
JSON_SUFFIXES = (".jsonl", ".ndjson", ".json", ".jsonl.gz", ".ndjson.gz", ".json.gz")
PARQUET_SUFFIXES = (".parquet",)
SUFFIXES = CSV_SUFFIXES + JSON_SUFFIXES + PARQUET_SUFFIXES


def landing_folder() -> Path:
    """Return the landing folder, from the environment variable ``PERSONA_LANDING_DIR``."""
    return Path(os.environ.get(FOLDER_VARIABLE) or DEFAULT_FOLDER)


def list_files(folder: Path) -> list[Path]:
    """List the data files of a landing folder and its sub-folders.

    Parameters
    ----------
    folder : Path
        The landing folder.

    Returns
    -------
    list of Path
        By their name within the folder, which is the order in which later versions of a record
        replace earlier ones.

    Raises
    ------
    IntakeError
        If the folder is missing, is no folder or may not be read, or if a folder has the name of a
        data file.
    """
    if not folder.exists():
        raise IntakeError(
            f"The landing folder {folder} does not exist. Make it and put your files there, such "
            f"as customers.csv, or set {FOLDER_VARIABLE} to the folder that holds them."
        )
    if not folder.is_dir():
        raise IntakeError(
            f"The landing folder {folder} is a file, not a folder. Set {FOLDER_VARIABLE} to the "
            "folder that holds your files."
        )
    files = []
    for place in [folder, *sorted(folder / entity for entity in ENTITIES)]:
        if not place.is_dir():
            continue
        if not os.access(place, os.R_OK | os.X_OK):
            raise IntakeError(f"You may not read the folder {place}. Give yourself permission.")
        for path in place.iterdir():
            if not path.name.lower().endswith(SUFFIXES) or path.name.startswith("."):
                continue
            if path.is_dir():
                raise IntakeError(
                    f"{path.relative_to(folder).as_posix()} in {folder} is a folder with the name "
                    "of a file. Move the files in it to where the folder is, and remove it."
                )
            files.append(path)
    return sorted(files, key=lambda path: path.relative_to(folder).as_posix())


def entity_of(name: str, patterns: dict[str, list[str]]) -> str | None:
    """Tell which entity a file belongs to.

    Parameters
    ----------
    name : str
        Name of the file within the landing folder.
    patterns : dict of str to list of str
        By entity, the file names that the mapping gives it; these go before the usual names.

    Returns
    -------
    str or None
        The entity; None where the name tells nothing.

    Notes
    -----
    The usual names are ``<entity>.<suffix>``, ``<entity>_<anything>.<suffix>`` and everything in a
    sub-folder ``<entity>/``.
    """
    for entity, given in patterns.items():
        if any(fnmatch(name, pattern) for pattern in given):
            return entity
    for entity in ENTITIES:
        if patterns.get(entity):
            continue
        stem = name.lower().split(".")[0]
        if name.startswith(f"{entity}/") or stem == entity or stem.startswith(f"{entity}_"):
            return entity
    return None


def files_of(folder: Path, entity: str, patterns: dict[str, list[str]]) -> list[Path]:
    """Find the files of an entity.

    Parameters
    ----------
    folder : Path
        The landing folder.
    entity : str
        Canonical name, such as ``order_lines``.
    patterns : dict of str to list of str
        By entity, the file names that the mapping gives.

    Returns
    -------
    list of Path
        In the order of their names; at least one.

    Raises
    ------
    IntakeError
        If the folder cannot be read or holds no file of the entity.
    """
    listed = list_files(folder)
    found = [
        path
        for path in listed
        if entity_of(path.relative_to(folder).as_posix(), patterns) == entity
    ]
    if not found:
        others = ", ".join(path.relative_to(folder).as_posix() for path in listed) or "nothing"
        raise IntakeError(
            f"No file of the entity {entity} in {folder}: found {others}. Name one {entity}.csv, "
            f"{entity}.parquet or {entity}.jsonl, or say in {MAPPING_FILE} which files they are "
            f"(entities: {entity}: files), or take {entity} out of the list of the system 'files' "
            "in the var source_systems."
        )
    return found
