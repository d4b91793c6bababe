"""One file of a landing folder, received into a table of texts."""

import os
import tempfile
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from customer_personas.intake.columns import normal_names
from customer_personas.intake.csv_files import find_beside, read_csv
from customer_personas.intake.encodings import (
    eight_bit_encoding_of,
    lines_of,
    starts_as_utf8,
    utf16_of,
    write_as_utf8,
    write_western_as_utf8,
)
from customer_personas.intake.errors import IntakeError
from customer_personas.intake.folder import JSON_SUFFIXES, PARQUET_SUFFIXES
from customer_personas.intake.headers import find_header
from customer_personas.intake.json_files import explode, field_text, fields_of, read_json
from customer_personas.intake.json_layouts import is_json_lines, write_as_lines
from customer_personas.intake.layouts import BLANKS, part_side_by_side, write_as_csv
from customer_personas.intake.limits import Limits
from customer_personas.intake.parquet_files import (
    parquet_columns,
    parquet_unpacked,
    read_parquet,
    write_objects,
)
from customer_personas.intake.parts import Part, unpacked
from customer_personas.intake.workbooks import Sheet, SheetCells, write_sheet
from customer_personas.sql import identifier

# What the engine, and the reading line by line, say of bytes that are no text.
_NO_TEXT = "(?i)unicode|utf-8|no text"


@dataclass(frozen=True)
class ReceivedFile:
    """A received file.

    Attributes
    ----------
    name : str
        Its name within the landing folder.
    table : str
        Temporary table of its records in their order, all columns text; ``<table>_unreadable`` has
        the lines that are no records.
    file_format : str
        ``CSV``, ``workbook``, ``JSON lines``, ``JSON`` or ``Parquet``.
    columns : dict of str to str
        Names in lower case with underscores, and what the file itself says that they hold:
        ``number``, ``time`` or ``text``, which may be anything.
    records, unreadable : int
        How many there are of both kinds.
    encoding, delimiter : str or None
        Of text files.
    headers : dict of str to str
        By name, what the file itself calls a column.
    header_line : int or None
        Line, or row, in which its header stands; None where it has none.
    looked_up : dict of str to str
        Of the columns those that come from a second file, and its name.
    unmatched : list of str
        What the check says of records that are not in a second file.
    outer : list of str
        Where a record is parted into several, the columns that all of them have alike.
    of_order : list of str
        Columns of the order: each line has what the order's first line says.
    received_as : dict of str to str
        Of these the columns of the table that have them as received.
    fingerprint : str
        What tells the file, and the way it is read, from any other; empty where nobody asked.
    """

    name: str
    table: str
    file_format: str
    columns: dict[str, str]
    records: int
    unreadable: int
    encoding: str | None = None
    delimiter: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    header_line: int | None = None
    looked_up: dict[str, str] = field(default_factory=dict)
    unmatched: list[str] = field(default_factory=list)
    outer: list[str] = field(default_factory=list)
    of_order: list[str] = field(default_factory=list)
    received_as: dict[str, str] = field(default_factory=dict)
    fingerprint: str = ""

    @property
    def own_columns(self) -> list[str]:
        """Names of the columns that the file itself has: the record as received."""
        return [name for name in self.columns if name not in self.looked_up]

    def told(self, column: str) -> str:
        """Name a column, and where it comes from if that is not the record itself.

        Parameters
        ----------
        column : str
            Its name.

        Returns
        -------
        str
            Such as ``price of products.csv``.
        """
        if column in self.of_order:
            return f"{column}, filled within the order"
        return f"{column} of {self.looked_up[column]}" if column in self.looked_up else column

    def as_received(self, name: str) -> str:
        """Write the SQL of a column as it was received.

        Parameters
        ----------
        name : str
            One of the own columns.

        Returns
        -------
        str
            The quoted name of the column that has it.
        """
        return identifier(self.received_as.get(name, name))


