"""Of companies without signal hardly any gets a model."""

import pytest

from benchmarks.publication import make_company, publishes


def test_companies_are_made_the_same_each_time_and_differ():
    assert make_company(3) == make_company(3)
    assert make_company(3)[1] != make_company(4)[1]


@pytest.mark.slow
def test_the_gate_publishes_no_more_than_it_states():
    # more than two of twenty happen in 1 % of the cases where 2.5 % are to be expected
    assert sum(publishes(seed) for seed in range(20)) <= 2
