"""Conditions of rules: what may be asked of a customer, in SQL and in words."""

import math
from dataclasses import dataclass

import numpy as np

from customer_personas.features.statistics import write_measurement
from customer_personas.sql import identifier, literal, number

# "At least 4 orders" reads better than above 3, but "above 90 days" better than at least 91.
LARGEST_COUNTED = 20
# So many of the customers who are asked may change sides where a threshold is rounded.
MOVED_SHARE = 0.0025
# A year, a quarter, a month.
DAYS = (365.0, 90.0, 30.0)


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
    is_published : bool
        Whether the feature is published customer by customer.
    """

    feature: str
    unit: str
    kind: str
    level: str | None = None
    is_whole: bool = False
    has_missing: bool = False
    label: str = ""
    is_published: bool = True

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
        low, high = bounds.above, bounds.at_most
        # Above 3 is at least 4 where only whole numbers occur.
        exact = self.is_whole and abs(low or 0) < LARGEST_COUNTED
        # a share reads as per cent
        unit, times = ("%", 100) if self.unit == "share" else (self.unit, 1)
        parts = []
        if low is not None:
            lowest = f"at least {_write_figure(times * (low + 1))}"
            parts.append(lowest if exact else f"above {_write_figure(times * low)}")
        if high is not None:
            parts.append(f"at most {_write_figure(times * high)}")
        if self.is_whole and low is not None and low + 1 == high:
            parts = [_write_figure(times * high)]
        within = f"{' and '.join(parts)} {unit}".strip() if parts else "known"
        return f"{name} {within}{' or unknown' if bounds.or_missing else ''}"


def round_threshold(threshold: float, question: Question, values: np.ndarray) -> float:
    """Round a threshold as far as it hardly changes who is on which side of it.

    Parameters
    ----------
    threshold : float
        Where the tree splits; infinite where it asks only whether the value is known.
    question : Question
        The question it splits on.
    values : numpy.ndarray
        Shape (n,), in the unit of the feature: the answers of the customers who are asked, some on
        either side; missing ones are NaN.

    Returns
    -------
    float
        The roundest figure, of these the nearest one, for which at most `MOVED_SHARE` of these
        customers change sides: a multiple of 1, 5 or 2 with as few digits as can be; of days also
        of a year, a quarter or a month. Whole where all values are.
    """
    if math.isinf(threshold):
        return threshold
    known = np.sort(values[~np.isnan(values)])
    if not len(known) or not known[0] <= threshold < known[-1]:
        return threshold
    left = int(np.searchsorted(known, threshold, side="right"))
    moved = int(MOVED_SHARE * len(known))
    low = float(known[max(0, left - 1 - moved)])
    high = float(known[min(len(known) - 1, left + moved)])
    for step in _list_steps(max(abs(low), abs(high)), question):
        first, last = math.ceil(low / step), math.ceil(high / step) - 1
        if first <= last:
            nearest = min(max(round(threshold / step), first), last)
            figure = float(f"{nearest * step:.12g}")
            if low <= figure < high:
                return figure
    return threshold


def _list_steps(size: float, question: Question) -> list[float]:
    """List what a figure may be a multiple of, the roundest first."""
    largest = math.floor(math.log10(size)) + 1 if size > 0 else 0
    steps = [
        float(f"{times}e{power}")
        for power in range(largest, largest - 8, -1)
        for times in (1, 0.5, 0.2)
    ]
    if question.unit == "days":
        steps = [*DAYS, *(step for step in steps if step < DAYS[-1])]
    return [step for step in steps if step >= 1] if question.is_whole else steps


def _write_figure(value: float) -> str:
    """Write a figure with thousands separators and no needless zeros."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.12g}"
