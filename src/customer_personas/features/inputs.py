"""One input of a model: a number without gaps, made from one feature in SQL."""

from dataclasses import dataclass

import numpy as np

from customer_personas.sql import identifier, literal, number


@dataclass(frozen=True)
class Input:
    """One model input: a column of numbers without gaps.

    Parameters
    ----------
    name : str
        Name of the input: letters, digits and underscores only.
    feature, family : str
        The feature it is made from, and the family of that feature.
    kind : str
        ``number`` (winsorised), ``flag`` (true), ``level`` (of a category) or ``missing``.
    transform : str
        The scale of a number: ``none``, ``log1p`` or ``sqrt``, with values below zero mirrored, or
        ``log`` where the lower bound is above zero.
    low, high, fill : float, optional
        Bounds of a number, and the value that stands in for a missing one; without it gaps stay.
    level : str, optional
        The level of a category.
    """

    name: str
    feature: str
    family: str
    kind: str
    transform: str = "none"
    low: float | None = None
    high: float | None = None
    fill: float | None = None
    level: str | None = None

    def expression(self) -> str:
        """Give the SQL expression of this input over the columns of the features.

        Returns
        -------
        str
            A DOUBLE expression that is never null, unless for a number that nothing fills.
        """
        column = identifier(self.feature)
        if self.kind == "missing":
            return f"case when {column} is null then 1e0 else 0e0 end"
        if self.kind == "flag":
            return f"case when try_cast({column} as boolean) then 1e0 else 0e0 end"
        if self.kind == "level":
            level = literal(self.level or "")
            return f"case when cast({column} as varchar) = {level} then 1e0 else 0e0 end"
        assert self.low is not None and self.high is not None
        # A kept champion meets later records: what was a number then may be a text now.
        known = f"try_cast({column} as double)"
        value = known if self.fill is None else f"coalesce({known}, {number(self.fill)})"
        value = f"least(greatest({value}, {number(self.low)}), {number(self.high)})"
        value = write_scale(self.transform, value, never_negative=self.low >= 0)
        # scikit-learn's trees compare in single precision: rounding here lets the comparison in
        # SQL see the same numbers.
        rounded = f"cast(cast({value} as float) as double)"
        if self.fill is None:
            return f"case when {known} is not null then {rounded} end"
        return rounded

    def scale(self, value: float) -> float:
        """Give what the SQL expression gives for a number.

        Parameters
        ----------
        value : float
            A number, in the unit of the feature.

        Returns
        -------
        float
            The value of the input, in single precision.
        """
        assert self.low is not None and self.high is not None
        value = min(max(value, self.low), self.high)
        if self.transform == "log":
            return float(np.float32(np.log(value)))
        scale = {"none": np.abs, "log1p": np.log1p, "sqrt": np.sqrt}[self.transform]
        return float(np.float32(np.sign(value) * scale(abs(value))))

    def in_units(self, value: float) -> float:
        """Turn a value of the input back into the unit of the feature.

        Parameters
        ----------
        value : float
            A value of the input.

        Returns
        -------
        float
            The value in the feature's unit; a share for flags, levels and missing indicators.
        """
        if self.transform == "log":
            return float(np.exp(value))
        size = {"none": np.abs, "log1p": np.expm1, "sqrt": np.square}[self.transform](abs(value))
        return float(np.sign(value) * size)


def write_scale(transform: str, value: str, *, never_negative: bool = False) -> str:
    """Write the scale that a number is put on as SQL.

    Parameters
    ----------
    transform : {'none', 'log1p', 'sqrt', 'log'}
        The transform of the feature catalogue.
    value : str
        SQL expression of a number.
    never_negative : bool
        Whether the number is known to be zero or more; else values below zero are mirrored.

    Returns
    -------
    str
        A DOUBLE expression.
    """
    if transform == "none":
        return value
    if transform == "log":
        return f"ln({value})"
    size = value if never_negative else f"abs({value})"
    scaled = f"ln(1 + {size})" if transform == "log1p" else f"sqrt({size})"
    return scaled if never_negative else f"sign({value}) * {scaled}"
