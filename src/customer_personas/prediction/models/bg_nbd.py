"""The baseline that knows how often and how lately customers bought.

BG/NBD: buying and leaving as two coins (Fader, Hardie, Lee 2005). Days with orders are counted:
``repeats`` of them after the first, the last one ``last`` days and the observation ``age`` days
after the first.
"""

from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import minimize
from scipy.special import gammaln, logit

from customer_personas.features.encoding import Encoding, Input
from customer_personas.prediction.model_parts.interface import (
    Algorithm,
    FittedModel,
    Settings,
    Target,
    TrainingRows,
)
from customer_personas.prediction.model_parts.sql import select_scores
from customer_personas.sql import number

HISTORY = ("order_days", "recency_days", "days_since_first_order")
LONGEST_DAYS = 100_000.0
PENALTY = 1e-4  # on the squared logarithms of the parameters: keeps them finite on few customers
LEAST_PROBABILITY = 1e-4


@dataclass(frozen=True)
class PurchaseModel:
    """Parameters of the model of purchases.

    Parameters
    ----------
    r, alpha : float
        Shape and rate (in days) of the gamma distribution of purchase rates.
    a, b : float
        Parameters of the beta distribution of the chance to leave after a purchase.
    """

    r: float
    alpha: float
    a: float
    b: float

    def probability(
        self, repeats: np.ndarray, last: np.ndarray, age: np.ndarray, horizon_days: int
    ) -> np.ndarray:
        """Give the probability of at least one purchase within the horizon.

        Parameters
        ----------
        repeats, last, age : numpy.ndarray of shape (customers,)
            Purchase history; days.
        horizon_days : int
            Days ahead.

        Returns
        -------
        numpy.ndarray of shape (customers,)
            Probabilities.
        """
        gone = np.where(
            repeats > 0,
            self.a
            / (self.b + np.maximum(repeats, 1) - 1)
            * np.exp((self.r + repeats) * np.log((self.alpha + age) / (self.alpha + last))),
            0.0,
        )
        quiet = np.exp(
            (self.r + repeats) * np.log((self.alpha + age) / (self.alpha + age + horizon_days))
        )
        return (1 - quiet) / (1 + gone)


NO_PURCHASES = PurchaseModel(1.0, 100.0, 1.0, 2.0)


@dataclass(frozen=True)
class BgNbdModel(FittedModel):
    """Scores are log-odds of a purchase within the horizon.

    Parameters
    ----------
    purchases : PurchaseModel
        The fitted model of purchases.
    never_bought : float
        Score of customers who never bought.
    horizon_days : int
        Days ahead.
    """

    purchases: PurchaseModel = field(kw_only=True)
    never_bought: float = field(kw_only=True)
    horizon_days: int = field(kw_only=True)

    def scores(self, X: np.ndarray) -> np.ndarray:
        """Score rows.

        Parameters
        ----------
        X : numpy.ndarray of shape (rows, 3)
            The features `HISTORY`.

        Returns
        -------
        numpy.ndarray of shape (rows, 2)
            Zeros, and the log-odds of a purchase.
        """
        orders, recency, first = X.T
        probability = self.purchases.probability(
            np.maximum(orders - 1, 0), np.maximum(first - recency, 0), first, self.horizon_days
        )
        score = np.where(orders > 0, log_odds(probability), self.never_bought)
        return np.column_stack([np.zeros(len(X)), score])

    def scores_sql(self) -> str:
        """Write the log-odds as SQL.

        Returns
        -------
        str
            Common table expressions of which the last is ``scores``.
        """
        r, alpha, a, b = (
            number(value)
            for value in (
                self.purchases.r,
                self.purchases.alpha,
                self.purchases.a,
                self.purchases.b,
            )
        )
        least = number(LEAST_PROBABILITY)
        horizon = number(self.horizon_days)
        expressions = [
            "0e0",
            f"case when bought then ln(probability / (1 - probability)) "
            f"else {number(self.never_bought)} end",
        ]
        return f"""histories as (
    select
        customer_id,
        order_days > 0 as bought,
        greatest(order_days - 1, 0) as repeats,
        greatest(days_since_first_order - recency_days, 0) as last_at,
        days_since_first_order as age
    from inputs
),

chances as (
    select
        customer_id,
        bought,
        1 - exp(({r} + repeats) * ln(({alpha} + age) / ({alpha} + age + {horizon}))) as would_buy,
        case when repeats > 0
            then {a} / ({b} + repeats - 1)
                * exp(({r} + repeats) * ln(({alpha} + age) / ({alpha} + last_at)))
            else 0e0
        end as odds_gone
    from histories
),

bounded as (
    select
        customer_id,
        bought,
        least(greatest(would_buy / (1 + odds_gone), {least}), 1 - {least}) as probability
    from chances
),

{select_scores(expressions, "bounded")}"""


