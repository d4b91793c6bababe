"""Which column of a file is which canonical column."""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING

from customer_personas.intake.entities import ENTITIES
from customer_personas.intake.errors import IntakeError
from customer_personas.intake.folder import MAPPING_FILE
from customer_personas.intake.hints import guess_column

if TYPE_CHECKING:
    from customer_personas.intake.mapping import EntityMapping

# A longer one is a record, or a whole file, and a database has to hold it.
_LONGEST_NAME = 1_000


def normal_names(headers: list[str], source_file: str) -> list[str]:
    """Bring the column names of a file to lower case with underscores.

    Parameters
    ----------
    headers : list of str
        Names as they stand in the file.
    source_file : str
        Name of the file, for messages.

    Returns
    -------
    list of str
        Names of letters (of every script), digits and underscores; a nameless column is called by
        its position, and columns of one name get numbers: ``price_1``, ``price_2``.

    Raises
    ------
    IntakeError
        If a column has a name that is none.
    """
    longest = max(map(len, headers), default=0)
    if longest > _LONGEST_NAME:
        raise IntakeError(
            f"{source_file} has a column with a name of {longest:,} signs. Is its first line the "
            f"header, and each quote closed? Names have {_LONGEST_NAME:,} signs at most."
        )
    names = [
        re.sub("_+", "_", _plain(_words(header), "_")).strip("_") or f"column_{position}"
        for position, header in enumerate(headers, start=1)
    ]
    times = Counter(map(key, names))
    taken = {name for name in map(key, names) if times[name] == 1}
    unique = []
    for name in names:
        numbered = (f"{name}_{number}" for number in count(1))
        free = name if times[key(name)] == 1 else next(n for n in numbered if key(n) not in taken)
        taken.add(key(free))
        unique.append(free)
    return unique


def _words(header: str) -> str:
    """Part the words of a name in camel case: loyaltyTier."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", header.strip())


def _plain(name: str, between: str) -> str:
    """Give a name in composed lower-case letters and digits, anything between them replaced."""
    # marks belong to their letters: Hindi and Thai names are made of them, and decomposed ones.
    # The lower case of the Turkish capital has one of its own.
    lower = unicodedata.normalize("NFC", name.lower().replace("i\u0307", "i"))
    return "".join(
        sign if sign.isalnum() or unicodedata.category(sign).startswith("M") else between
        for sign in lower
        if sign != "\N{ZERO WIDTH JOINER}"
    )


@lru_cache(maxsize=10_000)
def key(name: str) -> str:
    """Return what two spellings of one column name have in common: letters and digits.

    Parameters
    ----------
    name : str
        A spelling, such as ``Customer ID``.

    Returns
    -------
    str
        Its letters and digits in lower case: ``customerid``.
    """
    return _plain(name, "")


def match_columns(
    names: list[str], entity: str, mapping: "EntityMapping", source_file: str
) -> dict[str, str]:
    """Find the canonical columns among the columns of a file.

    Parameters
    ----------
    names : list of str
        Columns of the file.
    entity : str
        Canonical name of the entity.
    mapping : EntityMapping
        What the mapping says: the columns that it names need not be in this file.
    source_file : str
        Name of the file, for messages.

    Returns
    -------
    dict of str to str
        By canonical column, the column of the file.

    Raises
    ------
    IntakeError
        If the mapping itself, no preset, and the file both name a column.
    """
    mapped = mapping.renames()
    by_key = {key(name): name for name in names}
    taken = {key(source) for source in mapped.values()}
    found = {}
    for column in ENTITIES[entity]:
        own = next(
            (by_key[key(each)] for each in (column.name, *column.aliases) if key(each) in by_key),
            None,
        )
        other = by_key.get(key(mapped[column.name])) if column.name in mapped else None
        if own and other and own != other and not mapping.columns[column.name].is_assumed:
            raise IntakeError(
                f"{source_file}: {column.name} is there twice, as the column {own} and, by "
                f"{MAPPING_FILE}, as the column {other}. Take the line out of {MAPPING_FILE} or "
                f"write {own} there under ignore."
            )
        if other:
            found[column.name] = other
        elif own and key(own) not in taken:
            found[column.name] = own
    return found


def refuse_repeated(
    headers: Mapping[str, str], sources: Mapping[str, str], entity: str, source_file: str
) -> None:
    """Stop where several columns have the name of a canonical one and nothing says which is meant.

    Parameters
    ----------
    headers : mapping of str to str
        By name as :func:`normal_names` gives it, what the file itself calls a column; without those
        that the mapping ignores.
    sources : mapping of str to str
        By canonical column, what it is read from.
    entity : str
        Canonical name of the entity.
    source_file : str
        Name of the file.

    Raises
    ------
    IntakeError
        With their names.
    """
    for column in ENTITIES[entity]:
        for name in (column.name, *column.aliases):
            twins = [
                each
                for each, header in headers.items()
                if key(header) == key(name) and re.fullmatch(key(name) + "[0-9]+", key(each))
            ]
            if twins and column.name not in sources and not set(twins) & set(sources.values()):
                raise IntakeError(
                    f"{source_file} has the column {name} more than once: from the left "
                    f"{', '.join(twins)}. Say in {MAPPING_FILE} which is meant, under columns, for "
                    f"example {column.name}: {twins[0]}, or write all of them under ignore."
                )


def require_columns(known: set[str], names: list[str], entity: str, source_file: str) -> None:
    """Stop where a file lacks a column that its entity cannot do without.

    Parameters
    ----------
    known : set of str
        Canonical columns that the file or the mapping gives.
    names : list of str
        Columns of the file.
    entity : str
        Canonical name of the entity.
    source_file : str
        Name of the file.

    Raises
    ------
    IntakeError
        With the columns that are lacking and those that look like them.
    """
    missing = [c.name for c in ENTITIES[entity] if c.is_required and c.name not in known]
    if entity == "web_events" and not known & {"customer_id", "visitor_id"}:
        missing.append("customer_id")
    if not missing:
        return
    columns, it = ("columns", "each") if len(missing) > 1 else ("column", "it")
    lines = []
    for name in missing:
        lines.append(f"{name}: {guess_column(name, entity, names) or '<your column>'}")
    raise IntakeError(
        f"{source_file} lacks the {columns} {', '.join(missing)}, which {entity} cannot do "
        f"without; found: {', '.join(names)}. Say in {MAPPING_FILE}, under entities: {entity}: "
        f"columns, which column holds {it}, for example {'; '.join(lines)}. (If its names stand in "
        "another line, say header_line: <the line>, or none, under settings.)"
    )
