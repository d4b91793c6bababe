"""Columns of the customers file that look like outcomes, which nobody has declared yet."""

import json
from dataclasses import dataclass

import duckdb

from customer_personas.intake.needs import NO, YES
from customer_personas.intake.reading import FileReading, ReadColumn
from customer_personas.language.texts import say

# Words of names that say what became of a customer.
_WORDS = frozenset(
    [
        "attrition",
        "bought",
        "canceled",
        "cancelled",
        "churn",
        "churned",
        "claim",
        "claimed",
        "conversion",
        "converted",
        "defaulted",
        "deposit",
        "exited",
        "fraud",
        "label",
        "lapsed",
        "left",
        "outcome",
        "purchased",
        "renewed",
        "responded",
        "response",
        "subscribed",
        "survived",
        "target",
        "y",
    ]
)
# So many classes at most, each of so many customers on average at least.
_MOST_CLASSES = 10
_LEAST_CUSTOMERS = 20
_YES = frozenset({YES, "y", "true", "t", "1", "1.0"})
_NO = frozenset({NO, "n", "false", "f", "0", "0.0"})


@dataclass(frozen=True)
class Outcome:
    """A column that may say what became of the customers.

    Parameters
    ----------
    column : str
        The column.
    counts : dict of str to int
        Customers by value, the most frequent first.
    """

    column: str
    counts: dict[str, int]

    @property
    def positive(self) -> str | None:
        """The value that is asked for, of two: yes, else the rarer one."""
        if len(self.counts) != 2:
            return None
        frequent, rare = self.counts
        is_yes = frequent.lower() in _YES and rare.lower() in _NO
        return frequent if is_yes else rare

    def mapping_line(self) -> str:
        """Write the line of the mapping that makes it a target.

        Returns
        -------
        str
            An item of the list ``needs``.
        """
        positive = "" if self.positive is None else f", positive: {json.dumps(self.positive)}"
        return f"- {{target: {self.column}, column: {self.column}{positive}}}"


def find_outcomes(session: duckdb.DuckDBPyConnection, reading: FileReading) -> list[Outcome]:
    """Find further columns that look like outcomes: few values, and the name of one.

    The last column of a file, where outcomes are often written, needs no such name if it has two
    values.

    Parameters
    ----------
    session : duckdb.DuckDBPyConnection
        Where the received records are.
    reading : FileReading
        A file of customers.

    Returns
    -------
    list of Outcome
        In the order of the file.
    """
    last = list(reading.file.columns)[-1]
    found = []
    for column in reading.columns:
        is_named = not _WORDS.isdisjoint(column.name.split("_"))
        if not column.kind.startswith("attribute") or not (is_named or column.name == last):
            continue
        counts = _count_values(session, reading, column)
        is_outcome = 2 <= len(counts) <= (_MOST_CLASSES if is_named else 2)
        if is_outcome and column.filled >= _LEAST_CUSTOMERS * len(counts):
            found.append(Outcome(column.name, counts))
    return found


def _count_values(
    session: duckdb.DuckDBPyConnection, reading: FileReading, column: ReadColumn
) -> dict[str, int]:
    """Count the customers by value: one value more than classes at most are looked at."""
    rows = session.execute(
        f"""
        select {column.text} as value, count(*) as customers
        from {reading.records}
        where value is not null
        group by value
        order by customers desc, value
        limit {_MOST_CLASSES + 1}
        """
    ).fetchall()
    return dict(rows)


def describe_outcomes(outcomes: list[Outcome], has_mapping: bool) -> list[str]:
    """Say which columns look like outcomes, and what to write.

    Parameters
    ----------
    outcomes : list of Outcome
        What was found.
    has_mapping : bool
        Whether a mapping file is there, into which the lines go.

    Returns
    -------
    list of str
        Lines of text; none where nothing was found.
    """
    if not outcomes:
        return []
    lines = [say("check.outcomes")]
    for each in outcomes:
        listed = ", ".join(f"{value}: {count:,}" for value, count in each.counts.items())
        lines.append(f"  {each.column} ({listed})")
    lines += [
        say("check.outcomes_add" if has_mapping else "check.outcomes_write"),
        "",
        "  entities:",
        "    customers:",
        "      needs:",
    ]
    return [
        *lines,
        *(f"        {each.mapping_line()}" for each in outcomes),
        "",
        say("check.outcomes_ignore"),
        "",
    ]