def receive_file(
    session: duckdb.DuckDBPyConnection,
    part: Part,
    table: str,
    settings: dict,
    limits: Limits,
    known: Collection[str] = (),
) -> ReceivedFile:
    """Read a table of the landing folder into temporary tables.

    Parameters
    ----------
    session : duckdb.DuckDBPyConnection
        Where the tables are made.
    part : Part
        The file, or its place in one.
    table : str
        Name of the table.
    settings : dict
        ``encoding`` and the layout count, where the mapping gives them.
    limits : Limits
        What the file may take at most.
    known : collection of str, optional
        Names that its columns may have, as :func:`columns.key` writes them: the header is known by
        them, and what wraps records from the records.

    Returns
    -------
    ReceivedFile
        What was found.

    Raises
    ------
    PermissionError
        If it must not be read.
    IntakeError, OSError, duckdb.Error
        If it cannot be read.
    """
    if not os.access(part.path, os.R_OK):
        raise PermissionError
    receiving = _Receiving(session, part.name, table, settings, limits, known)
    with unpacked(part, limits) as path:
        if part.sheet is not None:
            found = receiving.sheet(path, part.sheet)
        elif path.name.lower().endswith(PARQUET_SUFFIXES):
            found = receiving.parquet(path)
        elif path.name.lower().endswith(JSON_SUFFIXES):
            found = receiving.text(path, receiving.json)
        else:
            found = receiving.text(path, receiving.csv)
    if "side_by_side" in settings:
        patterns = settings["side_by_side"]
        columns = part_side_by_side(session, table, found["columns"], patterns, part.name)
        headers = {name: found["headers"].get(name, name) for name in columns}
        outer = [name for name in columns if name in found["columns"]]
        found |= {"columns": columns, "headers": headers, "outer": outer}
    ((records, unreadable),) = session.execute(
        f"select (select count(*) from {table}), (select count(*) from {table}_unreadable)"
    ).fetchall()
    return ReceivedFile(part.name, table, records=records, unreadable=unreadable, **found)


