"""What became of published predictions, once their horizon is over."""

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from customer_personas.prediction import fits_table
from customer_personas.prediction.data.classes import positions
from customer_personas.prediction.evaluation import metrics
from customer_personas.prediction.evaluation.calibration_error import counted_probability
from customer_personas.prediction.evaluation.judgement import Judgement, judge

SCHEMA = pa.schema(
    {
        "target": pa.string(),
        "as_of_date": pa.date32(),
        "customers": pa.int64(),
        "mean_probability": pa.float64(),
        "happened_share": pa.float64(),
        "gap": pa.float64(),
        "gap_low": pa.float64(),
        "gap_high": pa.float64(),
        "roc_auc": pa.float64(),
        "roc_auc_low": pa.float64(),
        "roc_auc_high": pa.float64(),
        "log_loss": pa.float64(),
        "log_loss_of_shares": pa.float64(),
        "expected_calibration_error": pa.float64(),
        "calibration": fits_table.SCHEMA.field("calibration").type,
    }
)


def judge_outcomes(
    predictions: duckdb.DuckDBPyRelation,
    labels: duckdb.DuckDBPyRelation,
    *,
    seed: int,
    least: int,
) -> pa.Table:
    """Hold published probabilities against what happened.

    Parameters
    ----------
    predictions : duckdb.DuckDBPyRelation
        What was published and is to be judged: target, as_of_date, customer_id, class, probability.
    labels : duckdb.DuckDBPyRelation
        What happened: target, customer_id, observation_date, label.
    seed : int
        Seed of the resamples that intervals are from.
    least : int
        What came true, or did not, of fewer customers than this is not judged.

    Returns
    -------
    pyarrow.Table
        One row per target and date with anybody to judge, as `SCHEMA` says; without figures where
        there are too few.
    """
    rows = [
        {"target": target, "as_of_date": day}
        | _measure(judge(positions(happened, classes), found, classes, seed), least)
        for target, day, classes, happened, found in _read(predictions, labels)
    ]
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def _read(
    predictions: duckdb.DuckDBPyRelation,
    labels: duckdb.DuckDBPyRelation,
) -> Iterator[tuple[str, date, list[str], np.ndarray, np.ndarray]]:
    """Give labels and probabilities of each target and date, customers in one order."""
    rows = (
        predictions.set_alias("predictions")
        .join(
            labels.set_alias("labels"),
            "predictions.target = labels.target and predictions.customer_id = labels.customer_id "
            "and predictions.as_of_date = labels.observation_date",
        )
        .project(
            "predictions.target, as_of_date, predictions.customer_id, class, probability, label"
        )
        .order("target, as_of_date, class, customer_id")
        .fetchall()
    )
    for (target, day), group in groupby(rows, key=itemgetter(0, 1)):
        own = list(group)
        classes = sorted({row[3] for row in own})
        count = len(own) // len(classes)
        happened = np.array([row[5] for row in own[:count]], dtype=object)
        found = np.array([row[4] for row in own]).reshape(len(classes), count).T
        yield target, day, classes, happened, found


def _measure(judged: Judgement, least: int) -> dict[str, Any]:
    """Measure one target and date, where there are enough customers."""
    chance = counted_probability(judged.probabilities)
    is_binary = len(judged.classes) == 2
    hit = judged.y == (1 if is_binary else judged.probabilities.argmax(axis=1))
    if min(hit.sum(), (~hit).sum()) < least:
        return {"customers": len(hit)}
    measured = judged.values | {"gap": judged.resamples.total(chance - hit) / len(hit)}
    _, counts = np.unique(judged.y, return_counts=True)
    shares = counts / len(hit)
    figures = {
        "customers": len(hit),
        "mean_probability": float(chance.mean()),
        "happened_share": float(hit.mean()),
        "log_loss_of_shares": float(-(shares * np.log(shares)).sum()),
        "calibration": judged.calibration(),
    }
    for name in ("gap", "roc_auc", "log_loss", "expected_calibration_error"):
        figures[name] = float(measured[name][0])
    for name in ("gap", "roc_auc"):
        figures[f"{name}_low"], figures[f"{name}_high"] = metrics.interval(
            measured[name], judged.customers
        )
    return figures
