"""The tables of a landing folder: files, members of archives, sheets of workbooks."""

import bz2
import gzip
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

import pyarrow as pa

from customer_personas.intake.errors import IntakeError
from customer_personas.intake.folder import (
    ARCHIVE_SUFFIXES,
    COMPRESSED_SUFFIXES,
    PACKED_SUFFIXES,
    SUFFIXES,
    WORKBOOK_SUFFIXES,
    container_of,
    has_odd_signs,
    list_files,
)
from customer_personas.intake.limits import Limits
from customer_personas.intake.workbooks import Sheet, sheets_of

_PIECE = 1 << 22
_MOST_MEMBERS = 10_000
# What programs put into archives for themselves.
_HIDDEN = (".", "~$", "__MACOSX")


@dataclass(frozen=True)
class Part:
    """A table of a landing folder.

    Attributes
    ----------
    name : str
        Its name within the landing folder: ``customers.csv``, ``shop.zip/january.csv``,
        ``shop.xlsx/Orders``.
    path : Path
        The file that it is, or is in.
    member : str or None
        Its name in an archive.
    sheet : Sheet or None
        Its place in a workbook.
    """

    name: str
    path: Path
    member: str | None = None
    sheet: Sheet | None = None


def list_parts(folder: Path) -> dict[str, Part]:
    """List the tables of a landing folder and its sub-folders.

    Parameters
    ----------
    folder : Path
        The landing folder.

    Returns
    -------
    dict of str to Part
        By name, sorted, which is the order in which later versions of a record replace earlier
        ones. Hidden and empty sheets are left out.

    Raises
    ------
    IntakeError
        As :func:`list_files` does, and where an archive or a workbook cannot be looked into.
    """
    parts = []
    for path in list_files(folder):
        name = path.relative_to(folder).as_posix()
        if path.name.lower().endswith(ARCHIVE_SUFFIXES):
            parts += [
                Part(f"{name}/{member}", path, member=member)
                for member in _members(path, name)
                if member.lower().endswith(SUFFIXES)
            ]
        elif path.name.lower().endswith(WORKBOOK_SUFFIXES):
            parts += [
                Part(f"{name}/{sheet.name}", path, sheet=sheet)
                for sheet in sheets_of(path, name)
                if not (sheet.is_hidden or sheet.is_empty)
            ]
        else:
            parts.append(Part(name, path))
    return {part.name: part for part in sorted(parts, key=lambda part: part.name)}


def list_passed_over(folder: Path) -> list[str]:
    """List what archives and workbooks of a landing folder hold that is not read.

    Parameters
    ----------
    folder : Path
        The landing folder.

    Returns
    -------
    list of str
        Members of other kinds and hidden sheets, by their names within the folder.
    """
    found = []
    for path in list_files(folder):
        name = path.relative_to(folder).as_posix()
        if path.name.lower().endswith(ARCHIVE_SUFFIXES):
            members = _members(path, name)
            found += [f"{name}/{each}" for each in members if not each.lower().endswith(SUFFIXES)]
        elif path.name.lower().endswith(WORKBOOK_SUFFIXES):
            found += [
                f"{name}/{sheet.name} (a hidden sheet)"
                for sheet in sheets_of(path, name)
                if sheet.is_hidden and not sheet.is_empty
            ]
    return found


def _members(path: Path, name: str) -> list[str]:
    """List the files in an archive, but for those that programs hide there."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except PermissionError:
        raise IntakeError(f"You may not read the file {name}. Give yourself permission.") from None
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise IntakeError(
            f"{name} is no archive that can be read: {error}. Deliver it again or take it away."
        ) from None
    if len(entries) > _MOST_MEMBERS:
        raise IntakeError(
            f"{name} holds {len(entries):,} files, more than {_MOST_MEMBERS:,}. Unpack it."
        )
    found: dict[str, None] = {}
    for each in entries:
        inner = PurePosixPath(each.filename)
        _refuse_name(each.filename, inner, name)
        if each.is_dir() or any(part.startswith(_HIDDEN) for part in inner.parts):
            continue
        _refuse_entry(each, inner, name)
        if each.filename in found:
            raise IntakeError(f"{name} holds {each.filename} twice. Take one out.")
        found[each.filename] = None
    return list(found)


def _refuse_name(member: str, inner: PurePosixPath, name: str) -> None:
    """Stop at a member that leads out of the archive."""
    leads_out = inner.is_absolute() or ".." in inner.parts or "\\" in member
    if leads_out or has_odd_signs(member):
        raise IntakeError(
            f"{name} holds a file named {member!r}: a name that leads elsewhere, or that nobody "
            "can type. Nothing of it is read. Make the archive again, of files in one folder."
        )


def _refuse_entry(entry: zipfile.ZipInfo, inner: PurePosixPath, name: str) -> None:
    """Stop at a member that is packed itself, or is encrypted."""
    shown = f"{name}, the file {entry.filename} in it,"
    if inner.name.lower().endswith(PACKED_SUFFIXES):
        raise IntakeError(
            f"{shown} is packed once more: an archive, a compressed file or a workbook. Deliver it "
            "by itself, unpacked from the archive."
        )
    if entry.flag_bits & 1:
        raise IntakeError(f"{shown} is encrypted. Unpack it, and deliver it without a password.")


@contextmanager
def unpacked(part: Part, limits: Limits) -> Iterator[Path]:
    """Give the file of a table as it is, or a copy of it, unpacked.

    Parameters
    ----------
    part : Part
        The table; no sheet.
    limits : Limits
        How many bytes it, or the archive that it is in, may hold once unpacked.

    Yields
    ------
    Path
        The file, with the ending of its kind; a copy is gone afterwards.

    Raises
    ------
    IntakeError
        If it holds more than it may; the copy never does.
    """
    inner = PurePosixPath(part.member or part.path.name)
    if part.member is None and not inner.name.lower().endswith(COMPRESSED_SUFFIXES):
        yield part.path
        return
    if part.member is not None:
        # all of it counts, since its members come one after the other
        with zipfile.ZipFile(part.path) as archive:
            whole = sum(each.file_size for each in archive.infolist())
        limits.refuse_unpacked(whole, container_of(part.name) or part.name)
    stem = inner if part.member else inner.with_suffix("")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / f"copy{stem.suffix.lower()}"
        with _content(part) as content, copy.open("wb") as plain:
            pieces = iter(lambda: content.read(_PIECE), b"")
            for piece in limits.counted(pieces, part.name):
                plain.write(piece)
        yield copy


@contextmanager
def _content(part: Part) -> Iterator[IO[bytes]]:
    """Open a compressed file, or a member of an archive."""
    if part.member is not None:
        with zipfile.ZipFile(part.path) as archive, archive.open(part.member) as content:
            yield content
        return
    suffix = part.path.suffix.lower()
    if suffix == ".zst":
        with pa.CompressedInputStream(pa.OSFile(str(part.path)), "zstd") as content:
            yield content
        return
    opened = bz2.open if suffix == ".bz2" else gzip.open
    with opened(part.path, "rb") as content:
        yield content  # type: ignore[misc]
