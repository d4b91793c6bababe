"""Which files a landing folder holds, and which entity each belongs to."""

import os
import unicodedata
from pathlib import Path

from customer_personas.intake.entities import ENTITIES
from customer_personas.intake.errors import IntakeError

FOLDER_VARIABLE = "PERSONA_LANDING_DIR"
DEFAULT_FOLDER = "landing"
MAPPING_FILE = "mapping.yml"
CSV_SUFFIXES = (".csv", ".tsv", ".txt")
JSON_SUFFIXES = (".jsonl", ".ndjson", ".json")
PARQUET_SUFFIXES = (".parquet",)
# Of one table each.
SUFFIXES = CSV_SUFFIXES + JSON_SUFFIXES + PARQUET_SUFFIXES
COMPRESSED_SUFFIXES = (".gz", ".bz2", ".zst")
# Of as many tables as they hold.
ARCHIVE_SUFFIXES = (".zip",)
WORKBOOK_SUFFIXES = (".xlsx", ".xlsm", ".xls", ".ods")
LISTED_SUFFIXES = (
    *SUFFIXES,
    *(a + b for a in CSV_SUFFIXES + JSON_SUFFIXES for b in COMPRESSED_SUFFIXES),
    *ARCHIVE_SUFFIXES,
    *WORKBOOK_SUFFIXES,
)

_AS_WORKBOOK = "Open it in Excel or LibreOffice and save it as .xlsx, or export its sheets as CSV."
_AS_FILES = "Unpack it, or pack its files as .zip."
_ADVICE = (
    dict.fromkeys((".xlsb", ".numbers"), _AS_WORKBOOK)
    | dict.fromkeys((".7z", ".rar", ".tar", ".tgz", ".tar.gz", ".tar.bz2", ".xz"), _AS_FILES)
    | dict.fromkeys((".avro", ".orc", ".feather", ".arrow"), "Write it as Parquet or CSV.")
)


def landing_folder() -> Path:
    """Return the landing folder, from the environment variable ``PERSONA_LANDING_DIR``.

    Returns
    -------
    Path
        The folder; it need not exist.
    """
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
        If the folder is missing, is no folder or may not be read, if a folder has the name of a
        data file, or if a file has a name that the engine cannot open, is a link that leads out
        of the landing folder or is no file, but a pipe or a device.
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
    for place, folders, names in os.walk(folder, onerror=_refuse):
        for name in sorted([*folders, *names]):
            path = Path(place) / name
            if not name.lower().endswith(LISTED_SUFFIXES) or name.startswith((".", "~$")):
                continue
            if path.is_dir():
                raise IntakeError(
                    f"{path.relative_to(folder).as_posix()} in {folder} is a folder with the name "
                    "of a file. Move the files in it to where the folder is, and remove it."
                )
            _refuse_name(path)
            refuse_no_file(path, folder)
            files.append(path)
    return sorted(files, key=lambda path: path.relative_to(folder).as_posix())


def _refuse(error: OSError) -> None:
    raise IntakeError(f"You may not read the folder {error.filename}. Give yourself permission.")


def has_odd_signs(name: str) -> bool:
    """Tell whether a name has signs that nobody can type, or bytes that are no text.

    Parameters
    ----------
    name : str
        The name of a file.

    Returns
    -------
    bool
        Whether there is one.
    """
    return any(unicodedata.category(sign) in ("Cc", "Cs") for sign in name)


def _refuse_name(path: Path) -> None:
    """Stop at a name that is no text, or that the engine would take for another path."""
    shown = str(path).encode("utf-8", "backslashreplace").decode()
    if has_odd_signs(str(path)):
        raise IntakeError(
            f"The file {shown!r} has a name with signs that nobody can type, or in another "
            "encoding than UTF-8. Rename it."
        )
    if "\\" in str(path):
        raise IntakeError(
            f"The file {shown} has a backslash in its name or that of its folder, which the engine "
            "takes for the border between two folders. Rename it."
        )


def refuse_no_file(path: Path, folder: Path) -> None:
    """Stop at a link to nothing, or to what nobody put into the folder, and at what is no file.

    Parameters
    ----------
    path : Path
        A file of the landing folder.
    folder : Path
        The landing folder.

    Raises
    ------
    IntakeError
        If it is a link that leads nowhere or out of the folder, as to a system file, or a pipe, a
        socket or a device, which nobody could read to its end.
    """
    name = path.relative_to(folder).as_posix()
    if not path.exists():
        raise IntakeError(
            f"{name} in {folder} is a link to {path.readlink()}, which is not there. Remove the "
            "link, or put the file there."
        )
    if not path.resolve().is_relative_to(folder.resolve()):
        raise IntakeError(
            f"{name} in {folder} is a link to a file outside of that folder, of which nothing is "
            "read. Put a copy of the file there, or a hard link."
        )
    if not path.is_file():
        raise IntakeError(
            f"{name} in {folder} is no file, but a pipe, a socket, a device or a folder. Put a "
            "file there, or take it away."
        )


def list_others(folder: Path) -> list[str]:
    """List the files of a landing folder that are of no kind that can be read.

    Parameters
    ----------
    folder : Path
        The landing folder.

    Returns
    -------
    list of str
        Their names within the folder.
    """
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file()
        and not path.name.startswith((".", "~$"))
        and not path.name.lower().endswith((*LISTED_SUFFIXES, MAPPING_FILE))
    )


def containers_of(name: str) -> list[str]:
    """Name the archive and the workbook that a table is in.

    Parameters
    ----------
    name : str
        Name of the table within the landing folder, such as ``new/shop.zip/january.csv``.

    Returns
    -------
    list of str
        Their names within the landing folder, the inner one first: ``new/shop.zip``; none where
        the table is a file.
    """
    parts = name.split("/")
    return [
        "/".join(parts[:place])
        for place in range(len(parts) - 1, 0, -1)
        # no folder has such a name
        if parts[place - 1].lower().endswith(ARCHIVE_SUFFIXES + WORKBOOK_SUFFIXES)
    ]


def entity_of(name: str) -> str | None:
    """Tell which entity a table is named after.

    Parameters
    ----------
    name : str
        Name of the table within the landing folder: ``<entity>.<suffix>``,
        ``<entity>_<anything>.<suffix>``, or anything in a sub-folder ``<entity>/``. A member of an
        archive, or a sheet of a workbook, goes by its own name, else by that of what it is in.

    Returns
    -------
    str or None
        The entity; None where the name tells nothing.
    """
    containers = containers_of(name)
    if not containers:
        return _entity_of_file(name)
    within = [each.rsplit("/", 1)[-1].replace(" ", "_") for each in (name, *containers[:-1])]
    return next(filter(None, map(_entity_of_file, [*within, containers[-1]])), None)


def _entity_of_file(name: str) -> str | None:
    stem = name.lower().split(".")[0]
    for entity in ENTITIES:
        if name.startswith(f"{entity}/") or stem == entity or stem.startswith(f"{entity}_"):
            return entity
    return None


def advice_on(name: str) -> str | None:
    """Say what to do with a file of a kind that cannot be read, but may hold records.

    Parameters
    ----------
    name : str
        Its name.

    Returns
    -------
    str or None
        One sentence; None where the kind is none of records.
    """
    kinds = (kind for kind in _ADVICE if name.lower().endswith(kind))
    return next((_ADVICE[kind] for kind in kinds), None)
