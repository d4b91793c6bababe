"""How good a model is for the members of each persona."""

from collections.abc import Sequence
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from customer_personas.prediction.data.cohort import Cohort
from customer_personas.prediction.data.rows import read_rows
from customer_personas.prediction.evaluation.judgement import judge, take_kept
from customer_personas.prediction.model_parts.interface import Kind

LEAST_CUSTOMERS = 50
METRICS = ("accuracy", "roc_auc", "log_loss", "expected_calibration_error")
SCHEMA = pa.schema(
    {
        "model_id": pa.string(),
        "persona_id": pa.string(),
        "metric": pa.string(),
        "metric_value": pa.float64(),
        "value_low": pa.float64(),
        "value_high": pa.float64(),
        "customers": pa.int32(),
    }
)


def find_test_rows(
    features: duckdb.DuckDBPyRelation,
    labels: duckdb.DuckDBPyRelation,
    target: str,
    kind: Kind,
    horizon_days: int,
    sample_size: int,
    seed: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Find the rows that a target's models were tested on; parameters as of `fit_target`.

    Parameters
    ----------
    features, labels : duckdb.DuckDBPyRelation
        As the target was learnt from.
    target : str
        Its name.
    kind : Kind
        Its kind.
    horizon_days : int
        Length of a label window, in days.
    sample_size : int
        Largest number of rows that were read.
    seed : int
        Seed of the sample.

    Returns
    -------
    customers, days : numpy.ndarray of shape (test rows,)
        Customer and observation date of each; empty where nothing could be learnt.
    """
    keys = features.project("customer_id, observation_date, is_as_of")
    rows = read_rows(keys, labels, target, kind, sample_size, seed)
    plan = rows.plan(kind, horizon_days)
    if isinstance(plan, str):
        return rows.customers[:0], rows.days[:0]
    customers, days = rows.customers[plan.test.judge], rows.days[plan.test.judge]
    if kind == "future" and plan.test.day:
        cohort = Cohort.of_day(keys, labels, target, plan.test.day)
        customers = np.array(cohort.customers(), dtype=object)
        days = np.full(len(customers), plan.test.day)
    taken = take_kept(len(customers))
    return customers[taken], days[taken]


def measure_by_persona(
    fits: Sequence[dict[str, Any]],
    customers: np.ndarray,
    personas: dict[str, str],
    seed: int,
) -> list[dict[str, Any]]:
    """Measure models of one target on the test rows of each persona.

    Parameters
    ----------
    fits : sequence of dict
        Rows of the table of fits: ``model_id``, ``classes``, ``test_predictions``.
    customers : numpy.ndarray of shape (predictions,)
        The customer of each prediction.
    personas : dict
        Persona by customer.
    seed : int
        Seed of the resamples.

    Returns
    -------
    list of dict
        Rows of `SCHEMA`: one per model, persona of at least 50 customers, and metric.
    """
    rows = []
    for fit in fits:
        y = np.array([each["actual"] for each in fit["test_predictions"]])
        found = np.array([each["probabilities"] for each in fit["test_predictions"]])
        # where the model does not know the label, there is nothing to measure
        own = np.array(
            [
                personas.get(customer) if actual >= 0 else None
                for customer, actual in zip(customers, y, strict=True)
            ],
            dtype=object,
        )
        for persona in sorted({each for each in own if each is not None}):
            member = own == persona
            if member.sum() < LEAST_CUSTOMERS:
                continue
            part = judge(y[member], found[member], fit["classes"], seed)
            for metric in filter(part.values.__contains__, METRICS):
                low, high = part.interval(metric)
                rows.append(
                    {
                        "model_id": fit["model_id"],
                        "persona_id": persona,
                        "metric": metric,
                        "metric_value": float(part.values[metric][0]),
                        "value_low": low,
                        "value_high": high,
                        "customers": int(member.sum()),
                    }
                )
    return rows
