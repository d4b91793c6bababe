"""The eight value types that Chinese CRM uses: rules over recency, frequency and money."""

import csv
from pathlib import Path

from customer_personas.language.texts import Row

# Is each of the three at or above its average?
RULES = Path(__file__).parent / "rfm_value_types.csv"


def load_value_types() -> dict[tuple[bool, bool, bool], str]:
    """Read the rules.

    Returns
    -------
    dict
        The name of a type by whether a buyer is recent, frequent and high-spending.
    """
    with RULES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        (
            row["is_recent"] == "true",
            row["is_frequent"] == "true",
            row["is_high_spending"] == "true",
        ): row["value_type"]
        for row in rows
    }


def type_of(row: Row) -> tuple[bool, bool, bool]:
    """Return the key of the rules that a row of the query ``value_types`` has.

    Parameters
    ----------
    row : dict
        With ``is_recent``, ``is_frequent`` and ``is_high_spending``.

    Returns
    -------
    tuple of bool
        These three.
    """
    return row["is_recent"], row["is_frequent"], row["is_high_spending"]
