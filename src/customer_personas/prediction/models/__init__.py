"""The algorithms and baselines: a file each, and a line each in `REGISTRY`."""

from collections.abc import Sequence

import customer_personas.single_thread  # noqa: F401
from customer_personas.prediction.model_parts.interface import Algorithm
from customer_personas.prediction.models.best_feature import BestFeature
from customer_personas.prediction.models.bg_nbd import BgNbd
from customer_personas.prediction.models.choice_model import Choice
from customer_personas.prediction.models.decision_tree import DecisionTree
from customer_personas.prediction.models.gradient_boosting import GradientBoosting
from customer_personas.prediction.models.linear_svm import LinearSvm
from customer_personas.prediction.models.logistic_regression import LogisticRegression
from customer_personas.prediction.models.majority import Majority
from customer_personas.prediction.models.own_habit import OwnHabit
from customer_personas.prediction.models.random_forest import RandomForest
from customer_personas.prediction.models.rbf_svm import RbfSvm
from customer_personas.prediction.models.recency_only import RecencyOnly
from customer_personas.prediction.models.responded_before import RespondedBefore

# Baselines, the simplest first; then what the var `algorithms` may name, those first that gain the
# least from more rows: a few rules, few weights, many weights, many trees.
_ALL: tuple[Algorithm, ...] = (
    Majority(),
    RecencyOnly(),
    RespondedBefore(),
    BgNbd(),
    OwnHabit(),
    BestFeature(),
    DecisionTree(),
    LogisticRegression(),
    Choice(),
    LinearSvm(),
    RbfSvm(),
    RandomForest(),
    GradientBoosting(),
)
REGISTRY = {each.name: each for each in _ALL}
BASELINES = [each for each in _ALL if each.is_baseline]


def find_algorithms(names: Sequence[str]) -> list[Algorithm]:
    """Find algorithms by name.

    Parameters
    ----------
    names : sequence of str
        Names in the registry, none of a baseline.

    Returns
    -------
    list of Algorithm
        The algorithms, in the order of the names.

    Raises
    ------
    ValueError
        For a name that is not one of an algorithm.
    """
    known = {each.name: each for each in _ALL if not each.is_baseline}
    if unknown := [name for name in names if name not in known]:
        raise ValueError(
            f"Unknown algorithm {', '.join(unknown)} in the var algorithms; "
            f"known are {', '.join(known)}."
        )
    return [known[name] for name in names]
