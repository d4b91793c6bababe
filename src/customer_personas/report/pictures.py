"""The kinds of pictures: bars, parts of a whole, what is above and below, maps, curves."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap, to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from customer_personas.report.canvas import Canvas, text_width, wrap
from customer_personas.report.colours import ACCENT, LINE, MUTED, PAPER, TEXT


@dataclass(frozen=True)
class Bar:
    """A label, a value and what is written beside it; perhaps a thin second bar."""

    label: str
    value: float
    text: str
    colour: str = ACCENT
    second: float | None = None
    second_text: str = ""


@dataclass(frozen=True)
class Interval:
    """A label, an effect and the interval that it lies in."""

    label: str
    value: float
    low: float
    high: float
    text: str
    colour: str = ACCENT


@dataclass(frozen=True)
class Part:
    """A part of a whole."""

    share: float
    colour: str
    opacity: float = 1.0


def _rectangle(
    axes: Axes, left: float, top: float, width: float, height: float, colour: str, alpha: float = 1
) -> None:
    """Draw a filled rectangle in pixels."""
    axes.add_patch(Rectangle((left, top), width, height, color=colour, alpha=alpha, linewidth=0))


def _write(
    axes: Axes, x: float, y: float, text: str, size: float, colour: str = TEXT, **options: Any
) -> None:
    """Write a text whose baseline lies at y."""
    axes.text(x, y, text, fontsize=size, color=colour, va="baseline", **options)


def _start(canvas: Canvas, wanted: float) -> tuple[Figure, Axes, float]:
    """Begin a picture in pixels that wants so much height; return its size of letters, too."""
    height = canvas.fit(wanted)
    figure = canvas.start(height)
    return figure, canvas.paper(figure, height), canvas.font * min(1.0, height / wanted)


def _write_label(axes: Axes, y: float, lines: Sequence[str], unit: float) -> float:
    """Write the lines of a label from y on; return where what it names begins."""
    for line in lines:
        y += 1.3 * unit
        _write(axes, 0, y - 0.2 * unit, line, unit)
    return y


def _place_names(
    names: Sequence[tuple[str, str, float]], width: float, font: float
) -> tuple[list[tuple[float, float]], float]:
    """Place what colours mean side by side while there is room; return places and the height."""
    x, y, places = 0.0, 0.0, []
    for name, _, _ in names:
        needed = text_width(name, 0.92 * font) + 2.2 * font
        if x and x + needed > width:
            x, y = 0.0, y + 1.6 * font
        places.append((x, y))
        x += needed
    return places, y + 2.0 * font if names else 0.0


def _legend(axes: Axes, font: float, names: Sequence[tuple[str, str, float]]) -> float:
    """Write what colours mean; return the height."""
    places, height = _place_names(names, axes.get_xlim()[1], font)
    for (name, colour, alpha), (x, y) in zip(names, places, strict=True):
        _rectangle(axes, x, y + 0.25 * font, 0.8 * font, 0.8 * font, colour, alpha)
        _write(axes, x + 1.2 * font, y + font, name, 0.92 * font, MUTED)
    return height


def _rows(canvas: Canvas, labels: Sequence[str]) -> list[list[str]]:
    """Break the labels of rows into lines."""
    return [wrap(label, canvas.width, canvas.font) for label in labels]


def draw_bars(
    canvas: Canvas, bars: Sequence[Bar], names: Sequence[tuple[str, str, float]] = ()
) -> Figure:
    """Draw a bar for each row, its label above it.

    Parameters
    ----------
    canvas : Canvas
        What to draw on.
    bars : sequence of Bar
        The rows, from above. Values are 0 or more.
    names : sequence of (str, str, float)
        What the colours mean: name, colour, opacity.

    Returns
    -------
    Figure
        The picture.
    """
    labels = _rows(canvas, [bar.label for bar in bars])
    has_second = any(bar.second is not None for bar in bars)
    lines = sum(len(each) for each in labels)
    unit = canvas.font
    head = _place_names(names, canvas.width, unit)[1]
    row = (1.9 if has_second else 1.0) * unit + 0.95 * unit
    wanted = head + lines * 1.3 * unit + len(bars) * row + 0.2 * unit
    figure, axes, unit = _start(canvas, wanted)
    y = _legend(axes, unit, names)
    room = max(
        (text_width(text, unit) for bar in bars for text in (bar.text, bar.second_text)), default=0
    )
    longest = max((max(bar.value, bar.second or 0) for bar in bars), default=0) or 1
    full = canvas.width - room - 0.8 * unit
    for bar, label in zip(bars, labels, strict=True):
        y = _write_label(axes, y, label, unit)
        y += 0.15 * unit
        length = max(bar.value / longest * full, 1.5)
        _rectangle(axes, 0, y, length, 0.95 * unit, bar.colour)
        _write(axes, length + 0.5 * unit, y + 0.83 * unit, bar.text, unit, fontweight="bold")
        y += 0.95 * unit
        if has_second:
            second = max((bar.second or 0) / longest * full, 1.5)
            if bar.second is not None:
                _rectangle(axes, 0, y + 0.3 * unit, second, 0.5 * unit, bar.colour, 0.45)
            _write(axes, second + 0.5 * unit, y + 0.92 * unit, bar.second_text, 0.92 * unit, MUTED)
            y += 0.95 * unit
        y += 0.8 * unit
    return figure


def draw_parts(
    canvas: Canvas,
    rows: Sequence[tuple[str, str, Sequence[Part]]],
    names: Sequence[tuple[str, str, float]],
) -> Figure:
    """Draw for each row how a whole comes apart.

    Parameters
    ----------
    canvas : Canvas
        What to draw on.
    rows : sequence of (str, str, sequence of Part)
        Label, what is written at its right, and parts whose shares add up to 1.
    names : sequence of (str, str, float)
        What the colours mean.

    Returns
    -------
    Figure
        The picture.
    """
    unit = canvas.font
    wanted = _place_names(names, canvas.width, unit)[1] + 3.2 * unit * len(rows)
    figure, axes, unit = _start(canvas, wanted)
    y = _legend(axes, unit, names)
    for label, text, parts in rows:
        y += 1.3 * unit
        room = canvas.width - text_width(text, unit) - unit
        _write(axes, 0, y - 0.25 * unit, wrap(label, room, unit, lines=1)[0], unit)
        _write(axes, canvas.width, y - 0.25 * unit, text, unit, MUTED, ha="right")
        x = 0.0
        for part in parts:
            # one record in a million is still there
            width = max(part.share * canvas.width, 1.0 if part.share else 0.0)
            width = min(width, canvas.width - x)
            _rectangle(axes, x, y + 0.1 * unit, width, unit, part.colour, part.opacity)
            x += width
        y += 1.9 * unit
    return figure


def draw_deviations(
    canvas: Canvas, bars: Sequence[Bar], span: tuple[float, float], ends: tuple[str, str]
) -> Figure:
    """Draw how far each row lies above or below everybody, its label above it.

    Parameters
    ----------
    canvas : Canvas
        What to draw on.
    bars : sequence of Bar
        Values are standard deviations from the mean of all.
    span : tuple of float
        How far bars reach below and above 0 in all pictures that stand beside each other.
    ends : tuple of str
        What bars below and above 0 say.

    Returns
    -------
    Figure
        The picture.
    """
    unit = canvas.font
    labels = [
        wrap(bar.label, canvas.width - text_width(bar.text, unit) - unit, unit) for bar in bars
    ]
    wanted = (1.45 * len(bars) + 1.3 * sum(map(len, labels)) + 2.0) * unit
    figure, axes, unit = _start(canvas, wanted)
    below, above = span
    scale = canvas.width / (above + below)
    middle = below * scale
    y = 0.0
    for bar, label in zip(bars, labels, strict=True):
        y = _write_label(axes, y, label, unit)
        _write(axes, canvas.width, y - 0.2 * unit, bar.text, unit, MUTED, ha="right")
        top, thick = y + 0.1 * unit, 0.75 * unit
        _rectangle(axes, 0, top, canvas.width, thick, LINE, 0.45)
        length = bar.value * scale
        _rectangle(axes, middle + min(length, 0), top, abs(length), thick, bar.colour)
        _rectangle(axes, middle - 0.5, top, 1, thick, TEXT)
        y += 1.45 * unit
    for end, place, side in (
        (f"← {ends[0]}", 0.0, "left"),
        (f"{ends[1]} →", canvas.width, "right"),
    ):
        _write(axes, place, y + 0.9 * unit, end, 0.92 * unit, MUTED, ha=side)
    return figure


def draw_intervals(canvas: Canvas, rows: Sequence[Interval]) -> Figure:
    """Draw effects, shares of customers, with their intervals beside 0, each label above its row.

    Parameters
    ----------
    canvas : Canvas
        What to draw on.
    rows : sequence of Interval
        The rows, from above.

    Returns
    -------
    Figure
        The picture.
    """
    unit = canvas.font
    labels = [
        wrap(row.label, canvas.width - text_width(row.text, unit) - unit, unit) for row in rows
    ]
    wanted = (1.5 * len(rows) + 1.3 * sum(map(len, labels)) + 1.8) * unit
    figure, axes, unit = _start(canvas, wanted)
    lowest = min(0.0, *(row.low for row in rows))
    highest = max(0.0, *(row.high for row in rows))
    scale = (canvas.width - unit) / (highest - lowest or 1)
    y = 0.0
    for row, label in zip(rows, labels, strict=True):
        y = _write_label(axes, y, label, unit)
        _write(axes, canvas.width, y - 0.2 * unit, row.text, unit, MUTED, ha="right")
        low, value, high, zero = (
            0.5 * unit + (each - lowest) * scale for each in (row.low, row.value, row.high, 0.0)
        )
        _rectangle(axes, 0, y + 0.1 * unit, canvas.width, 0.75 * unit, LINE, 0.45)
        _rectangle(axes, low, y + 0.4 * unit, high - low, 0.16 * unit, row.colour)
        axes.plot(value, y + 0.48 * unit, "o", color=row.colour, markersize=0.6 * unit)
        _rectangle(axes, zero - 0.5, y + 0.1 * unit, 1, 0.75 * unit, TEXT)
        y += 1.5 * unit
    zero = 0.5 * unit - lowest * scale
    _write(axes, zero, y + 0.9 * unit, "0", 0.92 * unit, MUTED, ha="center")
    # the ends of the scale, where they do not lie beside 0
    for end, place, side in ((lowest, 0.0, "left"), (highest, canvas.width, "right")):
        if abs(place - zero) > 4 * unit:
            _write(axes, place, y + 0.9 * unit, f"{100 * end:+.0f}", 0.92 * unit, MUTED, ha=side)
    return figure


def draw_map(
    canvas: Canvas,
    values: np.ndarray,
    texts: Sequence[Sequence[str]],
    rows: Sequence[str],
    columns: Sequence[str],
    row_title: str,
    column_title: str,
    colour: str = ACCENT,
) -> Figure:
    """Draw a table as a map: the more, the fuller the colour.

    Parameters
    ----------
    canvas : Canvas
        What to draw on.
    values : ndarray of shape (n_rows, n_columns)
        What the colours show; NaN stays empty.
    texts : sequence of sequence of str
        What is written into the fields.
    rows, columns : sequence of str
        Names of the rows, from above, and of the columns.
    row_title, column_title : str
        What rows, with an arrow to where they grow, and columns are.
    colour : str
        The full colour.

    Returns
    -------
    Figure
        The picture.
    """
    unit = canvas.font
    size = 0.92 * unit
    widest = min(max(text_width(each, size) for each in rows) + unit, 0.4 * canvas.width)
    width = canvas.width - widest
    labels = [wrap(each, width / len(columns) - 0.3 * unit, size, lines=3) for each in columns]
    foot = (1.3 * max(map(len, labels)) + 2.6) * unit
    head = 2.0 * unit
    wanted = min(max(width / len(columns) * 0.8, 3.4 * unit), 60.0) * len(rows) + foot + head
    height = canvas.fit(wanted)
    figure = canvas.start(height)
    axes = canvas.axes(figure, widest, head, width, height - head - foot)
    red, green, blue, _ = to_rgba(colour)
    # text stands on it in either theme, so never more than half of the colour
    ramp = ListedColormap([(red, green, blue, alpha) for alpha in np.linspace(0.04, 0.5, 32)])
    sns.heatmap(
        values,
        ax=axes,
        cmap=ramp,
        vmin=0,
        vmax=np.nanmax(values, initial=1),
        cbar=False,
        linewidths=1.5,
        linecolor=(0, 0, 0, 0),
        annot=False,
    )
    axes.tick_params(length=0)
    axes.set_xticks([])
    axes.set_yticks([])
    longest = max((text_width(text, unit) for line in texts for text in line), default=0)
    fits = min(1.0, (width / len(columns) - 0.3 * unit) / longest) if longest else 1.0
    for i, written in enumerate(texts):
        for j, text in enumerate(written):
            small = not np.isfinite(values[i, j])
            axes.text(
                j + 0.5,
                i + 0.5,
                text,
                ha="center",
                va="center",
                fontsize=(0.85 if small else 1.0) * fits * unit,
                color=MUTED if small else TEXT,
                linespacing=1.35,
            )
    paper = canvas.paper(figure, height)
    cell = width / len(columns)
    for j, label in enumerate(labels):
        for line, text in enumerate(label):
            place = widest + (j + 0.5) * cell
            below = height - foot + (line + 1) * 1.3 * unit
            _write(paper, place, below, text, size, MUTED, ha="center")
    step = (height - head - foot) / len(rows)
    for i, name in enumerate(rows):
        lines = wrap(name, widest - 0.6 * unit, size, lines=3)
        for line, text in enumerate(lines):
            middle = head + (i + 0.5) * step + (line - (len(lines) - 1) / 2) * 1.2 * size
            _write(paper, widest - 0.6 * unit, middle + 0.35 * size, text, size, MUTED, ha="right")
    _write(paper, 0, 1.2 * unit, row_title, size, TEXT, fontweight="bold")
    _write(
        paper, canvas.width, height - 0.6 * unit, f"{column_title} →", size, TEXT, ha="right",
        fontweight="bold",
    )  # fmt: skip
    return figure


def draw_curve(
    canvas: Canvas,
    x: Sequence[float],
    y: Sequence[float],
    sizes: Sequence[float] | None,
    x_title: str,
    y_title: str,
    mark: int | None,
    mark_text: str,
) -> Figure:
    """Draw points of two shares beside the diagonal, one of them marked.

    Parameters
    ----------
    canvas : Canvas
        What to draw on.
    x, y : sequence of float
        Shares from 0 to 1.
    sizes : sequence of float, optional
        How many stand behind each point; the same for all by default.
    x_title, y_title : str
        What the shares are.
    mark : int, optional
        Which point is marked.
    mark_text : str
        What is written beside it.

    Returns
    -------
    Figure
        The picture.
    """
    unit = canvas.font
    height = canvas.fit(min(canvas.width * 0.82, 330))
    figure = canvas.start(height)
    left, foot, head = 3.6 * unit, 3.8 * unit, 2.4 * unit
    axes = canvas.axes(figure, left, head, canvas.width - left - 0.8 * unit, height - head - foot)
    axes.plot([0, 1], [0, 1], color=MUTED, linewidth=1, linestyle=(0, (4, 3)))
    sns.lineplot(x=list(x), y=list(y), ax=axes, color=ACCENT, linewidth=2, errorbar=None)
    sns.scatterplot(
        x=list(x),
        y=list(y),
        ax=axes,
        s=[16 + 40 * each / max(sizes) for each in sizes] if sizes else 30,
        color=ACCENT,
        edgecolor="none",
        zorder=3,
    )
    if mark is not None:
        axes.plot([x[mark]] * 2, [0, y[mark]], color=LINE, linewidth=1, zorder=0)
        axes.plot([0, x[mark]], [y[mark]] * 2, color=LINE, linewidth=1, zorder=0)
        is_right = x[mark] > 0.5
        # above the diagonal there is room on the left of a point, below it on the right, but not
        # below the axis
        is_above = is_right or y[mark] < 0.15
        axes.annotate(
            mark_text,
            (x[mark], y[mark]),
            xytext=(-0.7 * unit if is_right else 0.7 * unit, 0.7 * unit if is_above else -unit),
            textcoords="offset points",
            ha="right" if is_right else "left",
            va="baseline" if is_above else "top",
            fontsize=unit,
            fontweight="bold",
            color=TEXT,
            # the diagonal does not run through it
            bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 1},
        )
    ticks = [0, 0.25, 0.5, 0.75, 1]
    axes.set(xlim=(0, 1.02), ylim=(0, 1.02), xticks=ticks, yticks=ticks, xlabel="", ylabel="")
    axes.xaxis.set_major_formatter(lambda share, _: f"{100 * share:.0f}%")
    # the corner has its number already
    axes.yaxis.set_major_formatter(lambda share, _: f"{100 * share:.0f}%" if share else "")
    axes.set_axisbelow(True)
    axes.grid(color=LINE, linewidth=0.6, alpha=0.7)
    for spine in axes.spines.values():
        spine.set_visible(False)
    paper = canvas.paper(figure, height)
    _write(paper, 0, 1.2 * unit, f"↑ {y_title}", 0.92 * unit, fontweight="bold")
    _write(
        paper, canvas.width, height - 0.6 * unit, f"{x_title} →", 0.92 * unit, ha="right",
        fontweight="bold",
    )  # fmt: skip
    return figure
