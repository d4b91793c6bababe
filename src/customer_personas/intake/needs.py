"""Declared needs in columns of the customers file: what a company knows became of customers."""

import re
from dataclasses import dataclass

from customer_personas.intake.formats.values import Column, Reading
from customer_personas.sql import literal

# What a need is called among the further fields of a record; no column of a file has such a name.
PREFIX = "need:"
KIND = "declared need"
YES, NO = "yes", "no"


@dataclass(frozen=True)
class NeedMapping:
    """A column of the customers file that is a target of its own.

    Attributes
    ----------
    target : str
        Name of the target: lower case, with underscores.
    column : str
        The column of the file.
    positive : list of str
        The values that are asked for, which make it a question of yes or no; none: each value is a
        class.
    """

    target: str
    column: str
    positive: list[str]

    @property
    def field(self) -> str:
        """Its name among the further fields of a record."""
        return PREFIX + self.target

    def read(self, column: Column) -> Reading:
        """Write how its values are read.

        Parameters
        ----------
        column : Column
            The column of the file.

        Returns
        -------
        Reading
            The text as it is; yes or no, where `positive` says which values are asked for.
        """
        if not self.positive:
            return Reading("text", column.text, "mapping")
        texts = ", ".join(f"lower({literal(each.strip())})" for each in self.positive)
        is_positive = f"lower({column.text}) in ({texts})"
        # a program may have written 1 as 1.0
        if numbers := [each for each in self.positive if _is_number(each)]:
            is_positive += f" or try_cast({column.text} as double) in ({', '.join(numbers)})"
        label = (
            f"case when {is_positive} then '{YES}' when {column.text} is not null then '{NO}' end"
        )
        return Reading(f"{YES} where {' or '.join(self.positive)}", label, "mapping")


def _is_number(text: str) -> bool:
    return re.fullmatch(r"-?\d+(\.\d+)?", text.strip()) is not None
