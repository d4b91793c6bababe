"""Which features a target is learnt from, and why the others are left out."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy.stats import rankdata

from customer_personas.features.encoding import Encoding
from customer_personas.prediction.calibration import probabilities
from customer_personas.prediction.evaluation.importances import permutation_importances
from customer_personas.prediction.model_parts.interface import Target, TrainingRows
from customer_personas.prediction.models.gradient_boosting import GradientBoosting

# Two features that rank customers so alike say the same.
COLLINEAR = 0.98
# A feature that alone tells classes apart so well is more likely a copy of the label than a find:
# declared labels have no date, so such a feature is withheld until somebody confirms that it is
# known before. What is learnt about the future comes from records before it, and is warned of only.
TOO_GOOD_ALONE = 0.95
# Of a hundred features of nothing some tell few rows apart as well: so many standard errors of pure
# chance are asked for, too, which takes about five rows of the rarer class to judge by.
SURE_ERRORS = 3.5
# A feature is uninformative where alone it tells no more than so many standard errors of pure
# chance, and nothing in company either.
CHANCE_ERRORS = 2.0
# Parts that a number is dealt into to be looked at alone, and how many rows with everybody's shares
# each of them starts from.
BINS = 16
PRIOR_ROWS = 10
# The boosting that judges a feature in the company of the others.
COMPANY = {"max_iter": 10, "max_leaf_nodes": 8}


@dataclass(frozen=True)
class Judged:
    """What was found about one feature.

    Parameters
    ----------
    feature_name : str
        The feature.
    auc_alone : float or None
        Area under the ROC curve (of several classes their mean) of the class shares among rows
        whose value of this feature is in the same sixteenth, on other rows; None where the feature
        has no input, or where no rows of two classes could judge it.
    importance : float or None
        By how much a boosting with all features gets worse (held-out log loss) where this one is
        shuffled; None where the feature alone tells enough.
    correlated_with : str or None
        The feature kept that ranks customers most alike.
    correlation : float or None
        Spearman's correlation with it, without sign.
    is_used : bool
        Whether models may use it.
    is_suspicious : bool
        Whether it alone is too good to be true, and nobody has confirmed it.
    reason : str
        Why it is used or not.
    """

    feature_name: str
    auc_alone: float | None
    importance: float | None
    correlated_with: str | None
    correlation: float | None
    is_used: bool
    is_suspicious: bool
    reason: str

    def to_dict(self) -> dict[str, Any]:
        """Give the fields.

        Returns
        -------
        dict
            By name.
        """
        return asdict(self)


def select_features(
    target: Target,
    encoding: Encoding,
    X: np.ndarray,
    y: np.ndarray,
    held_out: np.ndarray,
    confirmed: Collection[str] = (),
) -> list[Judged]:
    """Judge every feature on rows that learn and rows that are held out.

    Parameters
    ----------
    target : Target
        The target.
    encoding : Encoding
        The inputs, columns of `X`, and the features that gave none.
    X : numpy.ndarray of shape (rows, inputs)
        The inputs.
    y : numpy.ndarray of shape (rows,)
        Positions of the classes, none of them -1.
    held_out : numpy.ndarray of shape (rows,)
        Mask of the rows that judge.
    confirmed : collection of str
        Features that are known before what they tell, however well they tell it.

    Returns
    -------
    list of Judged
        The features used, the most telling first; then those left out.
    """
    columns: dict[str, list[int]] = {}
    for position, each in enumerate(encoding.inputs):
        columns.setdefault(each.feature, []).append(position)
    areas = {
        feature: _area_alone(X[:, own], y, held_out, target.class_count)
        for feature, own in columns.items()
    }
    least = 0.5 + SURE_ERRORS * _chance_error(y[held_out], target.class_count)
    suspicious = {
        feature
        for feature, area in areas.items()
        if area >= max(TOO_GOOD_ALONE, least) and feature not in confirmed
    }
    withheld = sorted(suspicious) if target.kind == "declared" else []
    trusted = [place for place, each in enumerate(encoding.inputs) if each.feature not in withheld]
    # without them, since beside a copy of the label no other feature would tell anything
    judged = _select_among(
        target,
        encoding.keep([encoding.names[place] for place in trusted]),
        X[:, trusted],
        y,
        held_out,
        {feature: area for feature, area in areas.items() if feature not in withheld},
        suspicious,
    )
    for feature in withheld:
        reason = (
            f"Withheld: alone it tells the classes apart too well (area under the curve "
            f"{areas[feature]:.3f}), as a copy of the label does, known only afterwards. If it is "
            "known before, name it in the var confirmed_features."
        )
        judged.append(Judged(feature, areas[feature], None, None, None, False, True, reason))
    return judged + _list_unused(encoding)


def use_all(encoding: Encoding) -> list[Judged]:
    """Use every feature, where no rows tell of single ones.

    Parameters
    ----------
    encoding : Encoding
        The inputs, and the features that gave none.

    Returns
    -------
    list of Judged
        Those with an input, then those left out.
    """
    reason = "Used: no rows of two classes, and others to judge by, say what it tells alone."
    used = [Judged(name, None, None, None, None, True, False, reason) for name in encoding.features]
    return used + _list_unused(encoding)


def _list_unused(encoding: Encoding) -> list[Judged]:
    """List the features that gave no input."""
    return [
        Judged(
            unused["feature"],
            None,
            None,
            None,
            None,
            False,
            False,
            f"Left out: {unused['reason']}.",
        )
        for unused in encoding.left_out
    ]


def _select_among(
    target: Target,
    encoding: Encoding,
    X: np.ndarray,
    y: np.ndarray,
    held_out: np.ndarray,
    areas: dict[str, float],
    suspicious: set[str],
) -> list[Judged]:
    """Judge features beside each other, given what each tells alone."""
    least = 0.5 + CHANCE_ERRORS * _chance_error(y[held_out], target.class_count)
    doubtful = {feature for feature, area in areas.items() if area < least}
    importances = _importances(target, encoding, X, y, held_out, doubtful)
    kept: list[Judged] = []
    left_out: list[Judged] = []
    correlations = _rank_correlations(X, encoding)
    for feature in sorted(areas, key=lambda name: (-areas[name], name)):
        area = areas[feature]
        alike = correlations.get(feature, {})
        near = [
            (alike[each.feature_name], each.feature_name)
            for each in kept
            if each.feature_name in alike
        ]
        correlation, twin = max(near, default=(None, None))
        is_suspicious = feature in suspicious
        importance, error = importances.get(feature, (None, 0.0))
        if importance is not None and importance <= CHANCE_ERRORS * error:
            reason = (
                f"Uninformative: alone it tells the classes apart no better than chance "
                f"(area under the curve {area:.3f}, below {least:.3f}), and beside the others it "
                "adds nothing beyond chance."
            )
        elif correlation is not None and correlation >= COLLINEAR:
            reason = f"Collinear: it ranks customers as {twin} does ({correlation:.3f})."
        else:
            reason = f"Used: area under the curve {area:.3f} alone."
            if is_suspicious:
                reason += (
                    f" Suspicious: at {TOO_GOOD_ALONE} or more it may be a copy of the label, "
                    "known only afterwards. Check where it comes from."
                )
            kept.append(
                Judged(feature, area, importance, twin, correlation, True, is_suspicious, reason)
            )
            continue
        left_out.append(
            Judged(feature, area, importance, twin, correlation, False, is_suspicious, reason)
        )
    return kept + left_out


def _importances(
    target: Target,
    encoding: Encoding,
    X: np.ndarray,
    y: np.ndarray,
    held_out: np.ndarray,
    features: set[str],
) -> dict[str, tuple[float, float]]:
    """Measure what features add to a boosting with all of them, with its standard error."""
    if not features:
        return {}
    learn = ~held_out
    rows = TrainingRows(X[learn], y[learn], np.ones(learn.sum(), dtype=bool), target.class_count)
    company = GradientBoosting().fit(target, encoding, rows, COMPANY)
    found = permutation_importances(
        lambda inputs: probabilities(company.scores(inputs), 1.0, np.zeros(target.class_count)),
        X[held_out],
        y[held_out],
        encoding,
        company.used_inputs(),
        target.seed,
        features,
    )
    return {
        each["feature_name"]: (each["log_loss_increase"], each["standard_error"]) for each in found
    }


def _area_alone(X: np.ndarray, y: np.ndarray, held_out: np.ndarray, class_count: int) -> float:
    """Judge the class shares of rows with like values of some inputs, on rows held out."""
    bins = _deal_into_bins(X, ~held_out)
    bin_count = int(bins.max()) + 1
    learnt, judged = (
        np.bincount(bins[rows] * class_count + y[rows], minlength=bin_count * class_count).reshape(
            bin_count, class_count
        )
        for rows in (~held_out, held_out)
    )
    prior = learnt.sum(axis=0) / learnt.sum()
    shares = (learnt + PRIOR_ROWS * prior) / (learnt.sum(axis=1, keepdims=True) + PRIOR_ROWS)
    scored = range(class_count) if class_count > 2 else [1]
    areas = []
    for k in scored:
        _, levels = np.unique(-shares[:, k], return_inverse=True)
        hits = np.bincount(levels, judged[:, k])
        misses = np.bincount(levels, judged.sum(axis=1)) - hits
        if hits.sum() and misses.sum():
            ahead = np.cumsum(misses) - misses / 2
            areas.append(1 - hits @ ahead / (hits.sum() * misses.sum()))
    return float(np.mean(areas)) if areas else 0.5


def _deal_into_bins(X: np.ndarray, learn: np.ndarray) -> np.ndarray:
    """Give rows with like values one number; numbers are dealt into sixteen parts of a size."""
    numbers = np.zeros(len(X), dtype=int)
    for column in X.T:
        distinct = np.unique(column[learn])
        if len(distinct) > BINS:
            distinct = np.unique(np.quantile(column[learn], np.linspace(0, 1, BINS + 1)[1:]))
        numbers = numbers * len(distinct) + np.searchsorted(distinct[:-1], column)
        # numbered anew without those that nobody has, by counting: a sort takes twice as long
        numbers = (np.cumsum(np.bincount(numbers) > 0) - 1)[numbers]
    return numbers


def _chance_error(y: np.ndarray, class_count: int) -> float:
    """Give the standard error of an area (or a mean of areas) that is only chance."""
    counts = np.bincount(y, minlength=class_count)
    shown = counts[(counts > 0) & (counts < len(y))]
    if class_count == 2:
        shown = shown[-1:]
    if not len(shown):
        return 0.5
    errors = [(len(y) + 1) / (12 * count * (len(y) - count)) for count in shown]
    return float(np.sqrt(np.sum(errors)) / len(errors))


def _rank_correlations(X: np.ndarray, encoding: Encoding) -> dict[str, dict[str, float]]:
    """Give Spearman's correlation, without sign, of each two features that are numbers."""
    places = {
        each.feature: place for place, each in enumerate(encoding.inputs) if each.kind == "number"
    }
    if not places:
        return {}
    ranks = rankdata(X[:, list(places.values())], axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        found = np.nan_to_num(np.abs(np.atleast_2d(np.corrcoef(ranks, rowvar=False))))
    return {
        feature: dict(zip(places, row, strict=True))
        for feature, row in zip(places, found.tolist(), strict=True)
    }