@dataclass(frozen=True)
class _Receiving:
    """What all ways of receiving a file need to know; each gives attributes of `ReceivedFile`."""

    session: duckdb.DuckDBPyConnection
    name: str
    table: str
    settings: dict
    limits: Limits
    known: Collection[str]

    def text(self, path: Path, receive: Callable[[Path], dict]) -> dict:
        """Receive a text file in whatever encoding it is."""
        encoding = self.settings.get("encoding") or utf16_of(path)
        if encoding is None and not starts_as_utf8(path):
            encoding = eight_bit_encoding_of(path, self.name, self.limits)
        if encoding is None or encoding == "utf-8":
            found = receive(path) | {"encoding": "utf-8"}
            ((badly_encoded,),) = self.session.execute(
                f"select count(*) from {self.table}_unreadable "
                f"where regexp_matches(read_error, '{_NO_TEXT}')"
            ).fetchall()
            if encoding or not badly_encoded:
                return found
            # not UTF-8 throughout: is it another encoding, or are there broken lines?
            encoding = eight_bit_encoding_of(path, self.name, self.limits)
            if encoding == "utf-8":
                return found
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / f"copy{path.suffix}"
            if encoding == "latin-1" and "encoding" not in self.settings:
                write_western_as_utf8(path, copy)
            else:
                write_as_utf8(path, encoding, copy)
            return receive(copy) | {"encoding": encoding}

    def parquet(self, path: Path) -> dict:
        """Receive a Parquet file; one with a list to be parted is read as JSON is."""
        self.limits.refuse_unpacked(parquet_unpacked(self.session, path), self.name)
        if "explode" in self.settings:
            write_objects(self.session, path, self._objects)
            return self._from_objects() | {"file_format": "Parquet"}
        types = parquet_columns(self.session, path)
        self.limits.refuse_columns(len(types), self.name)
        names = normal_names(list(types), self.name)
        read_parquet(self.session, path, dict(zip(types, names, strict=True)), self.table)
        return {
            "file_format": "Parquet",
            "columns": dict(zip(names, types.values(), strict=True)),
            "headers": dict(zip(names, types, strict=True)),
        }

    def sheet(self, path: Path, sheet: Sheet) -> dict:
        """Receive a sheet of a workbook."""
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / "copy.csv"
            cells = write_sheet(path, self.name, sheet, self.limits, copy)
            found = self.csv(copy, cells)
        return found | {"file_format": "workbook", "delimiter": None}

    def csv(self, path: Path, cells: SheetCells | None = None) -> dict:
        """Receive a delimited file, which may be the copy of a sheet."""
        settings = self.settings if cells is None else self.settings | {"delimiter": ","}
        with tempfile.TemporaryDirectory() as folder:
            if cells is None and ("widths" in settings or settings.get("delimiter") == BLANKS):
                lines = lines_of(path, self.name, self.limits)
                path = Path(folder) / "copy.csv"
                write_as_csv(lines, settings, path)
                settings = settings | {"delimiter": ","}
            lines = lines_of(path, self.name, self.limits)
            header = find_header(lines, self.name, settings, self.known)
            self.limits.refuse_columns(len(header.names), self.name)
            names = normal_names(header.names, self.name)
            if cells is not None:
                cells.refuse_further_table(header.line, self.name)
            read_csv(self.session, path, header, names, self.table, self.name, self.limits)
        if cells is None and (beside := find_beside(self.session, self.table, names, header.names)):
            listed = ", ".join(map(repr, beside[:3]))
            raise IntakeError(
                f"{self.name}: behind an empty column another table of another length seems to "
                f"stand beside the first, with {listed}. Give each table a file of its own, or "
                "delete the empty column if these belong to the records."
            )
        columns = dict.fromkeys(names, "text")
        if cells is not None:
            columns = {name: cells.class_of(n, header.line) for n, name in enumerate(names)}
        return {
            "file_format": "CSV",
            "columns": columns,
            "headers": dict(zip(names, header.names, strict=True)),
            "delimiter": header.delimiter,
            "header_line": header.line if header.line_count else None,
        }

    def json(self, path: Path) -> dict:
        """Receive a JSON file of any layout."""
        records = self.settings.get("records")
        with tempfile.TemporaryDirectory() as folder:
            is_lines = records is None and is_json_lines(path, self.known)
            if not is_lines:
                copy = Path(folder) / "copy.jsonl"
                write_as_lines(path, self.name, copy, self.known, records, self.limits)
                path = copy
            read_json(self.session, path, self.name, self._objects, self.limits)
        return self._from_objects() | {"file_format": "JSON lines" if is_lines else "JSON"}

    @property
    def _objects(self) -> str:
        return f"{self.table}_objects"

    def _from_objects(self) -> dict:
        """Make columns of the fields of objects."""
        session, table, objects = self.session, self.table, self._objects
        if "explode" in self.settings:
            explode(session, objects, self.settings["explode"], self.name)
        fields = fields_of(session, objects)
        self.limits.refuse_columns(len(fields), self.name)
        headers = [".".join(path) for path in fields]
        names = normal_names(headers, self.name)
        texts = ", ".join(
            f"{field_text(path)} as {identifier(normal)}"
            for path, normal in zip(fields, names, strict=True)
        )
        # a file of empty objects has no column, but records
        session.execute(
            f"create or replace temp table {table} as "
            f"select {texts or 'null as nothing'} from {objects}"
        )
        session.execute(
            f"create or replace temp table {table}_unreadable as from {objects}_unreadable"
        )
        session.execute(f"drop table {objects}")
        session.execute(f"drop table {objects}_unreadable")
        classes = ["number" if is_number else "text" for is_number in fields.values()]
        parted = self.settings.get("explode", "")
        outer = [
            name
            for name, header in zip(names, headers, strict=True)
            if parted and not f"{header}.".startswith(f"{parted}.")
        ]
        return {
            "outer": outer,
            "columns": dict(zip(names, classes, strict=True)) or {"nothing": "text"},
            "headers": dict(zip(names, headers, strict=True)),
        }
