"""The header of delimited text: in which line it stands, and what separates its names."""

import csv
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice

from customer_personas.intake.columns import key
from customer_personas.intake.errors import IntakeError

DELIMITERS = ",;\t|"
# Titles, dates of reports and the like stand in so many lines at most.
_LINES = 50
_SIGNS = 20_000_000
_LINES_OF_ONE_HEADER = 20


@dataclass(frozen=True)
class Header:
    """Where the names of the columns stand.

    Attributes
    ----------
    names : list of str
        Column names as they stand there; empty ones where there is no header.
    delimiter : str
        What separates them.
    line : int
        Number of the line in which it begins, from 1; where there is none, of the line before the
        first record.
    line_count : int
        How many lines it takes: more than one where a name has a line break, 0 where there is none.
    """

    names: list[str]
    delimiter: str
    line: int
    line_count: int = 1


def find_header(
    lines: Iterator[bytes], source_file: str, settings: dict, known: Collection[str] = ()
) -> Header:
    """Find the header of a UTF-8 file.

    Parameters
    ----------
    lines : iterator of bytes
        The lines of the file.
    source_file : str
        Its name, for messages.
    settings : dict
        ``delimiter`` and ``header_line`` (a number from 1, or ``none``) count, where the mapping
        gives them.
    known : collection of str, optional
        Names that a column may have, as :func:`columns.key` writes them.

    Returns
    -------
    Header
        The first line with at least half as many known names, and half as many fields, as the line
        with most of the names; where no line has one, the first with half as many fields as any.
        Lines above it are titles. A line ``sep=;``, as spreadsheets write it, counts as a setting.

    Raises
    ------
    IntakeError
        If there is no such line.
    """
    told = settings.get("header_line")
    line = int(told) if told and told != "none" else 0
    texts: list[str] = []
    signs = 0
    for each in islice(lines, max(_LINES, line) + _LINES_OF_ONE_HEADER):
        texts.append(each.decode("utf-8", "replace").strip("\r\n"))
        signs += len(each)
        if signs > _SIGNS and len(texts) > line:
            break
    if texts:
        texts[0] = texts[0].removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
    delimiter = settings.get("delimiter")
    candidates: list[Header] = []
    for number, text in enumerate(texts, start=1):
        if not text.strip(" \t" + DELIMITERS):
            continue
        if not candidates and text.lower().startswith("sep=") and len(text) == 5:
            delimiter = delimiter or text[4]
        elif told == "none":
            found = _split(text, delimiter, ())
            return Header([""] * len(found.names), found.delimiter, number - 1, 0)
        elif number == line or (not line and number <= _LINES):
            candidates.append(_header(texts, number, delimiter, known))
    if not candidates:
        if line:
            raise IntakeError(
                f"{source_file} has nothing in line {line}, where the setting header_line says "
                "that its header is. Mend the setting."
            )
        raise IntakeError(
            f"{source_file} is empty: not even a header line. Deliver it again or take it away."
        )
    # A field may have a word for its value that is a name elsewhere, and a title a name and its
    # value: half of the names in half of the fields will do.
    best = max(candidates, key=lambda each: _count_known(each.names, known))
    most = _count_known(best.names, known)
    widest = _filled(best) if most else max(map(_filled, candidates))
    return next(
        each
        for each in candidates
        if 2 * _count_known(each.names, known) >= most and 2 * _filled(each) >= widest
    )


def _filled(header: Header) -> int:
    return sum(name.strip() != "" for name in header.names)


def _header(texts: list[str], number: int, delimiter: str | None, known: Collection[str]) -> Header:
    """Take a line, with those that follow where it ends within quotes, as a header."""
    text = texts[number - 1]
    for count in range(1, _LINES_OF_ONE_HEADER):
        joined = "\n".join(texts[number - 1 : number - 1 + count])
        if joined.count('"') % 2 == 0:
            found = _split(joined, delimiter, known)
            return Header(found.names, found.delimiter, number, count)
    found = _split(text, delimiter, known)
    return Header(found.names, found.delimiter, number)


def _split(text: str, delimiter: str | None, known: Collection[str]) -> Header:
    def worth(each: Header) -> tuple[int, int]:
        return _count_known(each.names, known), len(each.names)

    return max((Header(_fields(text, d), d, 1) for d in delimiter or DELIMITERS), key=worth)


def _fields(text: str, delimiter: str) -> list[str]:
    return next(csv.reader(text.splitlines(keepends=True), delimiter=delimiter))


def _count_known(names: list[str], known: Collection[str]) -> int:
    return len({key(name) for name in names} & set(known))
