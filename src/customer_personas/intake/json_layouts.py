"""JSON of any layout becomes JSON lines: lists, pretty-printed, wrapped and concatenated objects.

The text of each object stays as it is, and no more than one is in memory at a time.
"""

import codecs
import json
import re
from collections.abc import Collection, Iterator
from pathlib import Path

from customer_personas.intake.columns import key
from customer_personas.intake.encodings import pieces_of
from customer_personas.intake.errors import IntakeError
from customer_personas.intake.folder import MAPPING_FILE
from customer_personas.intake.limits import Limits

_SAMPLE_LINES = 20
_SIGN = re.compile(r"[ \t\r\n]*[^ \t\r\n]")
_DECODER = json.JSONDecoder(strict=False)
# A list of records lies no deeper within what wraps it.
_DEPTH = 4


def is_json_lines(path: Path, known: Collection[str]) -> bool:
    """Tell whether a file has one object a line, some broken ones apart.

    Parameters
    ----------
    path : Path
        A UTF-8 file.
    known : collection of str
        Names that a field of a record may have, as :func:`columns.key` writes them.

    Returns
    -------
    bool
        Whether the first of its lines is a record, or most of the first ones are.
    """
    start = next(pieces_of(path), b"").decode("utf-8-sig", "surrogateescape").lstrip()
    if start.startswith("["):
        return False
    lines = [line for line in start.splitlines() if line.strip()][:_SAMPLE_LINES]
    records = [_is_record(_loaded(line), known) for line in lines]
    return any(records[:1]) or 2 * sum(records) >= len(lines) or not start.startswith("{")


def _loaded(line: str) -> object:
    try:
        return json.loads(line, strict=False)
    except (ValueError, RecursionError):
        return None


def _is_record(value: object, known: Collection[str]) -> bool:
    """Tell whether a value is a record, not what wraps a list of them."""
    if not isinstance(value, dict):
        return False
    return any(key(name) in known for name in value) or not _has_records(value, _DEPTH)


def _has_records(value: dict, depth: int) -> bool:
    lists = [each for each in value.values() if isinstance(each, list)]
    inner = [each for each in value.values() if isinstance(each, dict)]
    return any(each and isinstance(each[0], dict) for each in lists) or (
        depth > 1 and any(_has_records(each, depth - 1) for each in inner)
    )


def write_as_lines(
    path: Path,
    source_file: str,
    copy: Path,
    known: Collection[str],
    records: str | None,
    limits: Limits,
) -> None:
    """Write the objects of a JSON file one a line.

    Parameters
    ----------
    path : Path
        A UTF-8 file.
    source_file : str
        Its name, for messages.
    copy : Path
        The file of JSON lines.
    known : collection of str
        Names that a field of a record may have.
    records : str or None
        Where the list of records is, as the mapping says: ``data.orders``.
    limits : Limits
        How long an object may be.

    Raises
    ------
    IntakeError
        If it is no JSON, or has several lists of which none is named.
    """
    layout = _Layout(_Text(path, source_file, limits), known, records)
    with copy.open("w", encoding="utf-8", errors="surrogateescape", newline="") as content:
        for text in layout.records():
            # a line break in JSON is a blank, in a text it is written \n
            content.write(text.replace("\r", " ").replace("\n", " ") + "\n")
    if records and not layout.lists:
        raise IntakeError(
            f"{source_file} has nothing at {records}, where {MAPPING_FILE} says under settings: "
            "records that they are. Write the names that lead to the list, with points between."
        )


