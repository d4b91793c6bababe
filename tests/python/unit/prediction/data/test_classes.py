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


@given(st.lists(st.sampled_from("abcdefgh"), max_size=400), st.sampled_from(["future", "declared"]))
def test_classes_are_sorted_and_every_label_has_a_place(labels, kind):
    drawn = np.array(labels, dtype=object)
    classes, note = choose_classes(drawn, kind)
    assert classes == sorted(classes) and len(classes) <= MOST_CLASSES + 1
    found = positions(drawn, classes)
    assert all(
        place == -1 or classes[place] in (label, OTHER)
        for label, place in zip(labels, found, strict=True)
    )
    assert (found >= 0).all() or "Left out" in note


def test_two_labels_are_two_classes_however_rare():
    labels = np.array(["no"] * 999 + ["yes"], dtype=object)
    for kind in ("future", "declared", "response"):
        assert choose_classes(labels, kind) == (["no", "yes"], "")


def test_a_rare_declared_need_is_a_class_as_long_as_it_can_be_learnt():
    labels = np.array(["a"] * 5000 + ["b"] * 5000 + ["rare"] * 60 + ["single"] * 19, dtype=object)
    classes, note = choose_classes(labels, "declared")
    assert classes == ["a", "b", "rare"]
    assert "with fewer than 20 training rows, or beyond" in note and "single" in note
    # a category that hardly anybody buys next is none
    classes, _ = choose_classes(labels, "future")
    assert classes == ["a", "b", "other"]


def test_a_class_that_too_few_customers_show_is_named():
    y, customers = np.array([0, 0, 0, 1, 1, 1]), np.array(["a", "b", "c", "d", "d", "d"])
    told = obstacle(y, customers, ["no", "yes"])
    assert told == (
        "The class 'yes' has fewer than 3 customers in the training rows; so many are needed."
    )
    # word for word the same of none, of one and of two: how many they are is not said
    none = obstacle(np.array([0, 0, 0, 2, 2, 2]), np.array(list("abcdef")), ["no", "yes", "x"])
    two = obstacle(y, np.array(["a", "b", "c", "d", "e", "e"]), ["no", "yes"])
    assert none == told and two == told
    customers = np.array(list("abcdef"))
    assert obstacle(y, customers, ["no", "yes"]) == ""


def test_answers_are_learnt_where_there_are_fifty_of_each_kind():
    y = np.repeat([0, 1, -1], [400, 49, 99])
    customers = np.arange(len(y)).astype(str)
    classes = ["no", "yes"]
    told = obstacle(y, customers, classes, "response")
    assert told == "Too few answers: of the contacts to learn from fewer than 50 are 'yes'."
    assert obstacle(y, customers, classes, "future") == ""
    assert obstacle(np.append(y, 1), np.append(customers, "x"), classes, "response") == ""
