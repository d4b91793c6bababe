"""Writes the story as one HTML file, and its pictures for slides."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from customer_personas.language.texts import Texts
from customer_personas.report.canvas import Canvas, export, to_page, to_svg
from customer_personas.report.colours import PERSONAS
from customer_personas.report.exhibit import Exhibit
from customer_personas.report.published import Facts
from customer_personas.report.story import Story

TEMPLATES = Path(__file__).parent / "templates"
# as wide as a phone
_PAGE = Canvas()
SLIDE = Canvas(width=900, font=17, height=540, margin=30)


def anchor(name: str) -> str:
    """Make a name of a picture an id of HTML and a name of a file, whatever a persona id holds."""
    return re.sub(r"[^A-Za-z0-9_]+", "-", name)


def pictures(story: Story) -> Iterator[tuple[Exhibit, str]]:
    """Go through the exhibits of a story that have a picture.

    Parameters
    ----------
    story : Story
        The story.

    Yields
    ------
    (Exhibit, str)
        Each with the title of a slide.
    """
    for section in story.sections:
        for exhibit in section.exhibits:
            if exhibit.draw:
                yield exhibit, exhibit.title
        for card in section.cards:
            if card.exhibit.draw:
                yield card.exhibit, f"{card.name}: {card.exhibit.title}"


def render(
    story: Story, facts: Facts, texts: Texts, progress: Callable[[str], None] = lambda _: None
) -> str:
    """Render the page.

    Parameters
    ----------
    story : Story
        What it says.
    facts : Facts
        Where it is from: the queries that the page tells.
    texts : Texts
        The language.
    progress : callable
        Is told the name of each picture before it is drawn.

    Returns
    -------
    str
        HTML that needs nothing else.
    """
    drawn = {}
    for exhibit, _ in pictures(story):
        progress(exhibit.name)
        assert exhibit.draw is not None
        name = anchor(exhibit.name)
        figure = exhibit.draw(_PAGE)
        # matplotlib has escaped what came from data; nothing else in it did
        drawn[exhibit.name] = Markup(to_page(to_svg(figure, name), name))
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    for place in (0, 1):
        colours = " ".join(f"--persona-{n}: {pair[place]};" for n, pair in enumerate(PERSONAS))
        style = style.replace(f"/* personas {place} */", colours)
    return environment.get_template("report.html.j2").render(
        story=story,
        texts=texts,
        queries=facts.queries,
        drawn=drawn,
        anchor=anchor,
        minimum_cell=facts.minimum_cell,
        style=Markup(style),
    )


def export_figures(
    story: Story,
    facts: Facts,
    texts: Texts,
    folder: Path,
    progress: Callable[[str], None] = lambda _: None,
) -> list[Path]:
    """Write each picture as SVG and PNG for a slide, finding and lead above, source below.

    Parameters
    ----------
    story : Story
        What they show.
    facts : Facts
        The queries that they rest on.
    texts : Texts
        The language.
    folder : Path
        Where to; made if it is not there.
    progress : callable
        Is told the name of each picture before it is drawn.

    Returns
    -------
    list of Path
        The files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for exhibit, title in pictures(story):
        progress(exhibit.name)
        assert exhibit.draw is not None
        tables = sorted({table for name in exhibit.queries for table in facts.queries[name].tables})
        source = texts.say("page.source", tables=texts.entries["format"]["join"].join(tables))
        slide = replace(SLIDE, title=title, lead=exhibit.lead, source=source)
        figure = exhibit.draw(slide)
        written += export(figure, folder, anchor(exhibit.name))
    return written
