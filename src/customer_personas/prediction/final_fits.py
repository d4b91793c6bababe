"""The models that are kept: fitted for good, calibrated for a date, judged on rows not seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import duckdb
import numpy as np

from customer_personas.features.catalog import read_catalog
from customer_personas.prediction.budget import CHAMPION_FACTOR, EARLIER_FACTOR
from customer_personas.prediction.calibrated_model import CalibratedModel
from customer_personas.prediction.calibration import correct_prior_shift, probabilities
from customer_personas.prediction.data.cohort import Cohort
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
    fitted : dict
        Encodings of other rows, and models of earlier dates, that were needed before.
    """

    task: Task
    plan: Plan
    encodings: Encodings
    fitted: dict[Any, Any] = field(default_factory=dict)

    def fit(
        self, candidate: Candidate, split: Split, most_rows: int | None = None
    ) -> CalibratedModel:
        """Fit a candidate on the rows that a split learns from, not calibrated for a date yet.

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
            candidate.algorithm,
            [candidate.settings],
            self.encodings_of(split),
            split.learn,
            most_rows,
        )
        classes = self.task.target.classes
        return CalibratedModel(
            model, classes, candidate.inverse_temperature, np.zeros(len(classes))
        )

    def encodings_of(self, split: Split) -> Encodings:
        """Give the inputs, fitted to the rows that a split learns from.

        Parameters
        ----------
        split : Split
            The rows.

        Returns
        -------
        Encodings
            The inputs of the features that were selected for the published model.
        """
        if split is self.plan.test:
            return self.encodings
        if id(split) not in self.fitted:
            known = split.learn & (self.task.y >= 0)
            then = self.task.rows.fit_encoding(self.encodings.all_features, known)
            features = set(self.encodings.selected.features)
            # the split is kept with them: its id is nobody else's as long as it lives
            self.fitted[id(split)] = split, Encodings.choose(then, features)
        return self.fitted[id(split)][1]

    def fit_for(self, candidate: Candidate, split: Split) -> CalibratedModel:
        """Fit a candidate for a date that is looked back at, from fewer rows, once.

        Parameters
        ----------
        candidate : Candidate
            What was chosen.
        split : Split
            The date.

        Returns
        -------
        CalibratedModel
            The model, calibrated for that date.
        """
        key = candidate.algorithm.name, split.day
        if key not in self.fitted:
            fewer = int(EARLIER_FACTOR * self.task.most_rows)
            self.fitted[key] = self.calibrate(self.fit(candidate, split, fewer), split)
        return self.fitted[key]

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
        """Give the customers to be scored; for other labels the test rows stand in for them.

        Returns
        -------
        Split
            Nobody to judge by, all of them as population.
        """
        rows, plan = self.task.rows, self.plan
        if self.task.target.kind != "future" or not rows.as_of.any():
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
            Models by algorithm, not calibrated for a date yet.
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
        found: dict[str, dict[date, Judgement]] = {each.algorithm.name: {} for each in candidates}
        for split in filter(self.task.can_learn, self.plan.earlier):
            for each in candidates:
                if split.day:
                    fitted = self.fit_for(each, split)
                    found[each.algorithm.name][split.day] = self.judge(fitted, split)
        return found

    def judge_all(
        self, models: Mapping[str, CalibratedModel], cohort: Cohort
    ) -> dict[str, Judgement]:
        """Judge models on all customers of the test date, calibrated for them.

        Parameters
        ----------
        models : mapping
            Models by name.
        cohort : Cohort
            The customers.

        Returns
        -------
        dict
            Judgements by name.
        """
        target = self.task.target
        scoring = {name: each.model for name, each in models.items()}
        labelled, y, scores = cohort.score(scoring, target.classes)
        shares = self.task.shares(self.plan.test)
        found = {}
        for name, each in models.items():
            factor, shift = each.inverse_temperature, each.prior_shift
            if not each.model.keeps_priors:
                shift = correct_prior_shift(factor * scores[name], shares)
            chance = probabilities(scores[name][labelled], factor, shift)
            found[name] = judge(y[labelled], chance, target.classes, target.seed)
        return found

    def judge_refit(self, candidate: Candidate) -> tuple[Judgement, Judgement] | None:
        """Look back whether a model that learnt from the newest labels would have been better.

        On a date the newest labels are those of one horizon before it. A model that was judged
        there first has learnt from labels of one horizon before that.

        Parameters
        ----------
        candidate : Candidate
            What is published.

        Returns
        -------
        tuple of Judgement or None
            What fits with the newest labels and what fits that were judged first are worth, on all
            dates together that have both; None where no date has.
        """
        horizon = timedelta(days=self.task.target.horizon_days)
        known = [each for each in self.plan.earlier if self.task.can_learn(each)]
        judged = []
        for split in [*known, self.plan.test]:
            before = [
                each for each in known if each.day and split.day and each.day <= split.day - horizon
            ]
            if before:
                models = self.fit_for(candidate, split), self.fit_for(candidate, before[-1])
                judged.append((split, [self.calibrate(each, split) for each in models]))
        if not judged:
            return None
        y = np.concatenate([self.task.y[split.judge] for split, _ in judged])
        customers = np.concatenate([self.task.rows.customers[split.judge] for split, _ in judged])
        newest, first = (
            judge(
                y,
                np.concatenate(
                    [
                        models[place].probabilities(
                            self.task.rows.matrix(models[place].model.encoding, split.judge)
                        )
                        for split, models in judged
                    ]
                ),
                self.task.target.classes,
                self.task.target.seed,
                customers,
            )
            for place in (0, 1)
        )
        return newest, first

    def newest(self) -> Split:
        """Give everything that there are labels of, the test date included.

        Returns
        -------
        Split
            Rows to learn from, and nobody to judge by.
        """
        rows = self.task.rows
        if "newest" not in self.fitted:
            none = np.zeros(len(rows.labelled), dtype=bool)
            self.fitted["newest"] = Split(rows.labelled, none, none)
        return self.fitted["newest"]

    def refit(self, candidate: Candidate) -> CalibratedModel:
        """Fit what is published once more, with the newest labels.

        Parameters
        ----------
        candidate : Candidate
            What is published.

        Returns
        -------
        CalibratedModel
            The model, not calibrated for a date yet.
        """
        return self.fit(candidate, self.newest(), CHAMPION_FACTOR * self.task.most_rows)

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

    def describe_learnt(self, split: Split) -> dict[str, Any]:
        """Say which rows a model learnt from.

        Parameters
        ----------
        split : Split
            The rows.

        Returns
        -------
        dict
            Columns of the table of fits.
        """
        learnt = split.learn & (self.task.y >= 0)
        return {
            "training_dates": sorted(set(self.task.rows.days[learnt])),
            "training_rows": int(np.count_nonzero(learnt)),
        }

    def describe_rows(self, catalog: duckdb.DuckDBPyRelation, test_rows: int) -> dict[str, Any]:
        """Say which rows the models learnt from and were judged by.

        Parameters
        ----------
        catalog : duckdb.DuckDBPyRelation
            The whole feature catalogue.
        test_rows : int
            Number of rows that they were judged by.

        Returns
        -------
        dict
            Columns of the table of fits.
        """
        task, plan = self.task, self.plan
        undated = catalog.filter("in_classification and not coalesce(is_dated, false)")

        def days(mask: np.ndarray) -> list[date]:
            return sorted(set(task.rows.days[mask & (task.y >= 0)]))

        return self.describe_learnt(plan.test) | {
            "validation_dates": [fold.day for fold in plan.folds if fold.day],
            "test_dates": days(plan.test.judge),
            "test_rows": test_rows,
            "undated_features_left_out": (
                [row["feature_name"] for row in read_catalog(task.rows.relation(), undated)]
                if task.target.kind != "declared"
                else []
            ),
        }
