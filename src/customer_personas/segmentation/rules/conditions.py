"""Conditions of rules: what may be asked of a customer, in SQL and in words."""

import math
from dataclasses import dataclass

from customer_personas.features.statistics import write_measurement
from customer_personas.sql import identifier, literal, number

# Whole numbers below this are shown as they are (a year, a count of days), others rounded.
LARGEST_EXACT = 10_000


@dataclass(frozen=True)
class Bounds:
    """The answers to one question that a rule admits.

    Parameters
    ----------
    above, at_most : float, optional
        Bounds of the value.
    or_missing, only_missing : bool
        Whether a missing value is admitted, and whether nothing else is.
    """

    above: float | None = None
    at_most: float | None = None
    or_missing: bool = False
    only_missing: bool = False


@dataclass(frozen=True)
class Question:
    """Something the tree may ask about a customer.

    Parameters
    ----------
    feature, unit : str
        The feature, and its unit.
    label : str, optional
        What people call it; the feature's name in words unless given.
    kind : str
        ``number``, ``flag`` or ``level``.
    level : str, optional
        The level of a category.
    is_whole, has_missing : bool
        Whether all values of a number are whole, and whether some are missing.
    """

    feature: str
    unit: str
    kind: str
    level: str | None = None
    is_whole: bool = False
    has_missing: bool = False
    label: str = ""

    def write_answer(self) -> str:
        """Write the answer as an SQL expression.

        Returns
        -------
        str
            A DOUBLE; null for a missing number, 0 for a missing flag or level.
        """
        column = identifier(self.feature)
        if self.kind == "number":
            return write_measurement(column)
        return f"case when {self.write_sql(Bounds(above=0.5))} then 1e0 else 0e0 end"

    def write_sql(self, bounds: Bounds) -> str:
        """Write the SQL condition for answers within some bounds.

        Parameters
        ----------
        bounds : Bounds
            The bounds.

        Returns
        -------
        str
            A condition that is true or, where it does not hold, false or null.
        """
        column = identifier(self.feature)
        if self.kind != "number":
            holds = bounds.above is not None
            if self.kind == "flag":
                return f"{column} is {'' if holds else 'not '}true"
            operator = "is not distinct from" if holds else "is distinct from"
            return f"cast({column} as varchar) {operator} {literal(self.level or '')}"
        if bounds.only_missing:
            return f"{column} is null"
        parts = []
        if bounds.above is not None:
            parts.append(f"{column} > {number(bounds.above)}")
        if bounds.at_most is not None:
            parts.append(f"{column} <= {number(bounds.at_most)}")
        within = " and ".join(parts) or f"{column} is not null"
        return f"({within} or {column} is null)" if bounds.or_missing else within

    def write_words(self, bounds: Bounds) -> str:
        """Say in words what `write_sql` says.

        Parameters
        ----------
        bounds : Bounds
            The bounds.

        Returns
        -------
        str
            The condition, in the unit of the feature.
        """
        name = self.label or self.feature.replace("_", " ")
        if self.kind != "number":
            holds = bounds.above is not None
            if self.kind == "flag":
                return f"{name}: {'yes' if holds else 'not yes'}"
            return f"{name} is {'' if holds else 'not '}{self.level}"
        if bounds.only_missing:
            return f"{name} is unknown"
        # Above 3 is at least 4 where only whole numbers occur.
        exact = self.is_whole and abs(bounds.above or 0) < LARGEST_EXACT
        low, high = bounds.above, bounds.at_most
        # a share reads as per cent
        unit, times = ("%", 100) if self.unit == "share" else (self.unit, 1)
        parts = []
        if low is not None:
            lowest = f"at least {_write_figure(times * (low + 1))}"
            parts.append(lowest if exact else f"above {_write_figure(times * low)}")
        if high is not None:
            parts.append(f"at most {_write_figure(times * high)}")
        if exact and low is not None and low + 1 == high:
            parts = [_write_figure(times * high)]
        within = f"{' and '.join(parts)} {unit}".strip() if parts else "known"
        return f"{name} {within}{' or unknown' if bounds.or_missing else ''}"


def round_threshold(threshold: float, question: Question) -> float:
    """Round a threshold to a figure that a person would write.

    Parameters
    ----------
    threshold : float
        Where the tree splits; infinite where it asks only whether the value is known.
    question : Question
        The question it splits on.

    Returns
    -------
    float
        The figure: whole where all values are, else of three digits.
    """
    if math.isinf(threshold):
        return threshold
    if question.is_whole and abs(threshold) < LARGEST_EXACT:
        return float(math.floor(threshold))
    return float(f"{threshold:.3g}")


def _write_figure(value: float) -> str:
    """Write a figure with thousands separators and no needless zeros."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.12g}"
