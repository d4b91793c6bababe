"""A process of its own that writes a sheet of a workbook as CSV: see `workbooks`.

``python -m customer_personas.intake.sheet_reader <workbook> <sheet> <copy> <bytes> <columns>``
"""

import csv
import datetime
import json
import resource
import sys
from pathlib import Path

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


def write_sheet(workbook: str, sheet: str, copy: str, most_columns: int) -> dict:
    """Write a sheet as CSV.

    Parameters
    ----------
    workbook, sheet, copy : str
        Path of the workbook, name of the sheet, path of the copy.
    most_columns : int
        How many columns it may have.

    Returns
    -------
    dict
        ``last_not_number`` and ``last_not_time``, as `workbooks.SheetCells` has them, or
        ``columns``, their number, where they are too many.
    """
    from python_calamine import CalamineWorkbook

    cells = CalamineWorkbook.from_path(workbook).get_sheet_by_name(sheet)
    width = cells.width
    if width > most_columns:
        return {"columns": width}
    # of a merged range the first cell has the value; it is meant for all below it
    merged = {}
    for (top, left), (bottom, _) in cells.merged_cell_ranges or []:
        merged.update({(row, left): (top, left) for row in range(top + 1, bottom + 1)})
    top, left = cells.start or (0, 0)
    last = {float: [0] * width, datetime.date: [0] * width}
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
                for kind, lines in last.items():
                    if not isinstance(value, kind):
                        lines[column] = line
            texts = [text_of(value) for value in row]
            if any(texts):
                writer.writerow(texts)
                line += 1 + sum(text.count("\n") for text in texts)
            else:
                content.write("\n")
                line += 1
    return {"last_not_number": last[float], "last_not_time": last[datetime.date]}


def main() -> int:
    """Write the sheet that the arguments name, and say on the standard output what it holds.

    Returns
    -------
    int
        0 where it is written, else 1.
    """
    workbook, sheet, copy, memory, most_columns = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
    from python_calamine import CalamineError

    try:
        told = write_sheet(workbook, sheet, copy, int(most_columns))
    except (CalamineError, OSError, UnicodeError) as error:
        told = {"problem": str(error)}
    print(json.dumps(told))
    return 0 if "last_not_number" in told else 1


if __name__ == "__main__":
    sys.exit(main())
