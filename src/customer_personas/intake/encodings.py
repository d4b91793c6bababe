"""Which encoding a file is in, and a copy of it in UTF-8 where it is another one."""

import codecs
from collections.abc import Iterable, Iterator
from pathlib import Path

from customer_personas.intake.code_pages import looks_chinese, looks_western
from customer_personas.intake.errors import IntakeError
from customer_personas.intake.folder import MAPPING_FILE
from customer_personas.intake.limits import Limits

_PIECE = 1 << 22
_SAMPLE_LINES = 2000
# Fewer lines, and a smaller share of all, are broken ones of a file that is UTF-8 otherwise.
_FEW_LINES, _SMALL_SHARE = 3, 0.05
_CODECS = {"utf-8": "utf-8-sig", "latin-1": "cp1252", "gb18030": "gb18030"}


def _unreadable(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    # a byte that no UTF-8 text can hold, so that the line is set aside as unreadable later
    return "\udcff", error.end


def _as_latin_1(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    # five bytes of Windows-1252 stand for nothing; Latin-1 has control characters there
    return error.object[error.start : error.end].decode("latin-1"), error.end


codecs.register_error("customer_personas.unreadable", _unreadable)
codecs.register_error("customer_personas.latin_1", _as_latin_1)


def pieces_of(path: Path) -> Iterator[bytes]:
    """Read the bytes of a file, piece by piece.

    Parameters
    ----------
    path : Path
        The file.

    Yields
    ------
    bytes
        The next piece.
    """
    with path.open("rb") as content:
        while piece := content.read(_PIECE):
            yield piece


def lines_of(path: Path, source_file: str, limits: Limits) -> Iterator[bytes]:
    """Give the lines of a file, ended by any of LF, CRLF and CR, without their ends.

    Parameters
    ----------
    path : Path
        The file.
    source_file : str
        Its name, for messages.
    limits : Limits
        How long a line may be.

    Yields
    ------
    bytes
        The next line.
    """
    rest, number = b"", 0
    for piece in pieces_of(path):
        whole = rest + piece
        # a CR at the end of a piece may be half of a CRLF
        held = b"\r" if whole.endswith(b"\r") else b""
        whole = whole[: len(whole) - len(held)].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        *lines, rest = whole.split(b"\n")
        rest += held
        for line in lines:
            number += 1
            limits.refuse_line(len(line), number, source_file)
            yield line
        limits.refuse_line(len(rest), number + 1, source_file)
    if rest:
        yield rest.removesuffix(b"\r")


def utf16_of(path: Path) -> str | None:
    """Tell whether a file is in UTF-16 or UTF-32, by its first bytes.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    str or None
        ``utf-32`` and ``utf-16`` (with a byte order mark), ``utf-16-le`` or ``utf-16-be``; None
        where it is neither.
    """
    start = next(pieces_of(path), b"")[:2000]
    if start.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for order, offset in (("utf-16-le", 1), ("utf-16-be", 0)):
        if len(start) >= 4 and start[offset::2].count(0) > 0.4 * len(start[offset::2]):
            return order
        # of Chinese few bytes are zero, but each end of a line has one, and no sign is
        text = start.decode(order, errors="ignore") if 0 in start else ""
        if ("\n" in text or "\r" in text) and "\0" not in text:
            return order
    return None


def starts_as_utf8(path: Path) -> bool:
    """Tell whether the first line of a file, its header, can be UTF-8.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    bool
        False where it holds other bytes.
    """
    start = next(pieces_of(path), b"").lstrip()
    return _decodes(start.split(b"\n", 1)[0])


def eight_bit_encoding_of(path: Path, source_file: str, limits: Limits) -> str:
    """Tell the encoding of a text file that is not in UTF-16, from its bytes.

    Parameters
    ----------
    path : Path
        The file.
    source_file : str
        Its name, for messages.
    limits : Limits
        How long a line may be.

    Returns
    -------
    str
        ``utf-8``, ``latin-1`` (Windows-1252, which extends it) or ``gb18030``. Where most lines
        that are not ASCII are valid UTF-8, or very few lines are not ASCII and look like neither of
        the others, it is UTF-8, and these lines are badly encoded ones.

    Raises
    ------
    IntakeError
        If somebody has to say which it is.
    """
    count, valid, others = _lines_beyond_ascii(lines_of(path, source_file, limits))
    if valid >= len(others):
        return "utf-8"
    if looks_western(b"\n".join(others).decode("cp1252", "replace")):
        return "latin-1"
    chinese = [line for line in others if _decodes(line, "gb18030")]
    if 2 * len(chinese) >= len(others) and looks_chinese(b"\n".join(chinese)):
        return "gb18030"
    if len(others) < _FEW_LINES and len(others) < _SMALL_SHARE * count:
        return "utf-8"
    raise IntakeError(
        f"{source_file} is not UTF-8, and its values do not tell what else it is, as in "
        f"{_shown(others[0])}. Say in {MAPPING_FILE}, under settings, for example encoding: cp1251 "
        "(Cyrillic), cp1250 (Central Europe), cp1252 (Western Europe), cp1253 (Greek), cp1254 "
        "(Turkish), cp850 or mac_roman (older programs), shift_jis, euc_jp, cp949 (Korean), big5 "
        "or gb18030."
    )


def _shown(line: bytes) -> str:
    """Show a line in the two encodings that it is most likely to be in."""
    text = line.strip()[:60]
    return ", ".join(f"{text.decode(name, 'replace')!r} ({name})" for name in ("cp1252", "cp850"))


def _lines_beyond_ascii(lines: Iterable[bytes]) -> tuple[int, int, list[bytes]]:
    """Count all lines and those beyond ASCII that are UTF-8, and give those that are not."""
    count, valid = 0, 0
    others: list[bytes] = []
    for line in lines:
        count += 1
        if line.isascii():
            continue
        if _decodes(line):
            valid += 1
        elif len(others) < _SAMPLE_LINES:
            others.append(line)
        if valid + len(others) >= 2 * _SAMPLE_LINES:
            break
    return count, valid, others


def _decodes(line: bytes, encoding: str = "utf-8") -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def write_western_as_utf8(path: Path, copy: Path) -> None:
    """Write a copy in UTF-8 of a text file in Windows-1252, some lines of which may be UTF-8.

    Who puts files of two programs together gets both in one. A line of Windows-1252 is hardly ever
    UTF-8 too: it would have to say ``Ã«``.

    Parameters
    ----------
    path : Path
        The file.
    copy : Path
        Where the copy goes.
    """
    rest = b""
    with copy.open("wb") as content:
        for piece in pieces_of(path):
            *lines, rest = (rest + piece).split(b"\n")
            content.writelines(_western_as_utf8(line) + b"\n" for line in lines)
        content.write(_western_as_utf8(rest))


def _western_as_utf8(line: bytes) -> bytes:
    if line.isascii() or _decodes(line):
        return line
    return line.decode("cp1252", "customer_personas.latin_1").encode()


def write_as_utf8(path: Path, encoding: str, copy: Path) -> None:
    """Write a copy of a text file in UTF-8.

    Parameters
    ----------
    path : Path
        The file.
    encoding : str
        As :func:`utf16_of` and :func:`eight_bit_encoding_of` name it.
    copy : Path
        Where the copy goes. What the encoding cannot read becomes a byte that UTF-8 cannot read
        either, so that the line is found later.
    """
    name = _CODECS.get(encoding, encoding)
    errors = "customer_personas.unreadable"
    if name == "cp1252":
        errors = "customer_personas.latin_1"
    decoder = codecs.getincrementaldecoder(name)(errors)
    with copy.open("wb") as content:
        for piece in pieces_of(path):
            content.write(decoder.decode(piece).encode("utf-8", "surrogateescape"))
        content.write(decoder.decode(b"", final=True).encode("utf-8", "surrogateescape"))
