"""Metrics by persona."""

import numpy as np

from customer_personas.prediction.evaluation.personas import LEAST_CUSTOMERS, measure_by_persona

CUSTOMERS = np.array([f"c{number:03}" for number in range(200)])


def fit_of(actual, probability):
    return {
        "model_id": "will_purchase_tree",
        "classes": ["no", "yes"],
        "test_predictions": [
            {"actual": int(true), "probabilities": [1 - chance, chance]}
            for true, chance in zip(actual, probability, strict=True)
        ],
    }


def test_each_persona_is_measured_on_its_own_members():
    actual = np.arange(200) % 2
    # right for the first half, wrong for the second
    probability = np.where(np.arange(200) < 100, 0.1 + 0.8 * actual, 0.9 - 0.8 * actual)
    personas = {name: "P001" if number < 100 else "P002" for number, name in enumerate(CUSTOMERS)}
    rows = measure_by_persona([fit_of(actual, probability)], CUSTOMERS, personas, seed=1)
    accuracy = {
        row["persona_id"]: row["metric_value"] for row in rows if row["metric"] == "accuracy"
    }
    assert accuracy == {"P001": 1.0, "P002": 0.0}
    assert {row["customers"] for row in rows} == {100}


def test_small_personas_and_labels_unknown_to_the_model_are_left_out():
    actual = np.arange(200) % 2
    actual[:20] = -1
    personas = dict.fromkeys(CUSTOMERS[: 20 + LEAST_CUSTOMERS], "P001")
    personas |= dict.fromkeys(CUSTOMERS[-(LEAST_CUSTOMERS - 1) :], "P002")
    rows = measure_by_persona([fit_of(actual, np.full(200, 0.5))], CUSTOMERS, personas, seed=1)
    assert {(row["persona_id"], row["customers"]) for row in rows} == {("P001", LEAST_CUSTOMERS)}
