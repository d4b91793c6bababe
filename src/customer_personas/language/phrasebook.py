"""Says in another language the sentences that the warehouse composes in English.

A table keeps one text, so that whoever filters or searches it finds the same everywhere. Where it
is shown, a phrase of the book says it anew: ``All training rows have one class: {name}.``
"""

import re
from collections.abc import Mapping

# Sentences of a text begin with a capital letter or a number.
_BETWEEN = re.compile(r"(?<=[.]) (?=[A-Z0-9])")


class Phrasebook:
    """Phrases with placeholders, and what stands for them.

    Parameters
    ----------
    phrases : mapping of str to str
        By English phrase, the one that says it; both have the same placeholders in braces.
    """

    def __init__(self, phrases: Mapping[str, str]) -> None:
        self._phrases = [(_pattern_of(english), said) for english, said in phrases.items()]

    def say(self, text: str) -> str:
        """Say a text.

        Parameters
        ----------
        text : str
            One sentence or several, or part of one.

        Returns
        -------
        str
            The same by the phrases of the book; what none of them fits stays as it is, as do names
            and figures within.
        """
        sentences = _BETWEEN.split(text)
        said = [self._say_whole(sentence) for sentence in sentences]
        # a name in a sentence may look like the end of one
        if None in said and (whole := self._say_whole(text)) is not None:
            return whole
        if not any(said):
            return text
        made = ""
        for sentence, own in zip(sentences, said, strict=True):
            # what ends with a sign of its own width needs no blank behind it
            made += (" " if made and made[-1].isascii() else "") + (own or sentence)
        return made

    def _say_whole(self, text: str) -> str | None:
        for pattern, said in self._phrases:
            if found := pattern.fullmatch(text):
                parts = {name: self.say(part) for name, part in found.groupdict().items()}
                return said.format(**parts)
        return None


def _pattern_of(phrase: str) -> re.Pattern[str]:
    """Make of a phrase what finds it."""
    pieces = re.split(r"\{(\w+)\}", phrase)
    pattern = "".join(
        f"(?P<{piece}>.+?)" if place % 2 else re.escape(piece) for place, piece in enumerate(pieces)
    )
    return re.compile(pattern, flags=re.DOTALL)
