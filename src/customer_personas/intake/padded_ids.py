"""Ids that two files write in two ways: without leading zeros, or with a mark in front."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import duckdb

from customer_personas.intake.folder import MAPPING_FILE
from customer_personas.intake.formats.values import TOLERATED
from customer_personas.intake.reading import FileReading
from customer_personas.language.texts import say
from customer_personas.sql import literal

# What may stand in front of the digits of an id, and the digits.
_MARKED = "^([^0-9]{0,40})([0-9]{1,18})$"
# Of so many numbers, the same ones in each file, it is looked how many two files share.
_COMPARED = 200
# A smaller share of them may be shared by chance.
_SHARED = 0.02


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
    mark : str or None
        What stands in front of the digits of nearly all, as the ``#`` of ``#1001``; an empty text
        where nothing does, None where they have nothing in common.
    numbers : frozenset of str
        The digits of some of them; which ones depends on the digits only.
    """

    entity: str
    column: str
    file: str
    is_number: bool
    padded: str | None
    mark: str | None
    numbers: frozenset[str]


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
        mark, numbers = _mark_of(session, f"select {column.reading.sql} from {reading.records}")
        found.append(
            IdsOfFile(
                *(entity, column.name, reading.file.name, is_number, padded),
                *(mark, frozenset(numbers)),
            )
        )
    return found


def _mark_of(session: duckdb.DuckDBPyConnection, ids: str) -> tuple[str | None, list[str]]:
    """Find what stands in front of the digits of nearly all ids, and the digits of some."""
    found = session.execute(
        f"""
        with ids(id) as ({ids}),
        parts as (
            select regexp_extract(id, '{_MARKED}', ['mark', 'number']) as part
            from (select distinct id from ids where id is not null)
        )
        select
            part.mark, count(*) >= {1 - TOLERATED} * (select count(*) from parts) as is_common,
            list(part.number order by hash(part.number), part.number)[:{_COMPARED}]
        from parts
        where part.number != ''
        group by part.mark
        order by count(*) desc, part.mark
        limit 1
        """
    ).fetchall()
    return next(((mark, numbers) for mark, is_common, numbers in found if is_common), (None, []))


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


def describe_marked(ids: Iterable[IdsOfFile]) -> list[str]:
    """Name the files whose ids have a mark in front that the same ids lack in other files.

    Parameters
    ----------
    ids : iterable of IdsOfFile
        Those of all files.

    Returns
    -------
    list of str
        Lines of text; none where no id is written in two ways.
    """
    lines = []
    for marked, plain in _pairs(list(ids)):
        number = min(marked.numbers & plain.numbers)
        expression = f"replace(<yours>, {literal(marked.mark or '')}, '')"
        lines += [
            say(
                "check.marked",
                file=marked.file,
                column=marked.column,
                example=f"{marked.mark}{number}",
                other=plain.file,
                plain=number,
                mapping=MAPPING_FILE,
                entity=marked.entity,
                setting=f"{marked.column}: {{expression: {json.dumps(expression)}}}",
            ),
            "",
        ]
    return lines


def _pairs(ids: list[IdsOfFile]) -> Iterator[tuple[IdsOfFile, IdsOfFile]]:
    """Pair each file whose ids have a mark with the first one that has the same without it."""
    for marked in ids:
        if not marked.mark:
            continue
        for plain in ids:
            least = _SHARED * min(len(marked.numbers), len(plain.numbers))
            shared = marked.numbers & plain.numbers
            if plain.column == marked.column and plain.mark == "" and len(shared) >= max(least, 1):
                yield marked, plain
                break
