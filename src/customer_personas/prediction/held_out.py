"""Models for the customers whose own labels the published model has learnt from.

A model knows the labels it was fitted on, and is surer of them than of others. So each part of
these customers is scored by a model of the same kind that has not seen their labels (out of fold,
Stone 1974, "Cross-validatory choice and assessment of statistical predictions").
"""

from dataclasses import replace
from typing import Any

import numpy as np

from customer_personas.prediction.evaluation.judgement import Judgement
from customer_personas.prediction.final_fits import FinalFits
from customer_personas.prediction.fits_table import describe_model
from customer_personas.prediction.search import Candidate

# What a model that scores one part of the customers is kept by.
_COLUMNS = ("inputs", "inverse_temperature", "prior_shift", "scoring_sql", "estimator")


def fit_held_out(fits: FinalFits, published: Candidate) -> list[dict[str, Any]]:
    """Fit what is published without each part of the customers that it learns from.

    Parameters
    ----------
    fits : FinalFits
        The fits of a target of declared labels.
    published : Candidate
        What scores customers.

    Returns
    -------
    list of dict
        One per part that can be scored so: ``part`` and the columns of the table of fits by which a
        model scores.
    """
    described = []
    for part, fold in enumerate(fits.plan.folds):
        if fits.task.can_learn(fold):
            # scores alone have no level: that of the others is met by those who are scored
            fitted = fits.calibrate(fits.fit(published, fold), fold)
            row = describe_model(fitted, keeps_estimator=True)
            if row["scoring_sql"]:
                row["estimator"] = None
            described.append({"part": part} | {name: row[name] for name in _COLUMNS})
    return described


def judge_shuffled(fits: FinalFits, champion: Candidate) -> Judgement:
    """Fit the champion on labels dealt out at random, and judge it on test rows with such labels.

    Nothing can be learnt then, so a metric other than chance would come of the procedure, not of
    the customers (Ojala and Garriga 2010, "Permutation tests for studying classifier performance").

    Parameters
    ----------
    fits : FinalFits
        The fits of the target.
    champion : Candidate
        The champion.

    Returns
    -------
    Judgement
        Its ROC AUC should be that of chance, 0.5.
    """
    test, y = fits.plan.test, fits.task.y.copy()
    rng = np.random.default_rng(fits.task.target.seed)
    # among those learnt from and those who judge apart: both keep as many of each class as they had
    for rows in (test.learn, test.judge):
        labelled = np.flatnonzero(rows & (y >= 0))
        y[labelled] = rng.permutation(y[labelled])
    shuffled = replace(fits, task=replace(fits.task, y=y))
    return shuffled.judge(shuffled.calibrate(shuffled.fit(champion, test), test), test)
