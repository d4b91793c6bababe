"""A process of its own that reads workbooks: see `workbooks`.

``python -m customer_personas.intake.sheet_reader <bytes of memory> list <workbook>``
``... write <workbook> <sheet> <copy> <columns>``
"""

import csv
import datetime
import json
import resource
import sys
from pathlib import Path

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from customer_personas.intake.tables_beside import ColumnsSeen

# Spreadsheets keep this many digits.
_DIGITS = 15
# A header stands among the first rows of texts, and more tables than these need not be told of.
_FEW = 20


def text_of(value: object) -> str:
    """Write a cell as text.

    Parameters
    ----------
    value : object
        As the reader of workbooks gives it.

    Returns
    -------
    str
        17850 for a whole number, 2024-12-31 for a date, ``TRUE``. A number of more digits than a
        spreadsheet keeps is written ``1.23456789012346e+16``: its last ones are lost.
    """
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return f"{value:.{_DIGITS}g}"
    return str(value)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_time(value: object) -> bool:
    return isinstance(value, datetime.date)


def list_sheets(workbook: str) -> dict:
    """List the sheets of a workbook that can hold records.

    Parameters
    ----------
    workbook : str
        Path of the workbook.

    Returns
    -------
    dict
        ``sheets``, each with ``name``, ``is_hidden`` and ``is_empty``.
    """
    book = _open(workbook)
    return {
        "sheets": [
            {
                "name": each.name,
                "is_hidden": each.visible != SheetVisibleEnum.Visible,
                "is_empty": book.get_sheet_by_name(each.name).start is None,
            }
            for each in book.sheets_metadata
            if each.typ == SheetTypeEnum.WorkSheet
        ]
    }


def _open(workbook: str) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_path(workbook)
    except PasswordError:
        raise
    except CalamineError:
        # called by the ending of another kind: what it holds decides
        return CalamineWorkbook.from_filelike(Path(workbook).open("rb"))


def write_sheet(workbook: str, sheet: str, copy: str, most_columns: str) -> dict:
    """Write a sheet as CSV.

    Parameters
    ----------
    workbook, sheet, copy : str
        Path of the workbook, name of the sheet, path of the copy.
    most_columns : str
        How many columns it may have.

    Returns
    -------
    dict
        ``last_not_number``, ``last_not_time``, ``further_headers`` and ``beside``, as
        `workbooks.SheetCells` has them, or ``columns``, their number, where they are too many.
    """
    cells = _open(workbook).get_sheet_by_name(sheet)
    width = cells.width
    if width > int(most_columns):
        return {"columns": width}
    # of a merged range the first cell has the value; it is meant for all below it
    merged = {}
    for (top, left), (bottom, _) in cells.merged_cell_ranges or []:
        merged.update({(row, left): (top, left) for row in range(top + 1, bottom + 1)})
    top, left = cells.start or (0, 0)
    last = {_is_number: [0] * width, _is_time: [0] * width}
    values: dict = {}
    starts = set(merged.values())
    rows_seen, columns_seen = _RowsSeen(), ColumnsSeen(width)
    with Path(copy).open("w", encoding="utf-8", newline="") as content:
        writer = csv.writer(content, lineterminator="\n")
        content.write("\n" * top)
        line = top + 1
        for number, row in enumerate(cells.iter_rows(), start=top):
            for column in range(width):
                value = row[column]
                if merged:
                    place = (number, left + column)
                    if place in starts:
                        values[place] = value
                    elif value == "" and place in merged:
                        value = row[column] = values.get(merged[place], "")
                if value == "":
                    continue
                columns_seen.add(column, number, value)
                for is_kind, lines in last.items():
                    if not is_kind(value):
                        lines[column] = line
            texts = [text_of(value) for value in row]
            rows_seen.add(line, row)
            if any(texts):
                writer.writerow(texts)
                line += 1 + sum(text.count("\n") for text in texts)
            else:
                content.write("\n")
                line += 1
    return {
        "last_not_number": last[_is_number],
        "last_not_time": last[_is_time],
        "further_headers": rows_seen.headers,
        "beside": columns_seen.find_table_beside(),
    }


class _RowsSeen:
    """Finds rows that look like the header of another table.

    Attributes
    ----------
    headers : list of (int, list of str)
        Line and texts of each.
    """

    def __init__(self) -> None:
        self.headers: list[tuple[int, list[str]]] = []
        self._words: list[list] = []  # rows of texts only, the first ones
        self._before: list = []  # the last row that is not empty
        self._is_behind_empty = False
        self._candidate: tuple[int, list, list[int]] | None = None

    def add(self, line: int, row: list) -> None:
        """Look at the next row."""
        filled = [value for value in row if value != ""]
        if not filled:
            self._is_behind_empty = True
            return
        if self._candidate:
            at, names, columns = self._candidate
            if len(self.headers) < _FEW and any(_is_typed(row[column]) for column in columns):
                self.headers.append((at, [str(name) for name in names]))
            self._candidate = None
        is_asked = self._is_behind_empty or len(self._words) < _FEW
        if is_asked and len(filled) > 1 and not any(map(_is_typed, filled)):
            columns = [
                column
                for column, (value, above) in enumerate(zip(row, self._before, strict=False))
                if value != "" and _is_typed(above)
            ]
            # the header once more is none of another table
            if self._is_behind_empty and columns and row not in self._words:
                self._candidate = (line, filled, columns)
            if len(self._words) < _FEW:
                self._words.append(row)
        self._before, self._is_behind_empty = row, False


def _is_typed(value: object) -> bool:
    return value != "" and not isinstance(value, str)


def main() -> None:
    """Read as the arguments say, and tell on the standard output what was found."""
    memory, task, *arguments = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
    try:
        told = list_sheets(*arguments) if task == "list" else write_sheet(*arguments)
    except PasswordError:
        told = {"is_encrypted": True}
    except (CalamineError, OSError, UnicodeError) as error:
        told = {"problem": str(error)}
    print(json.dumps(told))


if __name__ == "__main__":
    main()
