"""The one style sheet of the pictures, and how a picture becomes part of a page or a slide."""

import contextlib
import io
import re
import unicodedata
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from customer_personas.language.texts import DIRECTION_SIGNS
from customer_personas.report.colours import LINE, MUTED, ON_PAGE, PAPER, TEXT

# Families with Chinese signs. Of a file with several, matplotlib may read one alone: it has all.
CHINESE = [
    *("PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans CJK JP"),
    *("Source Han Sans SC", "WenQuanYi Micro Hei"),
]
# They stand last: quotation marks of theirs are as wide as a sign. Absent ones are passed over.
FONTS = ["Inter", "Segoe UI", "Helvetica Neue", "Arial", "DejaVu Sans", *CHINESE]
# So much wider than text_width says are letters of the widest of these families, bold and not: a
# slide has no browser that breaks its lines.
BOLD, WIDEST = 1.26, 1.1
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    # a dollar sign in a name is no formula
    "text.parse_math": False,
    "axes.edgecolor": LINE,
    "axes.labelcolor": MUTED,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.color": LINE,
    "text.color": TEXT,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": MUTED,
    "ytick.labelcolor": MUTED,
}


@dataclass(frozen=True)
class Canvas:
    """What a picture is drawn on: its width and letters, in CSS pixels.

    A page has narrow ones, so that letters keep their size on a phone; a slide has a fixed height
    and carries its own title, how to read it, and source.
    """

    width: float = 360
    font: float = 12
    height: float | None = None
    margin: float = 0
    title: str = ""
    lead: str = ""
    source: str = ""

    @property
    def title_lines(self) -> list[str]:
        """The title as it is broken into lines."""
        return wrap(self.title, self.width, BOLD * 1.3 * self.font, 3) if self.title else []

    @property
    def lead_lines(self) -> list[str]:
        """How to read it, as it is broken into lines."""
        return wrap(self.lead, self.width, WIDEST * 0.8 * self.font, 4) if self.lead else []

    @property
    def top(self) -> float:
        """What title and lead take."""
        lines = 1.8 * len(self.title_lines) + 1.2 * len(self.lead_lines)
        return (lines + 1) * self.font if lines else 0

    def fit(self, wanted: float) -> float:
        """Return the height that is there for a picture that wants so much."""
        return wanted if self.height is None else self.height - self.top - 2.2 * self.font

    def start(self, height: float) -> Figure:
        """Return an empty picture whose drawing takes so much height."""
        full_width, full_height = self.width + 2 * self.margin, self.height or height
        figure = Figure(figsize=(full_width / 72, full_height / 72), dpi=72)
        left = self.margin / full_width
        for number, line in enumerate(self.title_lines, 1):
            place = 1 - number * 1.8 * self.font / full_height
            figure.text(left, place, line, fontsize=1.3 * self.font, fontweight="bold")
        for number, line in enumerate(self.lead_lines, 1):
            below = 1.8 * len(self.title_lines) + 1.2 * number
            place = 1 - below * self.font / full_height
            figure.text(left, place, line, fontsize=0.8 * self.font, color=MUTED)
        if self.source:
            place = 0.7 * self.font / full_height
            figure.text(left, place, self.source, fontsize=0.75 * self.font, color=MUTED)
        return figure

    def axes(self, figure: Figure, left: float, top: float, width: float, height: float) -> Axes:
        """Add axes at a place given in pixels from the upper left corner below the title."""
        full_width, full_height = figure.get_size_inches() * 72
        axes = figure.add_axes(
            (
                (self.margin + left) / full_width,
                1 - (self.top + top + height) / full_height,
                width / full_width,
                height / full_height,
            )
        )
        axes.set_facecolor("none")
        axes.tick_params(labelsize=0.92 * self.font, length=0)
        return axes

    def paper(self, figure: Figure, height: float) -> Axes:
        """Add axes over all of the drawing whose units are pixels, downwards."""
        axes = self.axes(figure, 0, 0, self.width, height)
        axes.set(xlim=(0, self.width), ylim=(height, 0))
        axes.axis("off")
        return axes


def find_fonts() -> list[str]:
    """Return the families that are there, so that matplotlib does not warn of the others."""
    manager = mpl.font_manager.fontManager
    if not {font.name for font in manager.ttflist} & set(CHINESE):
        # matplotlib remembers which fonts there were when it was first used
        known = {font.fname for font in manager.ttflist}
        for path in sorted(set(mpl.font_manager.findSystemFonts()) - known):
            # one that it cannot draw
            with contextlib.suppress(RuntimeError):
                manager.addfont(path)
    there = {font.name for font in manager.ttflist}
    return [font for font in FONTS if font in there] or ["sans-serif"]


# whatever draws is the report: the style holds for the process
mpl.rcParams.update({**sns.axes_style("white"), **STYLE, "font.family": find_fonts()})


