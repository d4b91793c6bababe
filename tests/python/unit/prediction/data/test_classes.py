"""Labels become classes that can be learnt."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from customer_personas.prediction.data.classes import (
    MOST_CLASSES,
    OTHER,
    choose_classes,
    obstacle,
    positions,
)


@given(st.lists(st.sampled_from("abcdefgh"), max_size=400))
def test_classes_are_sorted_and_every_label_has_a_place(labels):
    drawn = np.array(labels, dtype=object)
    classes, note = choose_classes(drawn)
    assert classes == sorted(classes) and len(classes) <= MOST_CLASSES + 1
    found = positions(drawn, classes)
    assert all(
        place == -1 or classes[place] in (label, OTHER)
        for label, place in zip(labels, found, strict=True)
    )
    assert (found >= 0).all() or "Left out" in note


def test_two_labels_are_two_classes_however_rare():
    labels = np.array(["no"] * 999 + ["yes"], dtype=object)
    assert choose_classes(labels) == (["no", "yes"], "")


def test_a_class_that_too_few_customers_show_is_named():
    y, customers = np.array([0, 0, 0, 1, 1, 1]), np.array(["a", "b", "c", "d", "d", "d"])
    assert "'yes' has 1 customers" in obstacle(y, customers, ["no", "yes"])
    customers = np.array(list("abcdef"))
    assert obstacle(y, customers, ["no", "yes"]) == ""
