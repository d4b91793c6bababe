"""Clusters keep the id of the persona that they share their members with."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from customer_personas.segmentation.matching import match_personas


def match(shared, living, next_number=10):
    shared = np.array(shared).reshape(len(living), -1)
    return match_personas(shared, shared.sum(axis=1), shared.sum(axis=0), living, next_number)


def events(matching):
    return {each["persona_id"]: each["event"] for each in matching.events}


def test_the_same_groups_in_another_order_are_the_same_personas():
    matching = match([[0, 50, 0], [0, 0, 40], [30, 0, 0]], ["P001", "P002", "P003"])
    assert matching.persona_ids == ["P003", "P001", "P002"]
    assert set(events(matching).values()) == {"continued"}


def test_without_living_personas_all_are_born_with_their_sizes():
    shared = np.zeros((0, 2), dtype=int)
    matching = match_personas(shared, np.zeros(0, dtype=int), np.array([70, 30]), [], 1)
    assert matching.persona_ids == ["P001", "P002"]
    assert [each["customers_after"] for each in matching.events] == [70, 30]
    assert set(events(matching).values()) == {"born"}


def test_a_persona_that_lost_its_members_is_retired():
    matching = match([[50, 0], [0, 0], [0, 40]], ["P001", "P002", "P003"])
    assert matching.persona_ids == ["P001", "P003"]
    assert events(matching) == {"P001": "continued", "P002": "retired", "P003": "continued"}


def test_a_split_goes_on_in_the_larger_part():
    matching = match([[60, 40, 0], [0, 0, 50]], ["P001", "P002"])
    assert matching.persona_ids == ["P001", "P010", "P002"]
    (split,) = [each for each in matching.events if each["event"] == "split"]
    assert split == {
        "event": "split",
        "persona_id": "P010",
        "related_persona_id": "P001",
        "customers_before": 100,
        "customers_after": 40,
        "shared_customers": 40,
        "jaccard": 0.4,
    }


def test_a_merger_goes_on_as_the_larger_one():
    matching = match([[60, 0], [40, 0], [0, 50]], ["P001", "P002", "P003"])
    assert matching.persona_ids == ["P001", "P003"]
    (merged,) = [each for each in matching.events if each["event"] == "merged"]
    assert (merged["persona_id"], merged["related_persona_id"]) == ("P002", "P001")
    assert merged["jaccard"] == pytest.approx(0.4)


def test_a_group_out_of_everywhere_is_born_and_what_scatters_is_retired():
    matching = match(
        [[80, 5, 10], [5, 80, 10], [10, 10, 12], [9, 9, 2]], ["P001", "P002", "P003", "P004"]
    )
    assert matching.persona_ids == ["P001", "P002", "P010"]
    assert events(matching)["P010"] == "born"
    assert events(matching)["P003"] == events(matching)["P004"] == "retired"


@given(
    arrays(
        int,
        st.tuples(st.integers(0, 6), st.integers(1, 6)),
        elements=st.integers(0, 100),
    )
)
def test_every_persona_has_one_event_and_no_id_is_used_twice(shared):
    living = [f"P{number:03}" for number in range(1, len(shared) + 1)]
    matching = match_personas(
        shared, shared.sum(axis=1), shared.sum(axis=0), living, len(shared) + 1
    )
    assert len(matching.persona_ids) == shared.shape[1] == len(set(matching.persona_ids))
    named = [each["persona_id"] for each in matching.events]
    assert sorted(named) == sorted(set(living) | set(matching.persona_ids))
    for each in matching.events:
        is_living = each["persona_id"] in living
        assert (each["event"] in ("continued", "merged", "retired")) == is_living
        assert (each["event"] == "continued") <= (each["jaccard"] >= 0.5)


def test_two_unlike_pairs_do_not_part_one_that_goes_on():
    """Half of P001 goes on in a cluster; with the rest of both, more is alike in sum, twice."""
    matching = match([[60, 30], [30, 0]], ["P001", "P002"])
    assert matching.persona_ids == ["P001", "P010"]
    assert events(matching) == {"P001": "continued", "P010": "split", "P002": "merged"}


@given(
    arrays(
        int,
        st.tuples(st.integers(1, 6), st.integers(1, 6)),
        elements=st.sampled_from([0, 0, 10, 30, 60, 90]),
    )
)
def test_who_shares_more_than_half_goes_on(shared):
    living = [f"P{number:03}" for number in range(len(shared))]
    before, after = shared.sum(axis=1), shared.sum(axis=0)
    matching = match_personas(shared, before, after, living, len(shared))
    either = before[:, None] + after[None, :] - shared
    for old, new in zip(*np.nonzero(2 * shared > either), strict=True):
        assert matching.persona_ids[new] == living[old]
