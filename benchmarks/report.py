"""Writes the figures of all sizes that were measured: tables and plots of docs/benchmarks.md."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

Figures = dict[str, dict[str, float]]
# what stands beside ours in a plot; the key is that of the results
PLOTTED = {
    "full": "first build",
    "day": "one more day",
    "features": "features alone",
    "scoring": "scoring alone",
    "pandas": "pandas",
    "floor": "DuckDB, features",
    "polars": "Polars, features",
    "spark": "PySpark",
}
# readable on light and on dark paper
COLOURS = ("#4078c0", "#c0504d", "#4a9a4a", "#8e63b5", "#c98a1b", "#2b9aa8", "#d0609a", "#808080")


def growth_exponent(sizes: Sequence[float], amounts: Sequence[float]) -> float:
    """Tell how an amount grows with the size: 1 is in proportion, 2 with its square.

    Parameters
    ----------
    sizes, amounts : sequence of float
        Of each size what it takes; positive, two sizes at least.

    Returns
    -------
    float
        The slope of a straight line of the logarithms, by least squares.
    """
    x = [math.log(size) for size in sizes]
    y = [math.log(amount) for amount in amounts]
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    covariance = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True))
    return covariance / sum((a - mean_x) ** 2 for a in x)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] + ["--:"] * (len(head) - 1), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cost(step: Mapping[str, float] | None, key: str, digits: int) -> str:
    return "" if step is None else f"{step[key]:,.{digits}f}"


def _ratio(steps: Figures, ours: str, theirs: str, start: str = "") -> str:
    """Divide CPU seconds; `start` names a step to take out of ours, and of a first build."""
    if not {ours, theirs, *([start] if start else [])} <= steps.keys():
        return ""
    apart = steps[start]["cpu"] if start else 0
    divisor = steps[theirs]["cpu"] - (apart if theirs == "full" else 0)
    return f"{(steps[ours]['cpu'] - apart) / divisor:.2f}"


def _growth(results: Sequence[dict], amounts: Sequence[float | None]) -> str:
    known = [
        (result["customers"], amount)
        for result, amount in zip(results, amounts, strict=True)
        if amount
    ]
    if len(known) < 2:
        return ""
    return f"{growth_exponent(*zip(*known, strict=True)):.2f}"


def steps_table(result: dict, names: Mapping[str, str]) -> str:
    """Make the table of one size: what each step took.

    Parameters
    ----------
    result : dict
        Of one size, as ``scale.py`` writes it.
    names : mapping of str to str
        What the steps are called, in the order of the table.

    Returns
    -------
    str
        Markdown; a peer whose answer differs, or that did not run, says so.
    """
    rows = []
    for key, name in names.items():
        step = result["steps"].get(key)
        remark = result["remarks"].get(key, "")
        if step is None and not remark:
            continue
        rows.append(
            [
                name,
                *(_cost(step, part, 1) for part in ("cpu", "wall")),
                *(_cost(step, part, 2) for part in ("memory", "disk")),
                "" if step is None else f"{result['records'] / step['cpu']:,.0f}",
                remark,
            ]
        )
    head = ["", "CPU s", "clock s", "peak GB", "temp GB", "records per CPU s", "answer"]
    return _table(head, rows)


def growth_table(results: Sequence[dict], names: Mapping[str, str]) -> str:
    """Make the table of CPU seconds by size, with growth exponents.

    Parameters
    ----------
    results : sequence of dict
        One per size, in their order.
    names : mapping of str to str
        What the steps are called.

    Returns
    -------
    str
        Markdown.
    """
    rows = []
    for key, name in names.items():
        steps = [result["steps"].get(key) for result in results]
        if any(steps):
            amounts = [step and step["cpu"] for step in steps]
            cells = (_cost(step, "cpu", 1) for step in steps)
            rows.append([name, *cells, _growth(results, amounts)])
    return _table(["CPU s", *_sizes(results), "exponent"], rows)


def _sizes(results: Sequence[dict]) -> list[str]:
    return [f"{result['customers']:,}" for result in results]


def ratio_table(results: Sequence[dict]) -> str:
    """Make the table of ratios of CPU seconds, ours to theirs.

    Parameters
    ----------
    results : sequence of dict
        One per size, in their order.

    Returns
    -------
    str
        Markdown.
    """
    rows = [
        [name, *(_ratio(result["steps"], *figures) for result in results)]
        for name, *figures in (
            ("first build / pandas", "full", "pandas"),
            ("first build / PySpark", "full", "spark"),
            ("features / pandas, features alone", "features", "pandas_features"),
            ("features / bare DuckDB", "features", "floor"),
            ("features / bare DuckDB, start of dbt apart", "features", "floor", "parse"),
            ("features / Polars", "features", "polars"),
            ("features / plain scan", "features", "scan"),
            ("one more day / first build", "day", "full"),
            ("one more day / first build, start of dbt apart", "day", "full", "parse"),
            ("nothing new / first build", "again", "full"),
        )
    ]
    return _table(["CPU seconds, ours / theirs", *_sizes(results)], rows)


def groups_table(results: Sequence[dict]) -> str:
    """Make the table of seconds of groups of nodes, with records per second of the largest size.

    Parameters
    ----------
    results : sequence of dict
        One per size, in their order.

    Returns
    -------
    str
        Markdown.
    """
    largest = results[-1]
    rows = []
    for group, last in largest["groups"].items():
        amounts = [result["groups"].get(group) for result in results]
        cells = ("" if amount is None else f"{amount:.1f}" for amount in amounts)
        rate = f"{largest['records'] / last:,.0f}" if last else ""
        rows.append([group, *cells, _growth(results, amounts), rate])
    return _table(["seconds of nodes", *_sizes(results), "exponent", "records per s"], rows)


def plot(results: Sequence[dict]) -> str:
    """Draw CPU seconds by number of customers, both axes logarithmic.

    Parameters
    ----------
    results : sequence of dict
        One per size, in their order.

    Returns
    -------
    str
        An SVG picture whose lines and letters show on light and dark paper.
    """
    width, height, left, right, top, bottom = 720, 400, 60, 180, 20, 50
    sizes = [result["customers"] for result in results]
    lines = {
        name: [
            (result["customers"], result["steps"][key]["cpu"])
            for result in results
            if key in result["steps"]
        ]
        for key, name in PLOTTED.items()
    }
    amounts = [amount for points in lines.values() for _, amount in points]
    x_low, x_high = math.log10(min(sizes)) - 0.1, math.log10(max(sizes)) + 0.1
    y_low, y_high = math.floor(math.log10(min(amounts))), math.ceil(math.log10(max(amounts)))

    def x(size: float) -> float:
        share = (math.log10(size) - x_low) / (x_high - x_low)
        return left + share * (width - left - right)

    def y(amount: float) -> float:
        share = (math.log10(amount) - y_low) / (y_high - y_low)
        return height - bottom - share * (height - top - bottom)

    parts = []
    for power in range(y_low, y_high + 1):
        at = y(10**power)
        parts.append(f'<path d="M{left} {at:.1f}H{width - right}" stroke="#8884"/>')
        parts.append(
            f'<text x="{left - 8}" y="{at + 4:.1f}" text-anchor="end">{10**power:g}</text>'
        )
    for size in sizes:
        parts.append(f'<path d="M{x(size):.1f} {top}V{height - bottom}" stroke="#8884"/>')
        parts.append(
            f'<text x="{x(size):.1f}" y="{height - bottom + 18}" '
            f'text-anchor="middle">{size:,}</text>'
        )
    middle = (left + width - right) / 2
    parts.append(f'<text x="{middle}" y="{height - 8}" text-anchor="middle">customers</text>')
    parts.append(f'<text x="{left}" y="12">CPU seconds</text>')
    drawn = [(name, points) for name, points in lines.items() if points]
    for place, (name, points) in enumerate(drawn):
        colour = COLOURS[place]
        path = " ".join(f"{x(size):.1f},{y(amount):.1f}" for size, amount in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [
            f'<circle cx="{x(size):.1f}" cy="{y(amount):.1f}" r="3.5" fill="{colour}"/>'
            for size, amount in points
        ]
        at = top + 12 + 20 * place
        parts.append(f'<circle cx="{width - right + 20}" cy="{at - 4}" r="5" fill="{colour}"/>')
        parts.append(f'<text x="{width - right + 32}" y="{at}">{name}</text>')
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'font-family="sans-serif" font-size="12" fill="#808080">\n{body}\n</svg>\n'
    )


def write_report(results: Sequence[dict], names: Mapping[str, str], document: Path) -> None:
    """Put tables and the plot into a document, in place of those that it has.

    Parameters
    ----------
    results : sequence of dict
        One per size, in their order.
    names : mapping of str to str
        What the steps are called.
    document : pathlib.Path
        Markdown with the line ``<!-- figures -->``; what follows it is replaced. The plot is
        written beside it, as ``<document>.svg``.
    """
    picture = document.with_suffix(".svg")
    picture.write_text(plot(results), encoding="utf-8")
    parts = [f"![CPU seconds by customers]({picture.name})"]
    parts += ["## Ratios", ratio_table(results), "## Growth", growth_table(results, names)]
    parts += ["## Groups of nodes of the first build", groups_table(results)]
    for result in results:
        parts.append(f"## {result['customers']:,} customers, {result['records']:,} records")
        parts.append(f"{result['machine']}; {result['date']}. {result['versions']}.")
        parts.append(
            f"{result['observations']:,} rows of features; the last day brought "
            f"{result['last_day']:,} records."
        )
        parts.append(steps_table(result, names))
    text = document.read_text(encoding="utf-8").split("<!-- figures -->")[0]
    body = "\n\n".join(parts)
    document.write_text(f"{text}<!-- figures -->\n\n{body}\n", encoding="utf-8")
