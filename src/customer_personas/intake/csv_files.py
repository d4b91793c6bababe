"""A delimited text file becomes a table of texts, as received.

The engine reads it. It sets lines aside that it cannot read, and where a stray quote makes it take
many lines for one, the file is read again line by line, so that only the broken line is set aside.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa

from customer_personas.intake.encodings import lines_of
from customer_personas.intake.headers import Header
from customer_personas.intake.limits import Limits
from customer_personas.intake.tables_beside import ColumnsSeen
from customer_personas.sql import file_literal, identifier, literal

_LINES_OF_ONE_RECORD = 200
_BATCH = 50_000
# Longer lines are read line by line: the engine sets aside many times as much for each thread.
_ENGINE_LINE_BYTES = 2_000_000
# Of a line that it cannot read the engine keeps so many signs.
_ENGINE_REJECT_CUT = 10_000
# What is wrong with one line by itself. After a quote that is not closed the engine tells others.
_FAULTS_OF_A_LINE = {"MISSING COLUMNS", "TOO MANY COLUMNS", "INVALID ENCODING"}
# As long as a line: those are bounded.
csv.field_size_limit(2**31 - 1)


def read_csv(
    session: duckdb.DuckDBPyConnection,
    path: Path,
    header: Header,
    names: list[str],
    table: str,
    source_file: str,
    limits: Limits,
) -> None:
    """Read a UTF-8 file into two temporary tables.

    Parameters
    ----------
    session : duckdb.DuckDBPyConnection
        Where the tables are made.
    path : Path
        The file.
    header : Header
        Its header.
    names : list of str
        Names of the columns of the table.
    table : str
        The readable records, in their order; ``<table>_unreadable`` has the others:
        ``record_number`` and ``line_number`` from 1, ``line`` and ``read_error``.
    source_file : str
        Its name, for messages.
    limits : Limits
        How long a line may be.
    """
    made = (table, *(f"{table}_{each}" for each in ("unreadable", "rejects", "scans")))
    _drop(session, *made)
    try:
        _read_with_engine(session, path, header, names, table, limits)
        is_sure = _has_whole_lines(session, names, table)
    except duckdb.Error:
        is_sure = False
    if is_sure:
        _drop(session, f"{table}_rejects", f"{table}_scans")
    else:
        _drop(session, *made)
        lines = lines_of(path, source_file, limits)
        _read_line_by_line(session, lines, header, names, table)


def find_beside(
    session: duckdb.DuckDBPyConnection, table: str, names: list[str], headers: list[str]
) -> list[str]:
    """Find a second table within the records of a delimited file.

    Parameters
    ----------
    session : duckdb.DuckDBPyConnection
        Where the records are.
    table : str
        Their table.
    names : list of str
        Its columns.
    headers : list of str
        What the file calls them.

    Returns
    -------
    list of str
        The names of its columns; nothing where there is none, as in a file without a column that
        has no name, between two that have one.
    """
    called = [header.strip() for header in headers]
    named = [column for column, name in enumerate(called) if name]
    if not named or all(called[named[0] : named[-1]]):
        return []
    seen = ColumnsSeen(len(names))
    for column, (name, header) in enumerate(zip(names, called, strict=True)):
        if header:
            seen.add(column, 0, header)
        text = identifier(name)
        ((first, last, filled),) = session.execute(
            f"select min(rowid) + 1, max(rowid) + 1, count(*) from {table} where trim({text}) != ''"
        ).fetchall()
        if filled:
            seen.add_run(column, (first, last), filled, header)
    return seen.find_table_beside()


def _has_whole_lines(session: duckdb.DuckDBPyConnection, names: list[str], table: str) -> bool:
    """Tell whether each unreadable record is one line, and its place among the others is known."""
    faults = session.execute(f"select csv_line, error_type from {table}_rejects").fetchall()
    if not faults:
        return True
    for line, fault in faults:
        # where quotes play a part, the engine may have taken many lines for one
        if not line or set(line) & set('\n\r"') or fault not in _FAULTS_OF_A_LINE:
            return False
        if len(line) >= _ENGINE_REJECT_CUT:
            return False
    breaks = " or ".join(f"contains({identifier(name)}, chr(10))" for name in names)
    ((has_breaks,),) = session.execute(f"select bool_or({breaks}) from {table}").fetchall()
    return not has_breaks


def _drop(session: duckdb.DuckDBPyConnection, *tables: str) -> None:
    for each in tables:
        session.execute(f"drop table if exists {each}")


def _read_with_engine(
    session: duckdb.DuckDBPyConnection,
    path: Path,
    header: Header,
    names: list[str],
    table: str,
    limits: Limits,
) -> None:
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in names)
    has_header = header.line_count > 0
    longest = min(limits.max_line_bytes, _ENGINE_LINE_BYTES)
    session.execute(
        f"""
        create temp table {table} as
        select * from read_csv(
            {file_literal(path)}, auto_detect = false, header = {has_header},
            skip = {header.line - has_header},
            delim = {literal(header.delimiter)}, quote = '"', escape = '"', columns = {{{columns}}},
            max_line_size = {longest}, hive_partitioning = false,
            store_rejects = true, rejects_limit = 0,
            rejects_table = '{table}_rejects', rejects_scan = '{table}_scans'
        )
        """
    )
    # a line can break several rules and is still one record
    session.execute(
        f"""
        create temp table {table}_unreadable as
        select
            line - {header.line} as record_number,
            -- the engine counts a header of several lines as one
            line + {max(header.line_count - 1, 0)} as line_number,
            min(csv_line) as line,
            min(error_message) as read_error
        from {table}_rejects
        group by line
        """
    )


def _read_line_by_line(
    session: duckdb.DuckDBPyConnection,
    lines: Iterator[bytes],
    header: Header,
    names: list[str],
    table: str,
) -> None:
    schema = pa.schema([(name, pa.string()) for name in names])
    columns = ", ".join(f"{identifier(name)} varchar" for name in names)
    session.execute(f"create temp table {table} ({columns})")
    session.execute(
        f"create temp table {table}_unreadable "
        "(record_number bigint, line_number bigint, line varchar, read_error varchar)"
    )
    good: list[list[str | None]] = []
    bad: list[tuple[int, int, str, str]] = []

    def store() -> None:
        if good:
            batch = pa.Table.from_arrays(
                [pa.array(column, pa.string()) for column in zip(*good, strict=True)],
                schema=schema,
            )
            session.register("batch_of_records", batch)
            session.execute(f"insert into {table} select * from batch_of_records")
            session.unregister("batch_of_records")
            good.clear()
        if bad:
            session.executemany(f"insert into {table}_unreadable values (?, ?, ?, ?)", bad)
            bad.clear()

    records = split_records(lines, header, len(names))
    for number, (line_number, fields, line, problem) in enumerate(records, start=1):
        if problem:
            bad.append((number, line_number, line, problem))
        else:
            good.append([field or None for field in fields])
        if len(good) + len(bad) >= _BATCH:
            store()
    store()


def split_records(
    lines: Iterator[bytes], header: Header, width: int
) -> Iterator[tuple[int, list[str], str, str | None]]:
    """Split a UTF-8 file into records, losing no line to a stray quote.

    Parameters
    ----------
    lines : iterator of bytes
        The lines of the file.
    header : Header
        Its header.
    width : int
        How many fields a record has.

    Yields
    ------
    number : int
        Line on which the record starts, from 1.
    fields : list of str
        Its fields; empty where it cannot be read.
    line : str
        Its text.
    problem : str or None
        Why it cannot be read; None where it can.
    """
    waiting: list[tuple[int, bytes]] = []
    numbered = enumerate(lines, start=1)
    for _ in range(header.line + max(header.line_count - 1, 0)):
        next(numbered)

    def following(count: int) -> None:
        while len(waiting) < count and (found := next(numbered, None)) is not None:
            waiting.append(found)

    while True:
        following(1)
        if not waiting:
            return
        number, first = waiting[0]
        text, problem = _as_text(first)
        if not text and problem is None:
            waiting.pop(0)
            continue
        taken = 1
        fields: list[str] = []
        if problem is None:
            fields, problem = _record(text, header.delimiter, width)
        if fields == [] and problem and first.count(b'"') % 2:
            # the record may go on: a line break within quotes
            following(_LINES_OF_ONE_RECORD)
            joined, quotes = text, first.count(b'"')
            for _, line in waiting[1:]:
                more, broken = _as_text(line)
                if broken:
                    break
                joined, quotes, taken = joined + "\n" + more, quotes + line.count(b'"'), taken + 1
                if quotes % 2 == 0:
                    fields, whole_problem = _record(joined, header.delimiter, width)
                    if whole_problem is None:
                        text, problem = joined, None
                    break
            if problem:
                taken, fields = 1, []
        del waiting[:taken]
        yield number, fields, text, problem


def _record(text: str, delimiter: str, width: int) -> tuple[list[str], str | None]:
    try:
        fields = next(csv.reader([text], delimiter=delimiter, strict=True))
    except (csv.Error, StopIteration):
        return [], "a quote that is not closed, or text after a closing quote"
    if len(fields) == width + 1 and fields[-1] == "":
        fields.pop()  # a delimiter at the end of the line
    if len(fields) != width:
        return [], f"{len(fields)} fields where the header has {width}"
    return fields, None


def _as_text(line: bytes) -> tuple[str, str | None]:
    try:
        return line.decode("utf-8"), None
    except UnicodeDecodeError:
        return line.decode("utf-8", "replace"), "bytes that are no text in the file's encoding"
