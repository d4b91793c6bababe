"""Colours of the report, light and dark; a persona has the one that its id gives it, for ever.

Tried for people who see no red or no green: the first six differ by 0.08 in OKLab at least. Beyond,
and wherever two personas share one, the names beside the pictures tell them apart.
"""

import re
import zlib

# light theme, dark theme: at least 3:1 on either background
PERSONAS = (
    ("#2b5fae", "#669cf1"),
    ("#c9801a", "#ffbf66"),
    ("#6d2a6b", "#c07abd"),
    ("#2f9c86", "#76dcc4"),
    ("#b5322a", "#fc7465"),
    ("#4a98c6", "#8ad8ff"),
    ("#56600f", "#a3b160"),
    ("#d0708f", "#ffaece"),
    ("#0f4f4a", "#63a49d"),
    ("#8a6a45", "#c9a67f"),
    ("#7b6fd0", "#b7adff"),
    ("#3a3f4a", "#8a919e"),
)
# What the pictures are drawn with, and what the page says instead, so that they follow its theme.
TEXT, MUTED, LINE, PAPER = "#1c2330", "#5d6676", "#d4d9e1", "#fefefe"
ACCENT, GOOD, WARN, BAD = "#2b5fad", "#2e7d5b", "#b7791e", "#b5322b"
ON_PAGE = {
    TEXT: "currentColor",
    MUTED: "var(--muted)",
    LINE: "var(--line)",
    PAPER: "var(--paper)",
    ACCENT: "var(--accent)",
    GOOD: "var(--good)",
    WARN: "var(--warn)",
    BAD: "var(--bad)",
    **{light: f"var(--persona-{place})" for place, (light, _) in enumerate(PERSONAS)},
}


def persona_place(persona_id: str) -> int:
    """Return the place of a persona's colour, from its id alone.

    Parameters
    ----------
    persona_id : str
        ``P001`` and the like; of an id without a number its letters are counted instead.

    Returns
    -------
    int
        A place in ``PERSONAS``.
    """
    number = re.search(r"(\d+)$", persona_id)
    counted = int(number[1]) - 1 if number else zlib.crc32(persona_id.encode())
    return counted % len(PERSONAS)


def persona_colour(persona_id: str) -> str:
    """Return the colour of a persona in the light theme.

    Parameters
    ----------
    persona_id : str
        Its id.

    Returns
    -------
    str
        As ``#rrggbb``.
    """
    return PERSONAS[persona_place(persona_id)][0]
