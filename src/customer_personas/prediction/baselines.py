"""What a model has to beat: predictions that need no learning worth the name.

``majority`` knows the class shares only, ``recency_only`` how long ago the last order was,
``bg_nbd`` how often and how lately customers bought, ``own_habit`` what they spent money on so far.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import numpy as np

from customer_personas.features.encoding import Encoding, Input
from customer_personas.prediction.bg_nbd import BgNbd, fit_bg_nbd, log_odds
from customer_personas.prediction.calibration import bounded_shares
from customer_personas.prediction.estimators import Fitted, fit

BASELINES = ("majority", "recency_only", "bg_nbd", "own_habit")
RECENCY = "recency_days"
HISTORY = ("order_days", "recency_days", "days_since_first_order")
# Weight of everybody's shares beside the customer's own: decides between equals only.
HABIT_PRIOR = 0.001
LONGEST_DAYS = 100_000.0


@dataclass(frozen=True)
class Baseline:
    """A fitted baseline.

    Parameters
    ----------
    algorithm : str
        One of `BASELINES`.
    encoding : Encoding
        What it looks at.
    class_count : int
        Number of classes.
    recency : Fitted or None
        The logistic regression on recency.
    bg_nbd : BgNbd or None
        The fitted model of purchases.
    never_bought : float
        Score of customers who never bought.
    horizon_days : int
        Days ahead.
    shares : numpy.ndarray or None
        Everybody's class shares.
    own : tuple of int
        Classes with an input of their own, in the order of the inputs.
    """

    algorithm: str
    encoding: Encoding
    class_count: int
    recency: Fitted | None = None
    bg_nbd: BgNbd | None = None
    never_bought: float = 0.0
    horizon_days: int = 0
    shares: np.ndarray | None = None
    own: tuple[int, ...] = ()

    @property
    def keeps_order(self) -> bool:
        """Whether the order of a customer's classes is the baseline itself, not to be moved."""
        return self.algorithm == "own_habit"

    def scores(self, X: np.ndarray) -> np.ndarray:
        """Score rows, as `Fitted.scores` does.

        Parameters
        ----------
        X : numpy.ndarray
            The inputs of `encoding`.

        Returns
        -------
        numpy.ndarray
            One column per class.
        """
        if self.algorithm == "majority":
            return np.zeros((len(X), self.class_count))
        if self.algorithm == "recency_only":
            return self.recency.scores(X)
        if self.algorithm == "bg_nbd":
            orders, recency, first = X.T
            probability = self.bg_nbd.probability(
                np.maximum(orders - 1, 0), np.maximum(first - recency, 0), first, self.horizon_days
            )
            score = np.where(orders > 0, log_odds(probability), self.never_bought)
            return np.column_stack([np.zeros(len(X)), score])
        rest = np.maximum(1 - X.sum(axis=1), 0)
        share = rest[:, None] * self.rest_weights()
        share[:, list(self.own)] = X
        return np.log((share + HABIT_PRIOR * self.shares) / (1 + HABIT_PRIOR))

    def rest_weights(self) -> np.ndarray:
        """How spend on what has no input of its own is dealt out among the classes.

        Returns
        -------
        numpy.ndarray
            One weight per class, 0 for those with an input.
        """
        weights = self.shares.copy()
        weights[list(self.own)] = 0
        return weights / weights.sum() if weights.sum() > 0 else weights


def baseline_names(
    kind: str, classes: Sequence[str], columns: Sequence[str], habits: dict[str, str]
) -> list[str]:
    """List the baselines that a target has.

    Parameters
    ----------
    kind : {"future", "declared"}
        The kind of the target.
    classes : sequence of str
        Names of the classes.
    columns : sequence of str
        Features that there are.
    habits : dict
        Feature with the own share, by class.

    Returns
    -------
    list of str
        Names out of `BASELINES`.
    """
    names = ["majority"]
    if kind == "future" and len(classes) == 2 and RECENCY in columns:
        names.append("recency_only")
    if kind == "future" and list(classes) == ["no", "yes"] and set(HISTORY) <= set(columns):
        names.append("bg_nbd")
    if sum(name in habits for name in classes) > len(classes) / 2:
        names.append("own_habit")
    return names


