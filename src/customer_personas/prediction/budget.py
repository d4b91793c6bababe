"""How many rows are learnt from, so that the learning of a target takes a stated time.

Time that is measured would give other models on a busy machine: rows are counted instead. With
all algorithms, about 100 inputs and two classes, 10,000 rows for each fit took 21 seconds of
processor time in all (two busy cores of 2.5 GHz, scikit-learn 1.9), reading 60,000 included;
machines for each class against the rest take longer the more classes there are: 20 seconds with
nine, 24 with five where 9,000 rows judge. `benchmarks/needs.py` holds the time against the budget.
"""

import math

ROWS_PER_SECOND = 10_000 / 30
FEWEST_ROWS = 2_000
# The champion learns once from so many times the rows that it was chosen by.
CHAMPION_FACTOR = 4
# And once for each earlier date that it is judged on from so many times as many: these fits decide
# nothing.
EARLIER_FACTOR = 0.5


def rows_within(budget_seconds: float, class_count: int) -> int:
    """Give the number of rows that each fit of a target may learn from.

    Parameters
    ----------
    budget_seconds : float
        Processor time that the learning of the target is meant to take.
    class_count : int
        Number of its classes.

    Returns
    -------
    int
        Rows, 2,000 at least: fewer would save no time worth having.
    """
    rows = budget_seconds * ROWS_PER_SECOND * math.sqrt(2 / class_count)
    return max(FEWEST_ROWS, int(rows))
