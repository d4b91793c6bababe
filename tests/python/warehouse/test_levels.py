"""Published probabilities of simulated companies beside what their customers did afterwards."""

import pytest

from benchmarks.companies import simulated_companies
from benchmarks.evaluate import CLOSE, evaluate


@pytest.fixture(scope="module")
def parsed(tmp_path_factory):
    return tmp_path_factory.mktemp("parsed")


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["old", "growing", "shrinking"])
def test_the_level_is_that_of_what_happens_next(kind, parsed, tmp_path):
    company = next(
        each
        for each in simulated_companies()
        if each.name.startswith(kind) and each.customers > 1_000
    )
    row = evaluate(company, tmp_path, parsed)
    assert abs(row["gap"]) <= CLOSE, row
