"""Writes the figures of docs/textbook.md, and every sentence that depends on them."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.textbook import Comparison, Grouping, Prediction

# What follows it in the page is written here.
MARKER = "<!-- figures -->"
NAMES = {
    "demo": "The demo company",
    "online_retail": "Online Retail II",
    "complete_journey": "Complete Journey",
}
# A Jaccard similarity that a persona has to reach here (docs/methodology.md, the rule of choice).
STABLE = 0.8


def write_page(page: Path, comparisons: "Sequence[Comparison]") -> None:
    """Write the figures into the page.

    Parameters
    ----------
    page : pathlib.Path
        Markdown with the line ``<!-- figures -->``; what follows it is replaced.
    comparisons : sequence of Comparison
        What was measured, company by company.
    """
    head, _, _ = page.read_text(encoding="utf-8").partition(MARKER)
    sections = "\n".join(map(write_company, comparisons))
    page.write_text(f"{head}{MARKER}\n\n{sections}", encoding="utf-8")


def write_company(comparison: "Comparison") -> str:
    """Write what was measured of a company.

    Parameters
    ----------
    comparison : Comparison
        The company.

    Returns
    -------
    str
        A section of the page.
    """
    lines = [
        f"## {NAMES.get(comparison.name, comparison.name)}",
        "",
        f"{comparison.customers:,} customers as of {comparison.as_of}; {comparison.buyers:,} of "
        "them ever ordered.",
        "",
        "### Personas" + _of(comparison),
        "",
        _table(
            ["Recipe", "Customers", "Personas", "Seeds agree", "Smallest Jaccard"],
            [_row(each) for each in comparison.groupings],
            {"Planted personas": [_number(each.truth_agreement) for each in comparison.groupings]},
        ),
        "",
        *_say_of_groupings(comparison.groupings),
        "",
    ]
    for target, predictions in comparison.predictions.items():
        lines += [
            f"### `{target}`" + _of(comparison),
            "",
            _table(
                [
                    *("Recipe", "Judged on", "Rows", "Most frequent class", "Accuracy", "ROC AUC"),
                    *("Log loss", "Calibration error"),
                ],
                [
                    [
                        *(each.recipe, each.judged_on, f"{each.customers:,}"),
                        *(_number(each.most_frequent), _accuracy(each)),
                        *(
                            _number(each.metrics.get(name))
                            for name in ("roc_auc", "log_loss", "expected_calibration_error")
                        ),
                    ]
                    for each in predictions
                ],
            ),
            "",
            *_say_of_predictions(predictions),
            "",
        ]
    return "\n".join(lines)


def _of(comparison: "Comparison") -> str:
    """Headings of several companies differ, so that each can be linked to."""
    return f" of {NAMES.get(comparison.name, comparison.name).replace('The ', 'the ')}"


def _row(grouping: "Grouping") -> list[str]:
    return [
        *(grouping.recipe, f"{grouping.customers:,}", str(grouping.count)),
        *(_number(grouping.seed_agreement), _number(grouping.smallest_jaccard)),
    ]


def _say_of_groupings(groupings: "Sequence[Grouping]") -> list[str]:
    ours, textbook = groupings[-1], groupings[:-1]
    said = []
    for each in textbook:
        parts = [f"**{_capital(each.recipe)}.**"]
        if each.customers < ours.customers:
            parts.append(
                f"Of the {ours.customers:,} customers to whom ours gives a persona "
                f"{ours.customers - each.customers:,} are without "
                f"({1 - each.customers / ours.customers:.0%})."
            )
        elif each.customers > ours.customers:
            parts.append(f"{each.customers - ours.customers:,} customers more have a persona.")
        parts.append(
            "Its personas come back as surely as they have to here."
            if each.smallest_jaccard >= STABLE
            else "A persona of it does not come back in resamples as it has to here "
            f"({each.smallest_jaccard:.2f} of {STABLE:.2f})."
        )
        if each.truth_agreement is not None and ours.truth_agreement is not None:
            gap = ours.truth_agreement - each.truth_agreement
            parts.append(
                "It finds the planted personas as well as ours."
                if abs(gap) < 0.02
                else f"It finds the planted personas {'worse' if gap > 0 else 'better'} than ours "
                f"({each.truth_agreement:.2f}, {ours.truth_agreement:.2f})."
            )
        said.append("- " + " ".join(parts))
    return said


def _say_of_predictions(predictions: "Sequence[Prediction]") -> list[str]:
    ours = predictions[-1]
    kinds = list(dict.fromkeys(each.recipe.split(",")[0] for each in predictions[:-1]))
    said = []
    for kind in kinds:
        one, pooled, dropped, filled = [
            each for each in predictions if each.recipe.startswith(kind)
        ]
        promised, came = _gain(pooled), _gain(dropped)
        said.append(
            f"- **{_capital(kind)}, the split.** A random fifth of all dates in one table promises "
            f"{pooled.metrics['accuracy']:.2f}, {promised:+.2f} beside the most frequent class; on "
            f"the later date the same model has {dropped.metrics['accuracy']:.2f}, {came:+.2f} "
            "beside it. "
            + (
                "The promise was too high."
                if promised > came + 0.02
                else "Here the random split promised no more than came."
            )
            + f" A random fifth of one date promises {one.metrics['accuracy']:.2f}, "
            f"{_gain(one):+.2f}."
        )
        said.append(
            f"- **{_capital(kind)}, the gaps.** With rows dropped {filled.customers:,} customers "
            f"became {dropped.customers:,}. Gaps filled: everybody has an answer, and the accuracy "
            f"is {filled.metrics['accuracy']:.2f}."
        )
        said.append(f"- **{_capital(kind)}, ours beside it.** {_beside(filled, ours)}")
    return said


def _gain(prediction: "Prediction") -> float:
    return prediction.metrics["accuracy"] - prediction.most_frequent


def _beside(textbook: "Prediction", ours: "Prediction") -> str:
    """Hold ours against the textbook with gaps filled, which answers for the same customers."""
    said = (
        f"Of all {ours.customers:,} customers ours is right for {_accuracy(ours)}, the textbook "
        f"for {_accuracy(textbook)}: "
    )
    (low, high), (below, above) = ours.interval or (0, 1), textbook.interval or (0, 1)
    if above < low:
        said += "ours is better beyond chance."
    elif below > high:
        said += "**the textbook is better beyond chance.**"
    else:
        said += "**by accuracy they are not told apart**, the intervals overlap."
    gap = ours.metrics["roc_auc"] - textbook.metrics["roc_auc"]
    said += f" ROC AUC {ours.metrics['roc_auc']:.3f} and {textbook.metrics['roc_auc']:.3f}" + (
        ", hardly different." if abs(gap) < 0.02 else "."
    )
    if "log_loss" in textbook.metrics:
        said += (
            f" Its probabilities are off by {textbook.metrics['expected_calibration_error']:.2f}, "
            f"ours by {ours.metrics['expected_calibration_error']:.2f}."
        )
    else:
        said += " It gives no probability to act on, ours one that is off by "
        said += f"{ours.metrics['expected_calibration_error']:.2f}."
    return said


def _accuracy(prediction: "Prediction") -> str:
    text = _number(prediction.metrics["accuracy"])
    if prediction.interval is None:
        return text
    return f"{text} ({prediction.interval[0]:.3f} to {prediction.interval[1]:.3f})"


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _number(value: float | None) -> str:
    return "" if value is None or math.isnan(value) else f"{value:.3f}"


def _table(
    head: Sequence[str], rows: Sequence[Sequence[str]], more: dict[str, list[str]] | None = None
) -> str:
    """Write a table; columns of `more` are left out where they hold nothing."""
    shown = {name: values for name, values in (more or {}).items() if any(values)}
    lines = [
        [*head, *shown],
        ["---"] * (len(head) + len(shown)),
        *([*row, *(values[place] for values in shown.values())] for place, row in enumerate(rows)),
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
