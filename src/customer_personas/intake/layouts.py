"""Text in columns becomes CSV, and things side by side in a record become records of their own."""

import csv
import re
from collections.abc import Iterable
from itertools import accumulate
from pathlib import Path

import duckdb

from customer_personas.intake.columns import key, normal_names
from customer_personas.intake.errors import IntakeError
from customer_personas.intake.folder import MAPPING_FILE
from customer_personas.intake.formats.values import BLANKS as BLANK_SIGNS
from customer_personas.sql import identifier

# Of the things that one record had: which of them, from 1.
NUMBER_IN_RECORD = "number_in_record"
# In the mapping, of a file whose columns are parted by blanks, as many as make them stand in line.
BLANKS = "blanks"
_FIELD = re.compile(r'"((?:[^"]|"")*)"(?=\s|$)|(\S+)')
_RULE = re.compile(r"[-=+| ]*")


def write_as_csv(lines: Iterable[bytes], settings: dict, copy: Path) -> None:
    """Write text in columns as CSV, line by line.

    Parameters
    ----------
    lines : iterable of bytes
        The lines of a UTF-8 file.
    settings : dict
        ``widths``, of the columns in signs, or else its delimiter is blanks.
    copy : Path
        The CSV file, with commas. A line of dashes, as it stands below a header, becomes empty.
    """
    ends = list(accumulate(int(width) for width in settings.get("widths", [])))
    places = list(zip([0, *ends], ends, strict=False))
    with copy.open("w", encoding="utf-8", errors="surrogateescape", newline="") as content:
        writer = csv.writer(content, lineterminator="\n")
        for line in lines:
            text = line.decode("utf-8", "surrogateescape").rstrip()
            if _RULE.fullmatch(text):
                content.write("\n")
            elif places:
                rest = text[ends[-1] :].strip()
                fields = [text[start:end].strip() for start, end in places]
                writer.writerow([*fields, rest] if rest else fields)
            else:
                fields = [a.replace('""', '"') or b for a, b in _FIELD.findall(text)]
                writer.writerow(fields)


def part_side_by_side(
    session: duckdb.DuckDBPyConnection,
    table: str,
    columns: dict[str, str],
    patterns: list[str],
    source_file: str,
) -> dict[str, str]:
    """Make of each record as many as it has things side by side.

    Parameters
    ----------
    session : duckdb.DuckDBPyConnection
        Where the table is.
    table : str
        Received records, columns all text.
    columns : dict of str to str
        Their names and what they hold, as `ReceivedFile` has them.
    patterns : list of str
        Names of the columns with ``{n}`` for the number: ``Item {n} Name``.
    source_file : str
        Name of the file, for messages.

    Returns
    -------
    dict of str to str
        The columns afterwards: those of the things by their names without a number, in the place
        of the numbered ones, and ``number_in_record``. A record without a thing stays one.

    Raises
    ------
    IntakeError
        If a pattern fits no column, or a name is there already.
    """
    names = normal_names([pattern.replace("{n}", " ") for pattern in patterns], source_file)
    found: dict[str, dict[int, str]] = {}
    for pattern, name in zip(patterns, names, strict=True):
        shape = "([0-9]+)".join(re.escape(key(part)) for part in pattern.split("{n}"))
        matches = {column: re.fullmatch(shape, key(column)) for column in columns}
        found[name] = {int(match[1]): column for column, match in matches.items() if match}
        if not found[name]:
            raise IntakeError(
                f"{source_file} has no column like {pattern}, as {MAPPING_FILE} says under "
                f"side_by_side; found: {', '.join(columns)}."
            )
    parted = {column for each in found.values() for column in each.values()}
    others = {name: holds for name, holds in columns.items() if name not in parted}
    new = {
        name: "number" if all(columns[each] == "number" for each in by_number.values()) else "text"
        for name, by_number in found.items()
    } | {NUMBER_IN_RECORD: "number"}
    twice = {key(name) for name in others} & {key(name) for name in new}
    if twice:
        raise IntakeError(
            f"{source_file} has a column {min(twice)} beside those that {MAPPING_FILE} names under "
            "side_by_side. Rename it in the file."
        )
    things = []
    for number in sorted({number for each in found.values() for number in each}):
        fields = {
            name: identifier(each[number]) if number in each else "null"
            for name, each in found.items()
        }
        packed = ", ".join(f"{identifier(name)} := {sql}::varchar" for name, sql in fields.items())
        is_there = " or ".join(
            f"coalesce(trim({sql}, {BLANK_SIGNS}), '') != ''" for sql in fields.values()
        )
        things.append(
            f"case when {is_there} then struct_pack({packed}, {NUMBER_IN_RECORD} := '{number}') end"
        )
    kept = "".join(f"{identifier(name)}, " for name in others)
    session.execute(
        f"""
        create or replace temp table {table} as
        with things as (
            select *, rowid as "(position)", list_filter(
                [{", ".join(things)}], lambda thing: thing is not null
            ) as "(things)"
            from {table}
        )
        select {kept}{", ".join(f'"(thing)".{identifier(name)}' for name in new)}
        from (
            select *, unnest(
                case when len("(things)") > 0 then "(things)" else [null] end
            ) as "(thing)"
            from things
        )
        order by "(position)", try_cast("(thing)".{NUMBER_IN_RECORD} as integer)
        """
    )
    return others | new
