"""Columns that the mapping takes out of a second file, by a key."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import duckdb

from customer_personas.intake.columns import key
from customer_personas.intake.errors import IntakeError
from customer_personas.intake.folder import MAPPING_FILE, containers_of
from customer_personas.intake.formats.values import MISSING, cleaned
from customer_personas.intake.limits import Limits
from customer_personas.intake.mapping import EntityMapping, Lookup
from customer_personas.intake.parts import Part
from customer_personas.intake.received import ReceivedFile, receive_file
from customer_personas.sql import identifier

# No column of a file has this name: theirs are letters, digits and underscores.
_KEY = '"(key)"'


def find_second_files(
    listed: Mapping[str, Part], folder: Path, mapping: EntityMapping
) -> list[Part]:
    """Find the second files into which records of a file are looked up.

    Parameters
    ----------
    listed : mapping of str to Part
        The tables of the landing folder by name.
    folder : Path
        The landing folder, for messages.
    mapping : EntityMapping
        What the mapping says about the file.

    Returns
    -------
    list of Part
        In the order of the lookups.

    Raises
    ------
    IntakeError
        If one is not there, or holds several tables of which none is named.
    """
    return [_find_part(listed, folder, lookup.file) for lookup in mapping.lookups]


def _find_part(listed: Mapping[str, Part], folder: Path, name: str) -> Part:
    within = [part for part in listed.values() if name in containers_of(part.name)]
    if name in listed:
        return listed[name]
    if len(within) > 1:
        raise IntakeError(
            f"{MAPPING_FILE}, lookup: {name} holds {', '.join(part.name for part in within)}. "
            "Name the one that is meant."
        )
    if not within:
        raise IntakeError(
            f"{MAPPING_FILE}, lookup: the file {name} is not in {folder}; found: "
            f"{', '.join(listed) or 'nothing'}. Put it there, or take the lookup out."
        )
    return within[0]


def receive_second_file(
    session: duckdb.DuckDBPyConnection, part: Part, lookup: Lookup, table: str, limits: Limits
) -> ReceivedFile:
    """Receive a second file, one row a key.

    Parameters
    ----------
    session : duckdb.DuckDBPyConnection
        Where the tables are made.
    part : Part
        The file.
    lookup : Lookup
        What the mapping says about it.
    table : str
        Name of the table; it has the columns that are taken, under the names they get.
    limits : Limits
        What the file may take at most.

    Returns
    -------
    ReceivedFile
        With the taken columns only.

    Raises
    ------
    IntakeError
        If it has unreadable lines, lacks a column, or tells two things of one key.
    """
    known = {key(name) for name in [lookup.file_key, *lookup.columns.values()]}
    file = receive_file(session, part, table, lookup.settings, limits, known)
    if file.unreadable:
        ((line, error),) = session.execute(
            f"select line_number, read_error from {table}_unreadable order by line_number limit 1"
        ).fetchall()
        raise IntakeError(
            f"{lookup.file}, line {line} cannot be read: {error}. Records look for their keys in "
            "this file, so every line has to be readable. Mend it."
        )
    own_key = _column_of(file, lookup.file_key, "by which records are looked up in it")
    taken = {
        name: _column_of(file, column, "which is to be taken from it")
        for name, column in lookup.columns.items()
    } or {name: name for name in file.columns if name != own_key}
    names = list(taken)
    session.execute(
        f"create or replace temp table {table} as select distinct {_key_sql(own_key)} as {_KEY}"
        + "".join(f", {identifier(old)} as {identifier(new)}" for new, old in taken.items())
        + f" from {table} where {_KEY} is not null"
    )
    for name in names:
        found = session.execute(
            f"""
            select {_KEY}, min({identifier(name)}), max({identifier(name)}) from {table}
            group by {_KEY}
            having count(distinct {identifier(name)}) > 1
                or count({identifier(name)}) not in (0, count(*))
            order by {_KEY} limit 1
            """
        ).fetchall()
        for value, least, most in found:
            others = f"{least!r} and {most!r}" if least != most else f"{least!r} and nothing"
            raise IntakeError(
                f"{lookup.file}: {own_key} {value!r} stands there more than once, with {others} "
                f"in the column {taken[name]}. Leave the line that holds."
            )
    return replace(
        file,
        columns={new: file.columns[old] for new, old in taken.items()},
        headers={new: file.headers[old] for new, old in taken.items()},
    )


def look_up(
    session: duckdb.DuckDBPyConnection, file: ReceivedFile, lookup: Lookup, second: ReceivedFile
) -> ReceivedFile:
    """Add the columns of a second file to those of a received one.

    Parameters
    ----------
    session : duckdb.DuckDBPyConnection
        Where the received records are.
    file : ReceivedFile
        The file.
    lookup : Lookup
        What the mapping says.
    second : ReceivedFile
        As :func:`receive_second_file` gives it.

    Returns
    -------
    ReceivedFile
        The file with more columns; null where a record has a key that the second file lacks.

    Raises
    ------
    IntakeError
        If the file lacks the key, or has a column that it would get.
    """
    own_key = _column_of(file, lookup.key, f"by which {MAPPING_FILE} looks into {lookup.file}")
    there = {key(name): name for name in file.columns}
    twice = [there[key(name)] for name in second.columns if key(name) in there]
    if twice:
        raise IntakeError(
            f"{file.name} and {lookup.file} both have the column {twice[0]}. Say in "
            f"{MAPPING_FILE}, under lookup: columns, which columns of {lookup.file} are meant, "
            f"for example columns: {{other_{twice[0]}: {twice[0]}}} under another name."
        )
    added = "".join(f", seconds.{identifier(name)}" for name in second.columns)
    session.execute(
        f"create or replace temp table {file.table} as "
        f"select records.*{added} from {file.table} as records "
        f"left join {second.table} as seconds "
        f"on {_key_sql(own_key, 'records.')} = seconds.{_KEY} order by records.rowid"
    )
    missing = session.execute(
        f"""
        select {_KEY}, count(*)
        from (select {_key_sql(own_key)} as {_KEY} from {file.table}) as records
        where {_KEY} is not null and {_KEY} not in (select {_KEY} from {second.table})
        group by {_KEY} order by count(*) desc, {_KEY}
        """
    ).fetchall()
    return replace(
        file,
        columns=file.columns | second.columns,
        headers=file.headers | second.headers,
        looked_up=file.looked_up | dict.fromkeys(second.columns, lookup.file),
        unmatched=[*file.unmatched, *_missing_told(missing, own_key, lookup.file)],
    )


def _missing_told(missing: list[tuple[str, int]], column: str, name: str) -> Iterable[str]:
    if missing:
        records = sum(n for _, n in missing)
        some = ", ".join(repr(value) for value, _ in missing[:3])
        yield (
            f"{len(missing):,} values of {column} are not in {name}, such as {some}: "
            f"{records:,} records get nothing from there"
        )


def _column_of(file: ReceivedFile, name: str, what_for: str) -> str:
    for column in file.columns:
        if key(column) == key(name):
            return column
    raise IntakeError(
        f"{file.name} lacks the column {name}, {what_for}; found: {', '.join(file.columns)}."
    )


def _key_sql(column: str, table: str = "") -> str:
    """Write the SQL of a key as it is compared: a spreadsheet's 17850.0 is 17850."""
    text = cleaned(f"{table}{identifier(column)}", MISSING)
    return f"regexp_replace({text}, '^([0-9]+)[.]0+$', '\\1')"
