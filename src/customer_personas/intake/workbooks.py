"""A workbook: which sheets it has, and a sheet as a CSV file.

What it holds decides what it is: one of Excel (``.xlsx``), an old one (``.xls``), or one of
LibreOffice (``.ods``). A sheet is read by a process of its own (`sheet_reader`), which may take so
much memory and no more: a small workbook can claim more cells than any machine holds.
"""

import html
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree

from customer_personas.intake.errors import IntakeError
from customer_personas.intake.limits import Limits

_PIECE = 1 << 20
_LARGEST_LIST = 1 << 24
# Old workbooks and encrypted new ones begin so; the latter name this stream.
_OLD_FORMAT, _ENCRYPTED = b"\xd0\xcf\x11\xe0", "EncryptedPackage".encode("utf-16-le")
_ARCHIVE = b"PK"
# The file of an .ods that holds all its sheets.
_OPEN_DOCUMENT = "content.xml"
_CONTENT = re.compile(rb"<(?:\w+:)?(?:v|is|f)[\s/>]")
# A cell with a formula and no result; of a text (t="str") no result is the empty one.
_NO_RESULT = re.compile(
    rb'<(?:\w+:)?c\b(?![^>]*\bt="str")[^>]*\br="([A-Z]+[0-9]+)"[^>]*>\s*'
    rb"<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
# The same of an .ods, beside the beginnings of its sheets.
_OPEN_NO_RESULT = re.compile(
    rb'<table:table\s[^>]*\btable:name="([^"]*)"|'
    rb"<table:table-cell\b(?=[^>]*\btable:formula=)(?![^>]*\boffice:value-type=)"
)
_MEMORY = 500_000_000
_LONGEST_CELL = 1 << 16


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook.

    Attributes
    ----------
    name : str
        What people see.
    part : str
        The file of the workbook, where that is an archive, that holds it; else empty.
    is_hidden : bool
        Whether people do not see it.
    is_empty : bool
        Whether no cell has a value.
    """

    name: str
    part: str
    is_hidden: bool
    is_empty: bool


@dataclass(frozen=True)
class SheetCells:
    """What a sheet says about its columns, by their positions from 0.

    Attributes
    ----------
    last_not_number, last_not_time : list of int
        The last line of the CSV file with a value that is no number, no date: 0 where there is
        none.
    further_headers : list of (int, list of str)
        Line and texts of each row that looks like the header of another table: below an empty row,
        of texts only, some of them between numbers or dates.
    beside : list of str
        The first texts of a table beside the first one; empty where there is none.
    """

    last_not_number: list[int]
    last_not_time: list[int]
    further_headers: list[tuple[int, list[str]]]
    beside: list[str]

    def class_of(self, column: int, header_line: int) -> str:
        """Tell what a column holds below its header.

        Parameters
        ----------
        column : int
            Position, from 0.
        header_line : int
            Line of the header, from 1.

        Returns
        -------
        str
            ``number``, ``time`` or ``text``.
        """
        if self.last_not_number[column] <= header_line:
            return "number"
        return "time" if self.last_not_time[column] <= header_line else "text"

    def refuse_further_table(self, header_line: int, name: str) -> None:
        """Stop where another table is below or beside the table: both would be taken for one.

        Parameters
        ----------
        header_line : int
            Line of the header, from 1.
        name : str
            Name of the sheet, for messages.

        Raises
        ------
        IntakeError
            With the place and the first names of that table.
        """
        for line, texts in self.further_headers:
            if line > header_line:
                listed = ", ".join(repr(text[:40]) for text in texts[:3])
                raise IntakeError(
                    f"{name}: below an empty row another table seems to begin in row {line}, with "
                    f"{listed}. Give each table a sheet of its own, or delete the empty row if "
                    "these are records."
                )
        if self.beside:
            listed = ", ".join(repr(text[:40]) for text in self.beside[:3])
            raise IntakeError(
                f"{name}: behind an empty column another table of another length seems to stand "
                f"beside the first, with {listed}. Give each table a sheet of its own, or delete "
                "the empty column if these belong to the records."
            )


def sheets_of(path: Path, name: str, limits: Limits) -> list[Sheet]:
    """List the sheets of a workbook that can hold records, in their order.

    Parameters
    ----------
    path : Path
        The workbook.
    name : str
        Its name within the landing folder, for messages.
    limits : Limits
        How much it may hold.

    Returns
    -------
    list of Sheet
        Without sheets that are charts.

    Raises
    ------
    IntakeError
        If it is no workbook, or is protected by a password.
    """
    try:
        with path.open("rb") as content:
            start = content.read(4)
        if start == _OLD_FORMAT:
            _refuse_encrypted(path, name)
        elif start.startswith(_ARCHIVE):
            with zipfile.ZipFile(path) as archive:
                if _OPEN_DOCUMENT not in archive.namelist():
                    return list(_sheets(archive, name))
                _refuse_size(archive, name, limits)
        else:
            _refuse_other_kinds(start, name)
    except PermissionError:
        raise IntakeError(f"You may not read the file {name}. Give yourself permission.") from None
    except (zipfile.BadZipFile, KeyError, ElementTree.ParseError, NotImplementedError) as error:
        raise IntakeError(
            f"{name} is no workbook that can be read: {error}. Save it as .xlsx again, or "
            "take it out of the folder."
        ) from None
    part = _OPEN_DOCUMENT if start.startswith(_ARCHIVE) else ""
    told = _read(["list", str(path)], name, limits)
    return [Sheet(part=part, **each) for each in told["sheets"]]


def _refuse_encrypted(path: Path, name: str) -> None:
    with path.open("rb") as content:
        if any(_ENCRYPTED in piece for piece in iter(lambda: content.read(_PIECE), b"")):
            _refuse_password(name)


def _refuse_password(name: str) -> None:
    raise IntakeError(
        f"{name} is protected by a password. Save a copy without one (File, Info, Protect "
        "Workbook) and deliver that, or take it out of the folder."
    )


def _refuse_size(archive: zipfile.ZipFile, name: str, limits: Limits) -> None:
    limits.refuse_unpacked(sum(each.file_size for each in archive.infolist()), name)


def _refuse_other_kinds(start: bytes, name: str) -> None:
    """Stop at a file that is called a workbook and is none, as some programs export it."""
    if start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        what = "a web page or XML, called a workbook. Open it in Excel or LibreOffice, and save it"
    elif start:
        what = "no workbook. If it is text with a record a line, rename it to .csv, else save it"
    else:
        what = "empty. Save it"
    raise IntakeError(f"{name} is {what} as .xlsx, or take it out of the folder.")


def _sheets(archive: zipfile.ZipFile, name: str) -> Iterator[Sheet]:
    # where things are is said by relations, from the root on
    _, workbook = next(
        (kind, target)
        for kind, target in _relations(archive, "", name).values()
        if kind == "officeDocument"
    )
    relations = _relations(archive, workbook, name)
    for element in _parsed(archive, workbook, name).iter():
        if _local(element.tag) != "sheet":
            continue
        by_local = {_local(key): value for key, value in element.attrib.items()}
        kind, part = relations[by_local["id"]]
        if kind == "worksheet":
            is_hidden = by_local.get("state", "visible") != "visible"
            yield Sheet(by_local["name"], part, is_hidden, not _has_content(archive, part))


def _relations(archive: zipfile.ZipFile, part: str, name: str) -> dict[str, tuple[str, str]]:
    """Give the kind and the target of each relation of a part, by its id."""
    folder = PurePosixPath(part).parent
    file = folder / "_rels" / f"{PurePosixPath(part).name}.rels"
    found = {}
    for element in _parsed(archive, file.as_posix(), name):
        target = element.attrib["Target"]
        path = target[1:] if target.startswith("/") else (folder / target).as_posix()
        found[element.attrib["Id"]] = (element.attrib["Type"].rsplit("/", 1)[-1], path)
    return found


def _parsed(archive: zipfile.ZipFile, part: str, name: str) -> ElementTree.Element:
    if archive.getinfo(part).file_size > _LARGEST_LIST:
        raise IntakeError(f"{name} has a list of its sheets that is no list. Save it again.")
    return ElementTree.fromstring(archive.read(part))


def _local(name: str) -> str:
    return name.rsplit("}", 1)[-1]


def _has_content(archive: zipfile.ZipFile, part: str) -> bool:
    with archive.open(part) as content:
        before = b""
        while piece := content.read(_PIECE):
            if _CONTENT.search(before + piece):
                return True
            before = piece[-64:]
    return False


def write_sheet(path: Path, name: str, sheet: Sheet, limits: Limits, copy: Path) -> SheetCells:
    """Write a sheet as a CSV file, as people see its values.

    Parameters
    ----------
    path : Path
        The workbook.
    name : str
        Name of the sheet within the landing folder, for messages.
    sheet : Sheet
        The sheet.
    limits : Limits
        How much it may hold.
    copy : Path
        The CSV file: UTF-8, comma, the row of the sheet as the line, as far as no cell has a line
        break. Dates are ISO, whole numbers have no decimals, errors are empty.

    Returns
    -------
    SheetCells
        What its columns hold.

    Raises
    ------
    IntakeError
        If it is too large, damaged, or has a formula without its result.
    """
    if sheet.part:
        with zipfile.ZipFile(path) as archive:
            _refuse_size(archive, name, limits)
            if sheet.part == _OPEN_DOCUMENT:
                _refuse_open_without_result(archive, sheet, name)
            else:
                _refuse_without_result(archive, sheet.part, name)
    told = _read(["write", str(path), sheet.name, str(copy), str(limits.max_columns)], name, limits)
    if "columns" in told:
        limits.refuse_columns(told["columns"], name)
    return SheetCells(**told)


def _read(arguments: list[str], name: str, limits: Limits) -> dict:
    """Let the process of its own read, and give what it tells."""
    # the process itself, and cells, which take several times their text
    memory = _MEMORY + 3 * limits.max_unpacked_bytes
    run = subprocess.run(
        [sys.executable, "-m", "customer_personas.intake.sheet_reader", str(memory), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    told = json.loads(run.stdout) if run.returncode == 0 else {}
    if told.get("is_encrypted"):
        _refuse_password(name)
    if "problem" in told:
        raise IntakeError(f"{name} cannot be read: {told['problem']}. Save the workbook again.")
    if told:
        return told
    raise IntakeError(
        f"{name} takes more than {memory:,} bytes of memory. Delete cells far away from the table, "
        "or export the sheet as CSV. If so much is meant, set the var max_unpacked_bytes of "
        "dbt_project.yml higher."
    )


def _refuse_without_result(archive: zipfile.ZipFile, part: str, name: str) -> None:
    with archive.open(part) as content:
        before = b""
        while piece := content.read(_PIECE):
            whole = before + piece
            found = _NO_RESULT.search(whole) if b"<f" in whole or b":f" in whole else None
            if found:
                raise IntakeError(
                    f"{name}, cell {found[1].decode()}: a formula without its result, as programs "
                    "write it that do not compute. Open the workbook in Excel or LibreOffice, save "
                    "it and deliver it again."
                )
            before = whole[-_LONGEST_CELL:]


def _refuse_open_without_result(archive: zipfile.ZipFile, sheet: Sheet, name: str) -> None:
    current = None
    with archive.open(sheet.part) as content:
        before = b""
        while piece := content.read(_PIECE):
            whole = before + piece
            end = whole.rfind(b">") + 1
            for found in _OPEN_NO_RESULT.finditer(whole, 0, end):
                if found[1] is not None:
                    current = html.unescape(found[1].decode())
                elif current == sheet.name:
                    raise IntakeError(
                        f"{name} has a formula without its result, as programs write it that do "
                        "not compute. Open the workbook in LibreOffice or Excel, save it and "
                        "deliver it again."
                    )
            before = whole[end:][-_LONGEST_CELL:]
