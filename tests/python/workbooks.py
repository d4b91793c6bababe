"""Workbooks written by hand, so that each oddity of real ones can be in them."""

import zipfile
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
# Styles by their position: plain, date, date and time.
PLAIN, DATE, TIME = 0, 1, 2


def cell(value: object, style: int = PLAIN) -> str:
    """Write a cell: a text, a number, True, None; a text that begins with < is taken as it is."""
    if value is None:
        return "<c/>"
    if isinstance(value, bool):
        return f'<c t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        return f'<c s="{style}"><v>{value!r}</v></c>'
    text = str(value)
    if text.startswith("<c"):
        return text
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def rows(lines: list[list[object]]) -> str:
    """Write the cells of a sheet."""
    return "".join(f"<row>{''.join(map(cell, line))}</row>" for line in lines)


def write_workbook(
    path: Path,
    sheets: dict[str, str],
    hidden: tuple[str, ...] = (),
    counts_from_1904: bool = False,
    below: str = "",
) -> None:
    """Write a workbook.

    ``sheets`` has the rows of each sheet, as `rows` writes them; ``below`` comes after them.
    """
    names = list(sheets)
    listed = "".join(
        f"<sheet name={quoteattr(name)} sheetId='{n}' r:id='rId{n}'"
        f"{' state=' + quoteattr('hidden') if name in hidden else ''}/>"
        for n, name in enumerate(names, start=1)
    )
    epoch = '<workbookPr date1904="1"/>' if counts_from_1904 else ""
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": _relations([("r", "officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">{epoch}'
        f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": _relations(
            [(f"rId{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(names) + 1)]
            + [("styles", "styles", "styles.xml")]
        ),
        "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><cellXfs count="3"><xf numFmtId="0"/>'
        '<xf numFmtId="14"/><xf numFmtId="22"/></cellXfs></styleSheet>',
    }
    for n, name in enumerate(names, start=1):
        parts[f"xl/worksheets/sheet{n}.xml"] = (
            f'<worksheet xmlns="{_MAIN}"><sheetData>{sheets[name]}</sheetData>{below}</worksheet>'
        )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, text in parts.items():
            archive.writestr(part, f'<?xml version="1.0" encoding="UTF-8"?>{text}')


def _relations(listed: list[tuple[str, str, str]]) -> str:
    return (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        + "".join(
            f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
            for name, kind, target in listed
        )
        + "</Relationships>"
    )
