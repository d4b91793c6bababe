"""Workbooks written by hand, so that each oddity of real ones can be in them."""

import datetime
import struct
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
# Styles by their position: plain, date, date and time.
PLAIN, DATE, TIME = 0, 1, 2


def cell(value: object, style: int = PLAIN) -> str:
    """Write a cell: a text, a number, True, None; an element of its own is taken as it is."""
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


# Workbooks of other programs: plain values, a date has the style of one.


def write_open_document(
    path: Path, sheets: dict[str, list[list[object]]], hidden: tuple[str, ...] = ()
) -> None:
    """Write a workbook as LibreOffice does; an element of its own is taken as it is."""

    def open_cell(value: object) -> str:
        if value is None:
            return "<table:table-cell/>"
        if isinstance(value, bool):
            what = f'boolean" office:boolean-value="{str(value).lower()}'
        elif isinstance(value, datetime.date):
            what = f'date" office:date-value="{value.isoformat()}'
        elif isinstance(value, int | float):
            what = f'float" office:value="{value!r}'
        elif str(value).startswith("<table:"):
            return str(value)
        else:
            text = escape(str(value)).replace("  ", ' <text:s text:c="1"/>')
            return (
                f'<table:table-cell office:value-type="string"><text:p>{text}</text:p>'
                "</table:table-cell>"
            )
        return f'<table:table-cell office:value-type="{what}"/>'

    urn = "urn:oasis:names:tc:opendocument:xmlns"
    tables = "".join(
        f"<table:table table:name={quoteattr(name)}"
        f"{' table:style-name=' + quoteattr('gone') if name in hidden else ''}>"
        + "".join(
            f"<table:table-row>{''.join(map(open_cell, line))}</table:table-row>" for line in lines
        )
        + "</table:table>"
        for name, lines in sheets.items()
    )
    content = (
        f'<office:document-content xmlns:office="{urn}:office:1.0" xmlns:table="{urn}:table:1.0" '
        f'xmlns:style="{urn}:style:1.0" xmlns:text="{urn}:text:1.0"><office:automatic-styles>'
        '<style:style style:name="gone" style:family="table">'
        '<style:table-properties table:display="false"/></style:style></office:automatic-styles>'
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("content.xml", f'<?xml version="1.0" encoding="UTF-8"?>{content}')
        archive.writestr(
            "META-INF/manifest.xml",
            f'<manifest:manifest xmlns:manifest="{urn}:manifest:1.0"><manifest:file-entry '
            f'manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>',
        )


def write_old_workbook(
    path: Path,
    sheets: dict[str, list[list[object]]],
    hidden: tuple[str, ...] = (),
    has_password: bool = False,
) -> None:
    """Write a workbook of the old kind (BIFF 8)."""
    bodies = [_old_sheet(lines) for lines in sheets.values()]

    def start(places: list[int]) -> bytes:
        names = b"".join(
            _record(
                0x85,
                struct.pack("<IBBBB", place, name in hidden, 0, len(name), 1)
                + name.encode("utf-16-le"),
            )
            for name, place in zip(sheets, places, strict=True)
        )
        styles = b"".join(
            _record(0xE0, struct.pack("<HH16x", 0, number_format)) for number_format in (0, 14, 22)
        )
        password = _record(0x2F, struct.pack("<H52x", 1)) if has_password else b""
        return _begin(0x05) + password + styles + names + _record(0x0A, b"")

    place = len(start([0] * len(bodies)))
    places = []
    for body in bodies:
        places.append(place)
        place += len(body)
    stream = start(places) + b"".join(bodies)
    # shorter ones would lie elsewhere
    stream = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\0")
    count = len(stream) // 512
    chain = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, count + 2), 0xFFFFFFFE]
    table = struct.pack(f"<{len(chain)}I", *chain).ljust(512, b"\xff")
    assert len(table) == 512, "too large for the one table of sectors"
    none = 0xFFFFFFFE
    places = (0, 1, 1, 0, 4096, none, 0, none, 0, 0)
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    head += struct.pack("<HHHHH6x10I", 0x3E, 3, 0xFFFE, 9, 6, *places)
    head = head.ljust(512, b"\xff")
    folder = _entry("Root Entry", 5, 1, none, 0) + _entry("Workbook", 2, 0xFFFFFFFF, 2, len(stream))
    path.write_bytes(head + table + folder.ljust(512, b"\0") + stream)


def _entry(name: str, kind: int, child: int, first: int, size: int) -> bytes:
    text = f"{name}\0".encode("utf-16-le")
    none = 0xFFFFFFFF
    return text.ljust(64, b"\0") + struct.pack(
        "<HBBIII36xIQ", len(text), kind, 1, none, none, child, first, size
    )


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _begin(kind: int) -> bytes:
    return _record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 0x07CC, 0, 6))


def _old_sheet(lines: list[list[object]]) -> bytes:
    content = _begin(0x10)
    for row, line in enumerate(lines):
        for column, value in enumerate(line):
            if value is None:
                continue
            style = TIME if isinstance(value, datetime.datetime) else PLAIN
            if isinstance(value, datetime.date):
                style = style or DATE
                day = datetime.datetime(1899, 12, 30)
                moment = datetime.datetime.fromisoformat(value.isoformat())
                value = (moment - day) / datetime.timedelta(days=1)
            place = struct.pack("<HHH", row, column, style)
            if isinstance(value, bool):
                content += _record(0x0205, place + struct.pack("<BB", value, 0))
            elif isinstance(value, int | float):
                content += _record(0x0203, place + struct.pack("<d", value))
            else:
                text = str(value).encode("utf-16-le")
                content += _record(0x0204, place + struct.pack("<HB", len(text) // 2, 1) + text)
    return content + _record(0x0A, b"")
