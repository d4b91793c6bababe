"""Texts in one language, and how numbers, names and sentences of the data are said in it."""

import os
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml

from customer_personas.language.phrasebook import Phrasebook

FOLDER = Path(__file__).parent
LANGUAGE_VARIABLE = "PERSONA_LANGUAGE"
DEFAULT_LANGUAGE = "en"
MINIMUM_CELL = 5

Row = dict[str, Any]


class LanguageError(Exception):
    """A language that there are no texts in."""


# What begins and ends a text that is written in a direction of its own, and all signs of the kind.
_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"
DIRECTION_SIGNS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def clean(text: str) -> str:
    """Take signs out of a text that no page may hold.

    Parameters
    ----------
    text : str
        Whatever came from data.

    Returns
    -------
    str
        Without signs of control and of direction, which would turn what follows, and in one line.
    """
    text = text.translate(DIRECTION_SIGNS)
    kept = (sign if unicodedata.category(sign) not in ("Cc", "Cs", "Co") else " " for sign in text)
    return " ".join("".join(kept).split())


def isolate(text: str) -> str:
    """Keep a text that runs from right to left from turning the sentence that it stands in.

    Parameters
    ----------
    text : str
        A name that came from data.

    Returns
    -------
    str
        The same, between signs of direction where it has letters of that kind.
    """
    if any(unicodedata.bidirectional(sign) in ("R", "AL", "AN") for sign in text):
        return f"{_ISOLATE}{text}{_END_ISOLATE}"
    return text


def plain(text: str) -> str:
    """Make a text that came from data part of a sentence: :func:`clean`, then :func:`isolate`."""
    return isolate(clean(text))


def languages() -> list[str]:
    """Return the languages that there are texts in.

    Returns
    -------
    list of str
        Names of the files: ``en``, ``zh``.
    """
    return sorted(path.stem for path in FOLDER.glob("*.yml"))


def own_language() -> str:
    """Return the language that the environment asks for.

    Returns
    -------
    str
        That of ``PERSONA_LANGUAGE``, English without it.

    Raises
    ------
    LanguageError
        Where there are no texts in it.
    """
    language = os.environ.get(LANGUAGE_VARIABLE) or DEFAULT_LANGUAGE
    if language not in languages():
        raise LanguageError(
            f"{LANGUAGE_VARIABLE} is {language!r}; there is {' and '.join(languages())}."
        )
    return language


@cache
def _texts_of(language: str) -> "Texts":
    return Texts(language)


def own_texts() -> "Texts":
    """Return the texts of :func:`own_language`.

    Returns
    -------
    Texts
        Those that commands speak by.
    """
    return _texts_of(own_language())


def say(key: str, **values: object) -> str:
    """Return a text in the language that the environment asks for: see :meth:`Texts.say`.

    Parameters
    ----------
    key : str
        Group and name: ``check.records``.
    **values : object
        What the placeholders stand for.

    Returns
    -------
    str
        The text.
    """
    return own_texts().say(key, **values)


