"""The table of fits: one row per target and model, typed so that SQL reads it without JSON."""

from dataclasses import asdict
from typing import Any

import pyarrow as pa

from customer_personas.features.drift import PROFILE
from customer_personas.prediction.calibrated_model import CalibratedModel
from customer_personas.prediction.model_parts.kept_estimators import dump


def _rows_of(**fields: pa.DataType) -> pa.DataType:
    return pa.list_(pa.struct(list(fields.items())))


_TEXT, _NUMBER, _COUNT, _DATE = pa.string(), pa.float64(), pa.int32(), pa.date32()
_INPUTS = _rows_of(
    name=_TEXT,
    feature=_TEXT,
    family=_TEXT,
    kind=_TEXT,
    transform=_TEXT,
    low=_NUMBER,
    high=_NUMBER,
    fill=_NUMBER,
    level=_TEXT,
)

SCHEMA = pa.schema(
    {
        "target": _TEXT,
        "model_id": _TEXT,
        "algorithm": _TEXT,
        "is_baseline": pa.bool_(),
        "hyper_parameters": _rows_of(name=_TEXT, value=_NUMBER),
        "features": pa.list_(_TEXT),
        "classes": pa.list_(_TEXT),
        "training_dates": pa.list_(_DATE),
        "validation_dates": pa.list_(_DATE),
        "test_dates": pa.list_(_DATE),
        "training_rows": _COUNT,
        "test_rows": _COUNT,
        "undated_features_left_out": pa.list_(_TEXT),
        "metrics": _rows_of(
            split=_TEXT,
            observation_date=_DATE,
            metric=_TEXT,
            value=_NUMBER,
            low=_NUMBER,
            high=_NUMBER,
            customers=_COUNT,
            baseline=_TEXT,
            baseline_value=_NUMBER,
            advantage=_NUMBER,
            advantage_low=_NUMBER,
            advantage_high=_NUMBER,
        ),
        "comparisons": _rows_of(
            split=_TEXT,
            observation_date=_DATE,
            baseline=_TEXT,
            metric=_TEXT,
            value=_NUMBER,
            baseline_value=_NUMBER,
            advantage=_NUMBER,
            advantage_low=_NUMBER,
            advantage_high=_NUMBER,
        ),
        "gains": _rows_of(**{"class": _TEXT}, decile=_COUNT, customers=_COUNT, hits=_COUNT),
        "calibration": _rows_of(
            **{"class": _TEXT}, bin=_COUNT, customers=_COUNT, hits=_COUNT, mean_probability=_NUMBER
        ),
        "confusion": _rows_of(actual=_TEXT, predicted=_TEXT, customers=_COUNT),
        # without customers, whose ids no table holds out of an erasure's sight
        "test_predictions": _rows_of(actual=_COUNT, probabilities=pa.list_(_NUMBER)),
        "importances": _rows_of(
            feature_name=_TEXT, log_loss_increase=_NUMBER, standard_deviation=_NUMBER
        ),
        "feature_selection": _rows_of(
            feature_name=_TEXT,
            auc_alone=_NUMBER,
            importance=_NUMBER,
            correlated_with=_TEXT,
            correlation=_NUMBER,
            is_used=pa.bool_(),
            is_suspicious=pa.bool_(),
            reason=_TEXT,
        ),
        "inputs": _INPUTS,
        "inverse_temperature": _NUMBER,
        "prior_shift": pa.list_(_NUMBER),
        "scoring_sql": _TEXT,
        "estimator": pa.binary(),
        "explained_by": _TEXT,
        "is_champion": pa.bool_(),
        "is_published": pa.bool_(),
        "reason": _TEXT,
        "fitted_on": _DATE,
        "settings": _TEXT,
        "is_kept": pa.bool_(),
        "status": _TEXT,
        "keeps_priors": pa.bool_(),
        "feature_profiles": pa.list_(PROFILE),
        "held_out_models": _rows_of(
            part=_COUNT,
            inputs=_INPUTS,
            inverse_temperature=_NUMBER,
            prior_shift=pa.list_(_NUMBER),
            scoring_sql=_TEXT,
            estimator=pa.binary(),
        ),
    }
)
_LISTS = [each.name for each in SCHEMA if pa.types.is_list(each.type)]


def write(rows: list[dict[str, Any]]) -> pa.Table:
    """Make the table of rows.

    Parameters
    ----------
    rows : list of dict
        Columns of `SCHEMA`; lists that a row lacks are empty, other columns null.

    Returns
    -------
    pyarrow.Table
        The table.
    """
    empty: dict[str, Any] = {name: [] for name in _LISTS}
    return pa.Table.from_pylist([empty | row for row in rows], schema=SCHEMA)


def describe_model(fitted: CalibratedModel, *, keeps_estimator: bool) -> dict[str, Any]:
    """Give the columns that say what a model is, and from which it can be scored again.

    Parameters
    ----------
    fitted : CalibratedModel
        The model.
    keeps_estimator : bool
        Whether its estimator is needed.

    Returns
    -------
    dict
        Columns of `SCHEMA`.
    """
    model = fitted.model
    return {
        "features": model.encoding.keep(model.used_inputs()).features,
        "classes": fitted.classes,
        "inputs": [asdict(each) for each in model.encoding.inputs],
        "inverse_temperature": fitted.inverse_temperature,
        "prior_shift": fitted.prior_shift.tolist(),
        "keeps_priors": model.keeps_priors,
        "scoring_sql": fitted.sql(),
        "estimator": (
            dump(model.estimator) if keeps_estimator and model.estimator is not None else None
        ),
    }