def baseline_encoding(
    algorithm: str,
    encoding: Encoding,
    classes: Sequence[str],
    habits: dict[str, str],
    shares: np.ndarray,
) -> Encoding:
    """Give the inputs of a baseline.

    Parameters
    ----------
    algorithm : str
        One of `BASELINES`.
    encoding : Encoding
        The encoding of all features, for those inputs that are the same.
    classes : sequence of str
        Names of the classes.
    habits : dict
        Feature with the own share, by class.
    shares : numpy.ndarray
        Everybody's class shares: what is assumed of customers who bought nothing yet.

    Returns
    -------
    Encoding
        The inputs.
    """
    if algorithm == "recency_only":
        return encoding.keep([each.name for each in encoding.inputs if each.feature == RECENCY])
    if algorithm == "bg_nbd":
        return Encoding(
            tuple(
                Input(name, name, "", "number", low=0.0, high=LONGEST_DAYS, fill=0.0)
                for name in HISTORY
            )
        )
    if algorithm == "own_habit":
        return Encoding(
            tuple(
                Input(
                    f"share_{position}",
                    habits[name],
                    "",
                    "number",
                    low=0.0,
                    high=1.0,
                    fill=float(shares[position]),
                )
                for position, name in enumerate(classes)
                if name in habits
            )
        )
    return Encoding(())


def fit_baseline(
    algorithm: str,
    encoding: Encoding,
    X: np.ndarray,
    y: np.ndarray,
    newest: np.ndarray,
    classes: Sequence[str],
    habits: dict[str, str],
    horizon_days: int,
    seed: int,
) -> Baseline:
    """Fit a baseline.

    Parameters
    ----------
    algorithm : str
        One of `BASELINES`.
    encoding : Encoding
        Its inputs.
    X, y : numpy.ndarray
        Inputs and positions of the classes.
    newest : numpy.ndarray
        Mask of the rows of the newest date: a customer's history counts once.
    classes : sequence of str
        Names of the classes.
    habits : dict
        Feature with the own share, by class.
    horizon_days : int
        Days ahead.
    seed : int
        Seed of whatever is random.

    Returns
    -------
    Baseline
        The fitted baseline.
    """
    count = len(classes)
    if algorithm == "recency_only":
        hyper_parameters = {"C": 1.0}
        recency = fit("logistic_regression", hyper_parameters, X, y, count, seed)
        return Baseline(algorithm, encoding, count, recency=recency)
    if algorithm == "bg_nbd":
        orders, recency, first = X[newest].T
        bought = orders > 0
        history = (orders[bought] - 1, np.maximum(first - recency, 0)[bought], first[bought])
        model = fit_bg_nbd(*history) if bought.any() else BgNbd(1.0, 100.0, 1.0, 2.0)
        never = X[:, 0] == 0
        rate = (y[never].sum() + 1) / (never.sum() + 2)
        return Baseline(
            algorithm,
            encoding,
            count,
            bg_nbd=model,
            never_bought=float(log_odds(rate)),
            horizon_days=horizon_days,
        )
    shares = bounded_shares(np.bincount(y, minlength=count))
    own = tuple(position for position, name in enumerate(classes) if name in habits)
    return Baseline(algorithm, encoding, count, shares=shares, own=own)


def habit_features(catalog: duckdb.DuckDBPyRelation, columns: Sequence[str]) -> dict[str, str]:
    """Find the features that say which share of the spend went to a category.

    Parameters
    ----------
    catalog : duckdb.DuckDBPyRelation
        The feature catalogue.
    columns : sequence of str
        Features that there are.

    Returns
    -------
    dict
        Name of the feature, by product category.
    """
    rows = catalog.filter("family = 'categories' and product_category is not null")
    pairs = rows.project("product_category, feature_name").order("feature_name").fetchall()
    return {category: feature for category, feature in pairs if feature in columns}
