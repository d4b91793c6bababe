"""Ids that are numbers in one file, and have leading zeros in another."""

from collections.abc import Iterable
from dataclasses import dataclass

import duckdb

from customer_personas.intake.folder import MAPPING_FILE
from customer_personas.intake.reading import FileReading
from customer_personas.language.texts import say


@dataclass(frozen=True)
class IdsOfFile:
    """How a file writes the ids of a column.

    Attributes
    ----------
    entity, column, file : str
        The entity, the canonical column and the file.
    is_number : bool
        Whether they are numbers there, as in a workbook: of these no zero in front is left.
    padded : str or None
        One with a zero in front.
    """

    entity: str
    column: str
    file: str
    is_number: bool
    padded: str | None


def find_ids(
    session: duckdb.DuckDBPyConnection, reading: FileReading, entity: str
) -> list[IdsOfFile]:
    """Tell how a file writes its ids.

    Parameters
    ----------
    session : duckdb.DuckDBPyConnection
        Where the received records are.
    reading : FileReading
        The file.
    entity : str
        Its entity.

    Returns
    -------
    list of IdsOfFile
        One per column of ids that is read as it stands.
    """
    found = []
    for column in reading.columns:
        holds = reading.file.columns.get(column.source)
        if column.kind != "id" or holds is None:
            continue
        ((padded,),) = session.execute(
            f"select min(id) from (select {column.reading.sql} as id from {reading.records}) "
            "where regexp_full_match(id, '0[0-9]+')"
        ).fetchall()
        is_number = holds == "number"
        found.append(IdsOfFile(entity, column.name, reading.file.name, is_number, padded))
    return found


def describe_padded(ids: Iterable[IdsOfFile]) -> list[str]:
    """Name the files whose ids lost zeros that other files have.

    Parameters
    ----------
    ids : iterable of IdsOfFile
        Those of all files.

    Returns
    -------
    list of str
        Lines of text; none where no id is written in two ways.
    """
    ids = list(ids)
    lines = []
    for column in dict.fromkeys(each.column for each in ids):
        of_column = [each for each in ids if each.column == column]
        padded = [each for each in of_column if each.padded]
        numbers = [each for each in of_column if each.is_number]
        if not (padded and numbers):
            continue
        example, zeros = padded[0], len(padded[0].padded or "") * "0"
        expression = f"right(concat('{zeros}', <yours>), {len(zeros)})"
        lines += [
            say(
                "check.padded",
                files=", ".join(each.file for each in numbers),
                column=column,
                other=example.file,
                example=example.padded,
                mapping=MAPPING_FILE,
                entity=numbers[0].entity,
                setting=f'{column}: {{expression: "{expression}"}}',
            ),
            "",
        ]
    return lines
