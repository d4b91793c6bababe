"""Patterns of RE2, DuckDB's language, spelt so that Java's and Rust's understand the same."""

import re

# What the engines' pattern languages call by one name and take for different signs, spelt out.
_POSIX_CLASSES = {
    "[:alnum:]": "0-9A-Za-z",
    "[:alpha:]": "A-Za-z",
    "[:digit:]": "0-9",
    "[:lower:]": "a-z",
    "[:punct:]": r"!-/:-@\[-`{-~",
    "[:space:]": r"\t\n\x0B\f\r ",
    "[:upper:]": "A-Z",
    "[:xdigit:]": "0-9A-Fa-f",
}
_SHORT_CLASSES = {"d": "0-9", "s": r"\t\n\f\r ", "w": "0-9A-Z_a-z"}
# The end of a text, not of its last line; any sign but a line feed.
_SINGLE_SIGNS = {"$": r"\z", ".": r"[^\n]"}
# A sign of a pattern: an escaped one, a class of POSIX, a bracket, or any other.
_SIGN = re.compile(r"\\.|\[:\^?\w+:\]|.", re.DOTALL)


class TranslationError(ValueError):
    """A statement cannot be said in Spark SQL."""


def portable_pattern(pattern: str) -> str:
    r"""Spell out what a pattern of RE2 calls by names that other engines understand otherwise.

    Parameters
    ----------
    pattern : str
        A pattern of RE2, DuckDB's language: ``\s`` and ``[[:space:]]`` are signs of ASCII there.

    Returns
    -------
    str
        The same pattern for Java's language and Rust's.

    Raises
    ------
    TranslationError
        Where a class is negated within brackets.
    """
    written, in_brackets = [], False
    for sign in _SIGN.findall(pattern):
        short = _SHORT_CLASSES.get(sign[1:].lower()) if sign.startswith("\\") else None
        if short:
            negated = sign[1:].isupper()
            if in_brackets and negated:
                raise TranslationError(f"{sign} within brackets cannot be spelt out: {pattern}")
            written.append(short if in_brackets else f"[{'^' if negated else ''}{short}]")
            continue
        if in_brackets and sign in _POSIX_CLASSES:
            written.append(_POSIX_CLASSES[sign])
            continue
        # within brackets Java takes these for more: a set of its own, the common part of two
        if in_brackets and sign in ("[", "&"):
            written.append(f"\\{sign}")
            continue
        is_first = in_brackets and written[-1] in ("[", "^")
        if not in_brackets:
            in_brackets = sign == "["
            written.append(_SINGLE_SIGNS.get(sign, sign))
            continue
        in_brackets = sign != "]" or is_first
        written.append(f"\\{sign}" if sign == "]" and is_first else sign)
    return "".join(written)


def matches_once(pattern: str) -> bool:
    """Say whether a pattern holds to one end of the text, whichever way it matches.

    Parameters
    ----------
    pattern : str
        A pattern of RE2.

    Returns
    -------
    bool
        Whether no text has two matches.
    """
    depth, ways = 0, 1
    for sign in _SIGN.findall(re.sub(r"\[\]?(?:\\.|[^\]])*\]", "x", pattern)):
        depth += {"(": 1, ")": -1}.get(sign, 0)
        ways += sign == "|" and not depth
    return ways == 1 and (pattern.startswith("^") or pattern.endswith("$"))
