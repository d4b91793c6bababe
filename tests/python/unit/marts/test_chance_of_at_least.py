"""The macro chance_of_at_least beside SciPy's binomial distribution."""

import duckdb
import pytest
from rendered import render
from scipy.stats import binom


def test_tails_are_those_of_scipy():
    cases = [
        (successes, trials, probability)
        for trials in (1, 3, 12, 50, 300, 2_500, 20_000)
        for probability in (1e-6, 1e-3, 0.03, 0.2, 0.5, 0.77, 0.97, 0.999, 1 - 1e-6)
        for mean in [int(trials * probability)]
        for spread in [int(2 * (mean * (1 - probability)) ** 0.5)]
        for successes in {0, 1, 2, mean - spread, mean, mean + 1, mean + spread, trials, trials + 1}
    ]
    values = ", ".join(f"({n}, {trials}, {share!r}::double)" for n, trials, share in cases)
    tail = render("{{ chance_of_at_least('successes', 'trials', 'probability') }}")
    rows = duckdb.sql(
        f"select successes, trials, probability, {tail} "
        f"from (values {values}) as cases (successes, trials, probability)"
    ).fetchall()
    assert len(rows) > 400
    for successes, trials, probability, chance in rows:
        expected = binom.sf(successes - 1, trials, probability)
        assert chance == pytest.approx(expected, abs=1e-9)