class Texts:
    """The texts of one language.

    Parameters
    ----------
    language : str
        One of :func:`languages`.
    minimum_cell : int, optional
        Fewest customers that are told.
    """

    def __init__(self, language: str, minimum_cell: int = MINIMUM_CELL) -> None:
        self.language = language
        self.minimum_cell = minimum_cell
        self.entries: dict[str, Any] = yaml.safe_load(
            (FOLDER / f"{language}.yml").read_text(encoding="utf-8")
        )

    def say(self, key: str, **values: object) -> str:
        """Return a text with its placeholders filled.

        Parameters
        ----------
        key : str
            Group and name: ``who.revenue``.
        **values : object
            What the placeholders stand for, as it is to be written.

        Returns
        -------
        str
            The text.
        """
        group, name = key.split(".")
        return self.entries[group][name].format(**values)

    def known(self, group: str, name: object) -> str:
        """Return the text of something that data names, or the name where there is no text."""
        found = self.entries[group].get(name)
        return found if isinstance(found, str) else plain(str(name))

    def target(self, name: str) -> str:
        """Return what is predicted, in words; of answers to contacts, to which kind of them."""
        prefix, _, kind = name.partition(":")
        if kind and prefix in self.entries["targets"]:
            return self.say(f"targets.{prefix}", kind=plain(kind))
        return self.known("targets", name)

    @cached_property
    def _sentences(self) -> Phrasebook:
        return Phrasebook(self.entries["sentences"])

    def sentence(self, text: object) -> str:
        """Say sentences that the warehouse wrote in English: why, and what was decided."""
        return self._sentences.say(clean(str(text)))

    def reason(self, reason: str, meaning: str) -> str:
        """Say why a record or a value is set aside."""
        known = self.entries["reasons"].get(reason)
        return known if isinstance(known, str) else plain(meaning)

    def horizon(self, days: int | None) -> str:
        """Say how far ahead predictions look."""
        if days is None:
            return self.say("format.horizon")
        return self.say("units.days", number=days)

    def number(self, value: float | None) -> str:
        """Write a number with three digits at least: 1,234 or 5.37."""
        if value is None:
            return self.say("format.none")
        if abs(value) >= 100 or value == int(value):
            return f"{value:,.0f}"
        return f"{value:,.1f}" if abs(value) >= 10 else f"{value:,.2f}".rstrip("0").rstrip(".")

    def count(self, value: int | None) -> str:
        """Write how many customers, which is not told where they are few."""
        if value is None:
            return self.say("format.few_short", number=self.minimum_cell)
        return f"{value:,}"

    def percent(self, share: float | None) -> str:
        """Write a share as per cent, with a decimal where it is small."""
        if share is None:
            return self.say("format.none")
        digits = 1 if 0 < abs(share) < 0.0095 else 0
        # nothing is 0, not -0
        return self.say("format.percent", number=f"{round(100 * share, digits) + 0:.{digits}f}")

    def share(self, share: float | None) -> str:
        """Write a share of something that is there: where it rounds to nothing, as below 1 %."""
        if share is not None and share < 0.005:
            return self.say("format.below", share=self.percent(0.01))
        return self.percent(share)

    def between(self, low: float | None, high: float | None) -> str:
        """Write an interval of shares."""
        if low is None or high is None:
            return self.say("format.none")
        return self.say("format.between", low=self.percent(low), high=self.percent(high))

    def hundred(self, share: float) -> str:
        """Write a share as so many of a hundred."""
        return f"{100 * share:.0f}"

    def overlap(self, share: float) -> str:
        """Write an overlap as so much of a hundred, with the digit that tells it from all."""
        return f"{100 * share:.1f}"

    def day(self, value: date | datetime | None) -> str:
        """Write a day: 31 January 2026."""
        if value is None:
            return self.say("format.none")
        month = self.entries["format"]["months"][value.month - 1]
        return self.say("format.date", day=value.day, month=month, year=value.year)

    def sentences(self, *said: str) -> str:
        """Put sentences one behind the other; what is empty is left out."""
        return self.entries["format"]["between_sentences"].join(filter(None, said))

    def listed(self, items: Sequence[str]) -> str:
        """Write a list as a sentence has it."""
        if len(items) < 2:
            return "".join(items)
        first = self.entries["format"]["join"].join(items[:-1])
        return first + self.entries["format"]["last_join"] + items[-1]

    def value(self, value: float | None, unit: str, is_level: bool) -> str:
        """Write the mean of a feature by its unit.

        Parameters
        ----------
        value : float or None
            The mean, or the share of a level or flag.
        unit : str
            Unit as the feature catalog has it.
        is_level : bool
            Whether it is the share of those who have a level.

        Returns
        -------
        str
            Like ``63 %``, ``12 days``, ``1,702``.
        """
        if value is not None and (is_level or unit in ("share", "yes/no")):
            return self.percent(value)
        if value is not None and unit == "per cent":
            return self.percent(value / 100)
        if value is not None and unit == "days":
            return self.say("units.days", number=self.number(value))
        return self.number(value)

    def feature(self, trait: Row) -> str:
        """Name a feature, with the level that the figures are about."""
        label = clean(trait["feature_label"] or trait["feature_name"])
        known = self.entries["features"].get(trait["feature_name"])
        if isinstance(known, str):
            label = known
        else:
            label = _replaced(label, self.entries["features"].get("patterns", {})) or label
        level = trait.get("feature_level")
        label = isolate(label)
        return label if level is None else self.say("format.about", what=label, said=plain(level))

    @cached_property
    def _names(self) -> Mapping[str, Any]:
        """The words that names of personas are made of; none where these are English."""
        return self.entries["names"]

    def persona(self, name: str) -> str:
        """Say the name of a persona.

        Parameters
        ----------
        name : str
            As published: made of the words of ``persona_vocabulary``, or given by people.

        Returns
        -------
        str
            The same in this language where all its words are known; the name as it is elsewhere.
        """
        return isolate(self._persona(clean(name)))

    def _persona(self, name: str) -> str:
        """Say the name of a persona by its words, if all of them are known."""
        if not self._names:
            return name
        bare, number = re.fullmatch(r"(.*?)( \(P\d+\))?", name).groups(default="")  # type: ignore[union-attr]
        if bare in self.entries["segments"]:
            return self.entries["segments"][bare] + number
        whole = {"Average Customers": "average", "All Customers": "all"}
        if bare in whole:
            return self._names[whole[bare]] + number
        parts = re.fullmatch(r"(?:(.+) )?Customers(?: with (.+))?", bare)
        if not parts:
            return name
        before, behind = parts.groups(default="")
        words, favourite = self._adjectives(before)
        if favourite:
            words.append(self._names["favourite"].format(favourite=favourite))
        said = self.entries["format"]["join"].join(words)
        said += self._names["customers" if words else "only_customers"]
        if behind:
            phrases = [self._phrase(each) or each for each in re.split(r", | and ", behind)]
            said += self._names["behind"].format(
                phrases=self.entries["format"]["join"].join(phrases)
            )
        return said + number

    def _adjectives(self, text: str) -> tuple[list[str], str]:
        """Take the known adjectives off a text; what is left is the favourite category."""
        words = []
        known = sorted(self._names["adjectives"], key=len, reverse=True)
        while found := next(
            (each for each in known if re.match(rf"{re.escape(each)}(, | |$)", text)), None
        ):
            words.append(self._names["adjectives"][found])
            has_more = text[len(found) :].startswith(", ")
            text = text[len(found) :].removeprefix(",").removeprefix(" ")
            if not has_more:
                break
        return words, text

    def _phrase(self, text: str) -> str | None:
        """Say a clause or a phrase, if it is one that names are made of."""
        return self._names["clause_words"].get(text) or _replaced(text, self._names["patterns"])

    def description(self, text: str) -> str:
        """Say the sentence about a persona, as :meth:`persona` says its name."""
        text = clean(text)
        if not self._names:
            return text
        if stand_in := re.fullmatch(r"RFM segment, standing in for a persona: (.+)\.", text):
            # people may have segments of their own: what they mean is said as they wrote it
            meaning = self._names["segment_words"].get(stand_in[1], stand_in[1])
            return self._names["stand_in"].format(meaning=meaning)
        parts = re.fullmatch(r"Customers who (.+?)(?:; their favourite is (.+))?\.", text)
        if not parts:
            return text
        said = [self._phrase(clause) for clause in parts[1].split(", ")]
        if None in said:
            return text
        made = self._names["clauses"].format(clauses="、".join(map(str, said)))
        if parts[2]:
            made += self._names["favourite_clause"].format(favourite=parts[2])
        return made + "。"


def _replaced(text: str, patterns: Mapping[str, str]) -> str | None:
    """Say a text by the first pattern that all of it matches."""
    for pattern, replacement in patterns.items():
        if found := re.fullmatch(pattern, text):
            return found.expand(replacement)
    return None