class BgNbd(Algorithm):
    """The BG/NBD model, of the question whether a customer buys within the horizon."""

    name = "bg_nbd"
    is_baseline = True

    def suits(self, target: Target, encoding: Encoding) -> bool:
        """Say whether buying is asked for and the history known; see `Algorithm.suits`."""
        is_question = target.kind == "future" and target.classes == ["no", "yes"]
        return is_question and set(HISTORY) <= set(encoding.features)

    def inputs(self, target: Target, encoding: Encoding, shares: np.ndarray) -> Encoding:
        """Choose the purchase history as it is; see `Algorithm.inputs`."""
        return Encoding(
            tuple(
                Input(name, name, "", "number", low=0.0, high=LONGEST_DAYS, fill=0.0)
                for name in HISTORY
            )
        )

    def fit(
        self, target: Target, encoding: Encoding, rows: TrainingRows, settings: Settings
    ) -> BgNbdModel:
        """Fit it to the newest date, on which a customer's history counts once; see `Algorithm`."""
        orders, recency, first = rows.X[rows.is_newest].T
        bought = orders > 0
        history = (orders[bought] - 1, np.maximum(first - recency, 0)[bought], first[bought])
        purchases = fit_purchases(*history) if bought.any() else NO_PURCHASES
        never = rows.X[:, 0] == 0
        rate = (rows.y[never].sum() + 1) / (never.sum() + 2)
        return BgNbdModel(
            encoding,
            rows.class_count,
            purchases=purchases,
            never_bought=float(log_odds(rate)),
            horizon_days=target.horizon_days,
        )


def fit_purchases(repeats: np.ndarray, last: np.ndarray, age: np.ndarray) -> PurchaseModel:
    """Fit the model by maximum likelihood.

    Parameters
    ----------
    repeats, last, age : numpy.ndarray of shape (customers,)
        Purchase history of customers who bought at least once; days.

    Returns
    -------
    PurchaseModel
        The fitted parameters.
    """

    def loss(logarithms: np.ndarray) -> float:
        r, alpha, a, b = np.exp(logarithms)
        first = gammaln(r + repeats) - gammaln(r) + r * np.log(alpha)
        second = gammaln(a + b) + gammaln(b + repeats) - gammaln(b) - gammaln(a + b + repeats)
        alive = -(r + repeats) * np.log(alpha + age)
        left = np.where(
            repeats > 0,
            np.log(a)
            - np.log(b + np.maximum(repeats, 1) - 1)
            - (r + repeats) * np.log(alpha + last),
            -np.inf,
        )
        likelihood = np.mean(first + second + np.logaddexp(alive, left))
        return -likelihood + PENALTY * np.sum(logarithms**2)

    start = [0.0, np.log(max(float(np.mean(age)) / 2, 1.0)), 0.0, 1.0]
    result = minimize(loss, start, method="L-BFGS-B", bounds=[(-8.0, 12.0)] * 4)
    return PurchaseModel(*(float(value) for value in np.exp(result.x)))


def log_odds(probability: np.ndarray) -> np.ndarray:
    """Give logarithms of odds, bounded.

    Parameters
    ----------
    probability : numpy.ndarray
        Probabilities.

    Returns
    -------
    numpy.ndarray
        Finite numbers.
    """
    return logit(np.clip(probability, LEAST_PROBABILITY, 1 - LEAST_PROBABILITY))
