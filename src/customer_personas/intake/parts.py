"""The tables of a landing folder: files, members of archives, sheets of workbooks."""

import bz2
import codecs
import gzip
import lzma
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path, PurePosixPath
from typing import IO

import pyarrow as pa

from customer_personas.intake.errors import IntakeError
from customer_personas.intake.folder import (
    ARCHIVE_SUFFIXES,
    COMPRESSED_SUFFIXES,
    CSV_SUFFIXES,
    SUFFIXES,
    WORKBOOK_SUFFIXES,
    containers_of,
    has_odd_signs,
    list_files,
)
from customer_personas.intake.limits import NO_SETTING, Limits
from customer_personas.intake.workbooks import Sheet, sheets_of

# What reading a packed file fails with where it is damaged, or packed in an unknown way.
DAMAGES = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError)
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


def list_parts(folder: Path, limits: Limits = NO_SETTING) -> dict[str, Part]:
    """List the tables of a landing folder and its sub-folders.

    Parameters
    ----------
    folder : Path
        The landing folder.
    limits : Limits, optional
        What a file may take at most.

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
    parts = [part for path in list_files(folder) for part in _tables(path, folder, limits)[0]]
    return {part.name: part for part in sorted(parts, key=lambda part: part.name)}


def list_passed_over(folder: Path, limits: Limits = NO_SETTING) -> list[str]:
    """List what archives and workbooks of a landing folder hold that is not read.

    Parameters
    ----------
    folder : Path
        The landing folder.
    limits : Limits, optional
        What a file may take at most.

    Returns
    -------
    list of str
        Members of other kinds and hidden sheets, by their names within the folder.
    """
    return [name for path in list_files(folder) for name in _tables(path, folder, limits)[1]]


def _tables(path: Path, folder: Path, limits: Limits) -> tuple[list[Part], list[str]]:
    """List the tables of a file, and what else is in it."""
    part, state = Part(path.relative_to(folder).as_posix(), path), path.stat()
    return _look_into(part, limits, state.st_mtime_ns, state.st_size)


# every entity asks for them, and to look into a workbook may be to read it
@cache
def _look_into(part: Part, limits: Limits, *version: int) -> tuple[list[Part], list[str]]:
    kind = (part.member or part.path.name).lower()
    if kind.endswith(WORKBOOK_SUFFIXES):
        sheets = _sheets(part, limits)
        tables = [
            replace(part, name=f"{part.name}/{sheet.name}", sheet=sheet)
            for sheet in sheets
            if not (sheet.is_hidden or sheet.is_empty)
        ]
        hidden = [sheet.name for sheet in sheets if sheet.is_hidden and not sheet.is_empty]
        return tables, [f"{part.name}/{name} (a hidden sheet)" for name in hidden]
    if part.member is None and kind.endswith(ARCHIVE_SUFFIXES):
        inner = [
            replace(part, name=f"{part.name}/{member}", member=member)
            for member in _members(part.path, part.name)
        ]
        found = [_look_into(each, limits, *version) for each in inner]
        return [each for tables, _ in found for each in tables], [
            name for _, others in found for name in others
        ]
    is_table = part.member is None or kind.endswith(SUFFIXES)
    return ([part], []) if is_table else ([], [part.name])


def _sheets(part: Part, limits: Limits) -> list[Sheet]:
    """List the sheets of a workbook, which may be in an archive."""
    try:
        with unpacked(part, limits) as path:
            return sheets_of(path, part.name, limits)
    except DAMAGES as error:
        raise IntakeError(
            f"{part.name} cannot be read: {error}. Deliver the archive again or take it away."
        ) from None


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
    if inner.name.lower().endswith(COMPRESSED_SUFFIXES + ARCHIVE_SUFFIXES):
        raise IntakeError(
            f"{shown} is packed once more: an archive or a compressed file. Deliver it by itself, "
            "unpacked from the archive."
        )
    if entry.flag_bits & 1:
        raise IntakeError(f"{shown} is encrypted. Unpack it, and deliver it without a password.")


@contextmanager
def unpacked(part: Part, limits: Limits) -> Iterator[Path]:
    """Give the file of a table as it is, or a copy of it, unpacked.

    Parameters
    ----------
    part : Part
        The table; of a sheet the workbook is given.
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
        limits.refuse_unpacked(whole, containers_of(part.name)[-1])
    stem = inner if part.member else inner.with_suffix("")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / f"copy{stem.suffix.lower()}"
        with _content(part) as content, copy.open("wb") as plain:
            pieces = iter(lambda: content.read(_PIECE), b"")
            for piece in limits.counted(pieces, part.name):
                plain.write(piece)
        yield copy


@contextmanager
def head_of(part: Part) -> Iterator[Part]:
    """Give the first lines of a delimited file as a file of its own, and others as they are.

    Parameters
    ----------
    part : Part
        The table.

    Yields
    ------
    Part
        Enough to know its columns.
    """
    inner = PurePosixPath(part.member or part.path.name)
    if inner.suffix.lower() in COMPRESSED_SUFFIXES:
        inner = inner.with_suffix("")
    if inner.suffix.lower() not in CSV_SUFFIXES:
        yield part
        return
    with tempfile.TemporaryDirectory() as folder, _content(part) as content:
        lines = content.read(_PIECE)
        # whole lines: half a letter would look like another encoding
        end = lines.rfind(b"\n") + 1 if len(lines) == _PIECE else len(lines)
        copy = Path(folder) / f"head{inner.suffix.lower()}"
        copy.write_bytes(lines[: end + lines.startswith(codecs.BOM_UTF16_LE)])
        yield Part(part.name, copy)


@contextmanager
def _content(part: Part) -> Iterator[IO[bytes]]:
    """Open a file, unpacked if it is compressed, or a member of an archive."""
    if part.member is not None:
        with zipfile.ZipFile(part.path) as archive, archive.open(part.member) as content:
            yield content
        return
    suffix = part.path.suffix.lower()
    if suffix == ".zst":
        with pa.CompressedInputStream(pa.OSFile(str(part.path)), "zstd") as content:
            yield content
        return
    opened: Callable[..., IO[bytes]] = open
    if suffix in (".bz2", ".gz"):
        opened = bz2.open if suffix == ".bz2" else gzip.open  # type: ignore[assignment]
    with opened(part.path, "rb") as content:
        yield content
