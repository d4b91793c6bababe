"""What the report consists of: exhibits with a finding each, cards of personas, sections."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from matplotlib.figure import Figure

from customer_personas.report.canvas import Canvas


@dataclass(frozen=True)
class Exhibit:
    """A finding, the picture that shows it, and the figures behind it.

    Attributes
    ----------
    name : str
        Name of its files and anchor.
    title : str
        The finding.
    lead : str
        How to read it.
    draw : callable, optional
        Draws it on a canvas.
    headers, rows : sequences
        The figures as a table; the first column names the row.
    queries : sequence of str
        Names of the queries that give the figures.
    is_rounded : bool
        Whether counts were rounded.
    """

    name: str
    title: str
    lead: str = ""
    draw: Callable[[Canvas], Figure] | None = None
    headers: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    queries: Sequence[str] = ()
    is_rounded: bool = False

    def is_text(self, column: int) -> bool:
        """Say whether a column holds words, which begin at the left, or figures."""
        cells = [row[column] for row in self.rows]
        return not any(sign.isdigit() for cell in cells for sign in cell[:4])


@dataclass(frozen=True)
class Card:
    """A persona.

    Attributes
    ----------
    place : int
        Of its colour.
    figures : sequence of (str, str)
        A value and what it is.
    alt : str
        What the picture shows, for who does not see it.
    facts : sequence of (str, str)
        What it will need, what to do: a heading and a sentence.
    """

    persona_id: str
    place: int
    name: str
    description: str
    figures: Sequence[tuple[str, str]]
    exhibit: Exhibit
    alt: str
    facts: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Section:
    """A part of the story, with a short answer to the question that it is about."""

    key: str
    title: str
    exhibits: Sequence[Exhibit]
    cards: Sequence[Card] = field(default_factory=tuple)
