"""The models that are kept: fitted for good, calibrated for a date, judged on rows not seen."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import duckdb
import numpy as np

from customer_personas.features.catalog import read_catalog
from customer_personas.prediction.budget import CHAMPION_FACTOR, EARLIER_FACTOR
from customer_personas.prediction.calibrated_model import CalibratedModel
from customer_personas.prediction.calibration import correct_prior_shift
from customer_personas.prediction.data.splits import Plan, Split
from customer_personas.prediction.evaluation.importances import permutation_importances
from customer_personas.prediction.evaluation.judgement import Judgement, judge
from customer_personas.prediction.search import Candidate, Encodings, Task


@dataclass(frozen=True)
class FinalFits:
    """Fits of candidates whose hyper-parameters are chosen.

    Parameters
    ----------
    task : Task
        The target and its rows.
    plan : Plan
        Which rows are learnt from and which judge.
    encodings : Encodings
        What candidates may look at.
    """

    task: Task
    plan: Plan
    encodings: Encodings

    def fit(
        self, candidate: Candidate, split: Split, most_rows: int | None = None
    ) -> CalibratedModel:
        """Fit a candidate on the rows that a split learns from, and calibrate it for its date.

        Parameters
        ----------
        candidate : Candidate
            What was chosen.
        split : Split
            The rows.
        most_rows : int, optional
            So many of them at most, other than those of the task.

        Returns
        -------
        CalibratedModel
            The model.
        """
        (model,) = self.task.fit(
            candidate.algorithm, [candidate.settings], self.encodings, split.learn, most_rows
        )
        classes = self.task.target.classes
        fitted = CalibratedModel(
            model, classes, candidate.inverse_temperature, np.zeros(len(classes))
        )
        return self.calibrate(fitted, split)

    def calibrate(self, fitted: CalibratedModel, split: Split) -> CalibratedModel:
        """Correct the prior shift for the population of a split.

        Parameters
        ----------
        fitted : CalibratedModel
            A model.
        split : Split
            For whom it is calibrated.

        Returns
        -------
        CalibratedModel
            The same model with other offsets, unless it keeps its priors.
        """
        model = fitted.model
        if model.keeps_priors:
            return fitted
        X = self.task.rows.matrix(model.encoding, split.population)
        scaled = fitted.inverse_temperature * model.scores(X)
        return replace(fitted, prior_shift=correct_prior_shift(scaled, self.task.shares(split)))

    def now(self) -> Split:
        """Give the customers to be scored; for declared labels the test rows stand in for them.

        Returns
        -------
        Split
            Nobody to judge by, all of them as population.
        """
        rows, plan = self.task.rows, self.plan
        if self.task.target.kind == "declared" or not rows.as_of.any():
            return plan.test
        none = np.zeros(len(rows.as_of), dtype=bool)
        return Split(plan.test.learn, none, rows.as_of, rows.days[rows.as_of].max())

    def judge(self, fitted: CalibratedModel, split: Split) -> Judgement:
        """Judge a model on rows that it was not fitted on.

        Parameters
        ----------
        fitted : CalibratedModel
            A model that is calibrated for the date of the split.
        split : Split
            The rows.

        Returns
        -------
        Judgement
            What it is worth on them.
        """
        rows = self.task.rows
        return judge(
            self.task.y[split.judge],
            fitted.probabilities(rows.matrix(fitted.model.encoding, split.judge)),
            self.task.target.classes,
            self.task.target.seed,
        )

    def fit_all(
        self, candidates: Sequence[Candidate], champion: Candidate | None
    ) -> dict[str, CalibratedModel]:
        """Fit candidates on what the published model may learn from, the champion on more of it.

        Parameters
        ----------
        candidates : sequence of Candidate
            What was tried.
        champion : Candidate or None
            The best of them.

        Returns
        -------
        dict
            Models by algorithm, calibrated for the test date.
        """
        more = CHAMPION_FACTOR * self.task.most_rows
        return {
            each.algorithm.name: self.fit(each, self.plan.test, more if each is champion else None)
            for each in candidates
        }

    def judge_earlier(self, candidates: Sequence[Candidate]) -> dict[str, dict[date, Judgement]]:
        """Judge candidates on the earlier dates, each time fitted on dates before it.

        Parameters
        ----------
        candidates : sequence of Candidate
            What is judged.

        Returns
        -------
        dict
            Judgements by algorithm and date.
        """
        fewer = int(EARLIER_FACTOR * self.task.most_rows)
        found: dict[str, dict[date, Judgement]] = {each.algorithm.name: {} for each in candidates}
        for split in filter(self.task.can_learn, self.plan.earlier):
            for each in candidates:
                if split.day:
                    fitted = self.fit(each, split, fewer)
                    found[each.algorithm.name][split.day] = self.judge(fitted, split)
        return found

    def importances(self, fitted: CalibratedModel) -> list[dict[str, Any]]:
        """Measure what a model loses on the test rows where a feature is shuffled.

        Parameters
        ----------
        fitted : CalibratedModel
            The model.

        Returns
        -------
        list of dict
            See `permutation_importances`.
        """
        task, encoding = self.task, fitted.model.encoding
        mask = self.plan.test.judge & (task.y >= 0)
        then = self.calibrate(fitted, self.plan.test)
        return permutation_importances(
            then.probabilities,
            task.rows.matrix(encoding, mask),
            task.y[mask],
            encoding,
            fitted.model.used_inputs(),
            task.target.seed,
        )

    def describe_rows(self, catalog: duckdb.DuckDBPyRelation) -> dict[str, Any]:
        """Say which rows the models learnt from and were judged by.

        Parameters
        ----------
        catalog : duckdb.DuckDBPyRelation
            The whole feature catalogue.

        Returns
        -------
        dict
            Columns of the table of fits.
        """
        task, plan = self.task, self.plan
        undated = catalog.filter("in_classification and not coalesce(is_dated, false)")

        def days(mask: np.ndarray) -> list[date]:
            return sorted(set(task.rows.days[mask & (task.y >= 0)]))

        return {
            "training_dates": days(plan.test.learn),
            "validation_dates": [fold.day for fold in plan.folds if fold.day],
            "test_dates": days(plan.test.judge),
            "training_rows": int(np.count_nonzero(plan.test.learn & (task.y >= 0))),
            "test_rows": int(np.count_nonzero(plan.test.judge & (task.y >= 0))),
            "undated_features_left_out": (
                [row["feature_name"] for row in read_catalog(task.rows.relation(), undated)]
                if task.target.kind == "future"
                else []
            ),
        }
