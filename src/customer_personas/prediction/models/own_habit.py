"""The baseline that expects customers to go on spending as they did so far."""

from dataclasses import dataclass, field

import numpy as np

from customer_personas.features.encoding import Encoding, Input
from customer_personas.prediction.calibration import bounded_shares
from customer_personas.prediction.model_parts.interface import (
    Algorithm,
    FittedModel,
    Settings,
    Target,
    TrainingRows,
)
from customer_personas.prediction.model_parts.sql import select_scores
from customer_personas.sql import identifier, number

# The family of features with the share of a customer's spend on a category.
FAMILY = "categories"
# Weight of everybody's shares beside the customer's own: decides between equals only.
PRIOR_WEIGHT = 0.001


@dataclass(frozen=True)
class OwnHabitModel(FittedModel):
    """Scores are logarithms of the own shares of spend.

    Parameters
    ----------
    shares : numpy.ndarray of shape (classes,)
        Class shares of the training rows.
    own : tuple of int
        Classes with an input of their own, in the order of the inputs.
    """

    shares: np.ndarray = field(kw_only=True)
    own: tuple[int, ...] = field(kw_only=True)

    # the order of a customer's classes is the baseline itself
    keeps_priors = True

    def scores(self, X: np.ndarray) -> np.ndarray:
        """Score rows.

        Parameters
        ----------
        X : numpy.ndarray of shape (rows, inputs)
            Own shares of the classes that have an input.

        Returns
        -------
        numpy.ndarray of shape (rows, classes)
            Logarithms of shares, drawn slightly to those of everybody.
        """
        rest = np.maximum(1 - X.sum(axis=1), 0)
        share = rest[:, None] * self.rest_weights()
        share[:, list(self.own)] = X
        return np.log((share + PRIOR_WEIGHT * self.shares) / (1 + PRIOR_WEIGHT))

    def rest_weights(self) -> np.ndarray:
        """Say how spend on what has no input of its own is dealt out among the classes.

        Returns
        -------
        numpy.ndarray of shape (classes,)
            Weights, 0 for classes with an input.
        """
        weights = self.shares.copy()
        weights[list(self.own)] = 0
        return weights / weights.sum() if weights.sum() > 0 else weights

    def scores_sql(self) -> str:
        """Write the logarithms of shares as SQL.

        Returns
        -------
        str
            The common table expressions ``shares`` and ``scores``.
        """
        own = dict(zip(self.own, self.encoding.names, strict=True))
        rest = f"greatest(1 - ({' + '.join(map(identifier, self.encoding.names))}), 0)"
        expressions = []
        for position, weight in enumerate(self.rest_weights()):
            share = identifier(own[position]) if position in own else f"rest * {number(weight)}"
            prior = number(PRIOR_WEIGHT * self.shares[position])
            expressions.append(f"ln(({share} + {prior}) / {number(1 + PRIOR_WEIGHT)})")
        return f"""shares as (
    select *, {rest} as rest
    from inputs
),

{select_scores(expressions, "shares")}"""


class OwnHabit(Algorithm):
    """The own shares of spend so far, for targets whose classes are product categories."""

    name = "own_habit"
    is_baseline = True

    def suits(self, target: Target, encoding: Encoding) -> bool:
        """Say whether most classes have a share of spend; see `Algorithm.suits`."""
        known = habit_features(target)
        return sum(name in known for name in target.classes) > target.class_count / 2

    def inputs(self, target: Target, encoding: Encoding, shares: np.ndarray) -> Encoding:
        """Choose the own shares as they are; see `Algorithm.inputs`."""
        known = habit_features(target)
        return Encoding(
            tuple(
                Input(
                    f"share_{position}",
                    known[name],
                    "",
                    "number",
                    low=0.0,
                    high=1.0,
                    # what is assumed of customers who bought nothing yet
                    fill=float(shares[position]),
                )
                for position, name in enumerate(target.classes)
                if name in known
            )
        )

    def fit(
        self, target: Target, encoding: Encoding, rows: TrainingRows, settings: Settings
    ) -> OwnHabitModel:
        """Learn everybody's shares; see `Algorithm.fit`."""
        known = habit_features(target)
        return OwnHabitModel(
            encoding,
            rows.class_count,
            shares=bounded_shares(np.bincount(rows.y, minlength=rows.class_count)),
            own=tuple(place for place, name in enumerate(target.classes) if name in known),
        )


def habit_features(target: Target) -> dict[str, str]:
    """Find the features that say which share of the spend went to a category.

    Parameters
    ----------
    target : Target
        The target.

    Returns
    -------
    dict
        Name of the feature, by product category.
    """
    return {
        category: feature
        for category, family, feature in target.category_features
        if family == FAMILY
    }
