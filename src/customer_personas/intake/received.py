"""One file of a landing folder, received into a table of texts."""

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from customer_personas.intake.columns import normal_names
from customer_personas.intake.csv_files import read_csv, read_header
from customer_personas.intake.encodings import (
    eight_bit_encoding_of,
    starts_as_utf8,
    utf16_of,
    write_as_utf8,
)
from customer_personas.intake.folder import JSON_SUFFIXES, PARQUET_SUFFIXES
from customer_personas.intake.json_files import field_text, fields_of, read_json
from customer_personas.intake.parquet_files import parquet_columns, read_parquet
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
        ``CSV``, ``JSON lines`` or ``Parquet``.
    columns : dict of str to str
        Names in lower case with underscores, and what the file itself says that they hold:
        ``number``, ``time`` or ``text``, which may be anything.
    records, unreadable : int
        How many there are of both kinds.
    encoding, delimiter : str or None
        Of text files.
    looked_up : dict of str to str
        Of the columns those that come from a second file, and its name.
    unmatched : list of str
        What the check says of records that are not in a second file.
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
    looked_up: dict[str, str] = field(default_factory=dict)
    unmatched: list[str] = field(default_factory=list)
    of_order: list[str] = field(default_factory=list)
    received_as: dict[str, str] = field(default_factory=dict)
    fingerprint: str = ""

    @property
    def own_columns(self) -> list[str]:
        """Names of the columns that the file itself has: the record as received."""
        return [name for name in self.columns if name not in self.looked_up]

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
    session: duckdb.DuckDBPyConnection, path: Path, name: str, table: str, settings: dict
) -> ReceivedFile:
    """Read a file into temporary tables.

    Parameters
    ----------
    session : duckdb.DuckDBPyConnection
        Where the tables are made.
    path : Path
        The file.
    name : str
        Its name within the landing folder.
    table : str
        Name of the table.
    settings : dict
        ``encoding`` and ``delimiter`` count, where the mapping gives them.

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
    if not os.access(path, os.R_OK):
        raise PermissionError
    lower_name = path.name.lower()
    if lower_name.endswith(PARQUET_SUFFIXES):
        found = _receive_parquet(session, path, name, table)
    else:
        is_json = lower_name.endswith(JSON_SUFFIXES)

        def receive(readable: Path) -> dict:
            if is_json:
                return _receive_json(session, readable, name, table)
            return _receive_csv(session, readable, name, table, settings.get("delimiter"))

        found = _receive_text(session, path, table, settings.get("encoding"), receive)
    ((records, unreadable),) = session.execute(
        f"select (select count(*) from {table}), (select count(*) from {table}_unreadable)"
    ).fetchall()
    return ReceivedFile(name, table, records=records, unreadable=unreadable, **found)


def _receive_text(
    session: duckdb.DuckDBPyConnection,
    path: Path,
    table: str,
    declared: str | None,
    receive: Callable[[Path], dict],
) -> dict:
    """Receive a text file in whatever encoding it is."""
    encoding = declared or utf16_of(path)
    if encoding is None and not starts_as_utf8(path):
        encoding = eight_bit_encoding_of(path)
    if encoding is None or encoding == "utf-8":
        found = receive(path) | {"encoding": "utf-8"}
        ((badly_encoded,),) = session.execute(
            f"select count(*) from {table}_unreadable "
            f"where regexp_matches(read_error, '{_NO_TEXT}')"
        ).fetchall()
        if encoding or not badly_encoded:
            return found
        # not UTF-8 throughout: is it another encoding, or are there broken lines?
        encoding = eight_bit_encoding_of(path)
        if encoding == "utf-8":
            return found
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        write_as_utf8(path, encoding, copy)
        return receive(copy) | {"encoding": encoding}


def _receive_parquet(session: duckdb.DuckDBPyConnection, path: Path, name: str, table: str) -> dict:
    types = parquet_columns(session, path)
    names = normal_names(list(types), name)
    read_parquet(session, path, dict(zip(types, names, strict=True)), table)
    return {"file_format": "Parquet", "columns": dict(zip(names, types.values(), strict=True))}


def _receive_csv(
    session: duckdb.DuckDBPyConnection, path: Path, name: str, table: str, delimiter: str | None
) -> dict:
    header = read_header(path, name, delimiter)
    names = normal_names(header.names, name)
    read_csv(session, path, header, names, table)
    return {
        "file_format": "CSV",
        "columns": dict.fromkeys(names, "text"),
        "delimiter": header.delimiter,
    }


def _receive_json(session: duckdb.DuckDBPyConnection, path: Path, name: str, table: str) -> dict:
    objects = f"{table}_objects"
    read_json(session, path, name, objects)
    fields = fields_of(session, objects)
    names = normal_names(list(fields), name)
    texts = ", ".join(
        f"{field_text(each)} as {identifier(normal)}"
        for each, normal in zip(fields, names, strict=True)
    )
    # a file of empty objects has no column, but records
    session.execute(
        f"create or replace temp table {table} as "
        f"select {texts or 'null as nothing'} from {objects}"
    )
    session.execute(f"create or replace temp table {table}_unreadable as from {objects}_unreadable")
    session.execute(f"drop table {objects}")
    session.execute(f"drop table {objects}_unreadable")
    classes = ["number" if is_number else "text" for is_number in fields.values()]
    columns = dict(zip(names, classes, strict=True)) or {"nothing": "text"}
    return {"file_format": "JSON lines", "columns": columns}