class _Text:
    """The text of a file, of which a piece is in memory."""

    def __init__(self, path: Path, source_file: str, limits: Limits) -> None:
        self.pieces = pieces_of(path)
        self.decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self.source_file, self.limits = source_file, limits
        self.text, self.at, self.line, self.is_whole = "", 0, 1, False
        self.peek()
        if self.text.startswith("\N{ZERO WIDTH NO-BREAK SPACE}"):
            self.at = 1

    def more(self) -> bool:
        """Read on; False at the end of the file."""
        piece = next(self.pieces, None)
        if piece is None:
            self.is_whole = True
            return False
        self.line += self.text.count("\n", 0, self.at)
        self.text, self.at = self.text[self.at :] + self.decoder.decode(piece), 0
        return True

    def peek(self, beyond: int = 0) -> str:
        """Give the next sign that is no blank, or the one beyond it; nothing at the end."""
        while True:
            rest = _SIGN.match(self.text, self.at)
            if rest:
                self.at = rest.end() - 1
                if not beyond:
                    return self.text[self.at]
                if second := _SIGN.match(self.text, self.at + 1):
                    return second[0][-1]
            if not self.more():
                return ""

    def value(self) -> tuple[str, object] | None:
        """Take a value, as text and read; None, and nothing taken, where it is too long."""
        self.peek()
        tried = 0
        while True:
            # reading a long value again costs as much as it is long: wait until it has doubled
            if len(self.text) - self.at >= 2 * tried or self.is_whole:
                tried = len(self.text) - self.at
                try:
                    found, end = _DECODER.raw_decode(self.text, self.at)
                except RecursionError:
                    raise self.error("is nested deeper than anything is") from None
                except ValueError as error:
                    if self.is_whole:
                        raise self.error(str(error)) from None
                else:
                    if end < len(self.text) or self.is_whole:
                        taken, self.at = self.text[self.at : end], end
                        return taken, found
                if tried > self.limits.max_line_bytes:
                    return None
            self.more()

    def refuse_length(self) -> None:
        """Stop at a value that is too long."""
        line = self.line + self.text.count("\n", 0, self.at)
        self.limits.refuse_line(len(self.text) - self.at, line, self.source_file)

    def error(self, problem: str) -> IntakeError:
        line = self.line + self.text.count("\n", 0, self.at)
        return IntakeError(
            f"{self.source_file}, line {line:,}: the value that begins there is no JSON that can "
            f"be read ({problem}). Mend it, or deliver one object a line: then a broken one is "
            "set aside by itself."
        )


class _Layout:
    """The way through a file to its records."""

    def __init__(self, text: _Text, known: Collection[str], path: str | None) -> None:
        self.text, self.known, self.path = text, known, path
        self.lists: list[str] = []

    def records(self) -> Iterator[str]:
        while sign := self.text.peek():
            if sign == "," and self.text.at:
                self.text.at += 1
            elif sign == "[":
                yield from self._list(())
            else:
                yield from self._value(())

    def _list(self, names: tuple[str, ...]) -> Iterator[str]:
        self.text.at += 1
        while (sign := self.text.peek()) != "]":
            if not sign:
                raise self.text.error("the file ends within a list")
            if sign == ",":
                self.text.at += 1
            else:
                yield from self._value(names)
        self.text.at += 1

    def _value(self, names: tuple[str, ...]) -> Iterator[str]:
        """Give a record, or those within what wraps them."""
        is_there = self.path == ".".join(names)
        value = self.text.value()
        if value is None and (is_there or len(names) >= _DEPTH or self.text.peek() != "{"):
            self.text.refuse_length()
        if value is not None:
            text, found = value
            is_wrapper = isinstance(found, dict) and not _is_record(found, self.known)
            if self.path is not None:
                is_wrapper = isinstance(found, dict) and not is_there
            if not is_wrapper:
                if self.path is None or is_there:
                    self._note(names)
                    yield text
                return
            self.text.at -= len(text)
        yield from self._object(names)

    def _note(self, names: tuple[str, ...]) -> None:
        name = ".".join(names)
        if name not in self.lists:
            self.lists.append(name)
        if len(self.lists) > 1:
            raise IntakeError(
                f"{self.text.source_file} has several lists: "
                f"{', '.join(each or 'its own objects' for each in self.lists)}. Say in "
                f"{MAPPING_FILE}, under settings of this file, which holds the records: records: "
                f"{max(self.lists)}."
            )

    def _object(self, names: tuple[str, ...]) -> Iterator[str]:
        self.text.at += 1
        while (sign := self.text.peek()) != "}":
            if sign == ",":
                self.text.at += 1
                continue
            name = self.text.value() if sign == '"' else None
            if name is None or self.text.peek() != ":":
                raise self.text.error("a name and a colon were expected within an object")
            self.text.at += 1
            yield from self._member((*names, str(name[1])))
        self.text.at += 1

    def _member(self, names: tuple[str, ...]) -> Iterator[str]:
        """Go into a list of objects, or an object, of what wraps the records."""
        sign = self.text.peek()
        if sign == "{" and len(names) < _DEPTH:
            yield from self._object(names)
        elif sign == "[" and self.text.peek(1) == "{":
            yield from self._list(names)
        elif self.text.value() is None:
            self.text.refuse_length()
