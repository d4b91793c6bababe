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

# Spreadsheets keep this many digits.
_DIGITS = 15


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
        ``last_not_number`` and ``last_not_time``, as `workbooks.SheetCells` has them, or
        ``columns``, their number, where they are too many.
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
                for is_kind, lines in last.items():
                    if not is_kind(value):
                        lines[column] = line
            texts = [text_of(value) for value in row]
            if any(texts):
                writer.writerow(texts)
                line += 1 + sum(text.count("\n") for text in texts)
            else:
                content.write("\n")
                line += 1
    return {"last_not_number": last[_is_number], "last_not_time": last[_is_time]}


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