def text_width(text: str, font: float) -> float:
    """Estimate how wide a text is, whatever the family that shows it.

    Parameters
    ----------
    text : str
        The text.
    font : float
        Size of its letters, in pixels.

    Returns
    -------
    float
        Pixels, rather too many.
    """
    return font * sum(map(_sign_width, text))


def _sign_width(sign: str) -> float:
    """Estimate how wide a sign is, beside the size of its letters."""
    if unicodedata.east_asian_width(sign) in "WF":
        return 1.0
    if sign in "MWmw@%":
        return 0.95
    if sign in " .,:;!|'()[]ijlIftr-":
        return 0.36
    return 0.72 if sign.isupper() else 0.56


def wrap(text: str, width: float, font: float, lines: int = 2) -> list[str]:
    """Break a text into lines that fit, the last one cut with an ellipsis where it has to be.

    Parameters
    ----------
    text : str
        Words, or signs that need no blanks between them.
    width, font : float
        Room and size of the letters, in pixels.
    lines : int
        Most lines.

    Returns
    -------
    list of str
        One or more lines.
    """
    # a line has a direction of its own; matplotlib would draw the signs in a PNG
    text = text.translate(DIRECTION_SIGNS)
    # a word that fits no line, and Chinese, break anywhere
    pieces = []
    for word in re.findall(r"\s*\S+", " ".join(text.split())):
        breaks = text_width(word, font) > width or any(
            unicodedata.east_asian_width(sign) in "WF" for sign in word
        )
        pieces += list(word) if breaks else [word]
    made = [""]
    for piece in pieces:
        if made[-1] and text_width(made[-1] + piece, font) > width:
            made.append("")
        made[-1] += piece if made[-1] else piece.lstrip()
    if len(made) <= lines:
        return made
    last = made[lines - 1]
    while last and text_width(last + "…", font) > width:
        last = last[:-1]
    return [*made[: lines - 1], last.rstrip() + "…"]


def to_svg(figure: Figure, name: str) -> str:
    """Write a picture as SVG, with text as text.

    Parameters
    ----------
    figure : Figure
        The picture.
    name : str
        Its name, from which the ids within it are made, so that they are the same every time.

    Returns
    -------
    str
        The SVG document.
    """
    text = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": name}), warnings.catch_warnings():
        # whoever looks at it has the letters; matplotlib only measures
        warnings.filterwarnings("ignore", message="Glyph")
        figure.savefig(text, format="svg", transparent=True, metadata={"Date": None})
    return text.getvalue()


def to_page(svg: str, name: str) -> str:
    """Make an SVG document part of a page: its colours and letters become those of the page.

    Parameters
    ----------
    svg : str
        As :func:`to_svg` writes it.
    name : str
        Its name, which its ids begin with: a page has many pictures.

    Returns
    -------
    str
        The element ``svg``, hidden from screen readers: the page says what it shows.
    """
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"\s*<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<style type=\"text/css\">.*?</style>", "", svg, flags=re.DOTALL)
    # groups are called text_1 and the like in every picture; only what is referred to has a hash
    svg = re.sub(r' id="[a-z_.]+_[0-9.]+"', "", svg)
    svg = re.sub(r'(id="|href="#|url\(#)', rf"\g<1>{name}-", svg)
    svg = re.sub(r"; font-family: [^;\"]*|font-family: [^;\"]*; ?", "", svg)
    svg = re.sub(
        r"<svg [^>]*?viewBox=\"([^\"]*)\"[^>]*>",
        r'<svg viewBox="\1" aria-hidden="true" focusable="false">',
        svg,
        count=1,
    )
    # texts cannot hold such a colour: styles stand in double quotes, and texts have none escaped
    return re.sub(
        r'style="[^"]*"',
        lambda style: re.sub(
            r"#[0-9a-f]{6}\b", lambda colour: ON_PAGE.get(str(colour[0]), str(colour[0])), style[0]
        ),
        svg,
    ).strip()


def export(figure: Figure, folder: Path, name: str) -> list[Path]:
    """Write a picture as SVG and PNG, on paper.

    Parameters
    ----------
    figure : Figure
        The picture.
    folder : Path
        Where to.
    name : str
        Name of the files.

    Returns
    -------
    list of Path
        The two files; the PNG has 1,920 pixels for a slide.
    """
    figure.set_facecolor(PAPER)
    written = [folder / f"{name}.svg", folder / f"{name}.png"]
    with mpl.rc_context({"svg.hashsalt": name}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph")
        figure.savefig(written[0], format="svg", metadata={"Date": None}, facecolor=PAPER)
        FigureCanvasAgg(figure)
        figure.savefig(written[1], format="png", dpi=144, facecolor=PAPER)
    return written
