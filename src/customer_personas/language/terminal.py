"""Lays texts out in a terminal, where a Chinese sign takes two columns."""

import re
import unicodedata

WIDTH = 98
# Chinese signs, with those that end a clause
_WIDE = "\u2e80-\uffef"
_CLOSING = "\u3001\u3002\uff0c\uff1b\uff1a\uff01\uff1f\uff09\u201d"


def columns(text: str) -> int:
    """Count the columns that a text takes.

    Parameters
    ----------
    text : str
        One line.

    Returns
    -------
    int
        Two for each sign of full width.
    """
    return sum(2 if _is_wide(sign) else 1 for sign in text)


def pad(text: str, width: int) -> str:
    """Fill a text up to so many columns with blanks.

    Parameters
    ----------
    text : str
        One line.
    width : int
        Columns.

    Returns
    -------
    str
        The text, blanks behind it.
    """
    return text + " " * (width - columns(text))


def fold(text: str, width: int = WIDTH) -> list[str]:
    """Break a text into indented lines.

    Parameters
    ----------
    text : str
        Words, or signs that need no blanks between them.
    width : int, optional
        Columns of a line; a longer word stands on one of its own.

    Returns
    -------
    list of str
        The lines.
    """
    # a stop or a closing bracket does not begin a line
    pieces = re.findall(rf"[ \n]*(?:[{_WIDE}]|[^ \n{_WIDE}]+)[{_CLOSING}]*", text)
    lines = [""]
    for piece in pieces:
        if lines[-1] and columns(lines[-1] + piece) > width:
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip(" \n")
    # blanks that kept words together have done so
    return [f"  {line}".replace("\u00a0", " ") for line in lines]


def _is_wide(sign: str) -> bool:
    return unicodedata.east_asian_width(sign) in "WF"
