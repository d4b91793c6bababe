"""The rule of choice asks for no more than it needs, and chooses as if it knew all."""

import numpy as np
import pytest

from customer_personas.features.encoding import Encoding
from customer_personas.features.inputs import Input
from customer_personas.segmentation.candidates import ALGORITHMS, Candidate
from customer_personas.segmentation.clusterings import Clustering
from customer_personas.segmentation.selection import _down, _find_best
from customer_personas.segmentation.space import Space


def has_no_gap(candidate):
    return False


def space(width):
    inputs = tuple(Input(f"x{n}", f"x{n}", "family", "number") for n in range(width))
    return Space(f"set_{width}", Encoding(inputs), "true", np.zeros(width), np.ones(width))


def candidates_of(rng, metric):
    return [
        Candidate(
            "candidate",
            where,
            Clustering(algorithm, np.zeros((k, where.mean.size))),
            k,
            metrics={metric: float(rng.uniform(0.2, 0.4))},
        )
        for where in map(space, (3, 5, 8))
        for algorithm in ALGORITHMS[:4]
        for k in range(4, 9)
    ]


@pytest.mark.parametrize("metric", ["usefulness", "silhouette"])
@pytest.mark.parametrize("seed", range(20))
def test_what_is_not_asked_for_would_change_nothing(metric, seed):
    rng = np.random.default_rng(seed)
    candidates = candidates_of(rng, metric)
    eligible = [each for each in candidates if rng.random() < 0.4]
    asked = []

    def is_eligible(candidate):
        asked.append(candidate)
        return candidate in eligible

    chosen = _find_best(candidates, is_eligible, has_no_gap)
    assert chosen is _find_best(eligible, lambda candidate: True, has_no_gap)
    assert chosen in asked
    if metric == "usefulness":
        assert len(set(map(id, asked))) < len(candidates) / 2


def test_nothing_eligible_is_nothing_chosen():
    candidates = candidates_of(np.random.default_rng(0), "usefulness")
    assert _find_best(candidates, lambda candidate: False, has_no_gap) is None
    assert _find_best([], lambda candidate: True, has_no_gap) is None


@pytest.mark.parametrize(
    ("value", "digits", "told"),
    [(0.79999, 2, 0.79), (0.29, 2, 0.29), (-0.9001, 2, -0.91), (0.0299, 3, 0.029), (-1.0, 2, -1.0)],
)
def test_what_falls_short_never_reads_as_what_is_asked_for(value, digits, told):
    assert _down(value, digits) == told
