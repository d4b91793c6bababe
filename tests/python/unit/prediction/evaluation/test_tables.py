"""The tables beside the metrics count every row once."""

import numpy as np

from customer_personas.prediction.evaluation.tables import calibration_bins, confusion, gains


def test_tables_count_every_row_once():
    rng = np.random.default_rng(2)
    y, found = rng.integers(0, 3, 101), rng.dirichlet([1, 1, 1], 101)
    classes = ["a", "b", "c"]
    for rows in (gains(y, found, classes), calibration_bins(y, found, classes)):
        for name in classes:
            own = [row for row in rows if row["class"] == name]
            assert sum(row["customers"] for row in own) == 101
            assert sum(row["hits"] for row in own) == np.count_nonzero(y == classes.index(name))
    assert sum(row["customers"] for row in confusion(y, found, classes)) == 101
