"""What a model loses where it cannot rely on a feature (Breiman 2001, "Random forests")."""

from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np

from customer_personas.features.encoding import Encoding
from customer_personas.features.sampling import take_evenly

MOST_ROWS = 1_000
REPEATS = 2
# So many features are shuffled for one prediction, each in rows of its own.
FEATURES_AT_ONCE = 8


def permutation_importances(
    predict: Callable[[np.ndarray], np.ndarray],
    X: np.ndarray,
    y: np.ndarray,
    encoding: Encoding,
    used_inputs: Sequence[str],
    seed: int,
    features: Collection[str] | None = None,
) -> list[dict[str, Any]]:
    """Measure what a model loses where the values of one feature are dealt out anew.

    Parameters
    ----------
    predict : callable
        Gives probabilities from inputs.
    X : numpy.ndarray of shape (rows, inputs)
        Inputs of rows that the model was not fitted on.
    y : numpy.ndarray of shape (rows,)
        Positions of their classes.
    encoding : Encoding
        The inputs; those of one feature are shuffled together.
    used_inputs : sequence of str
        Names of the inputs that the model looks at: without the others it loses nothing.
    seed : int
        Seed of the shuffles.
    features : collection of str, optional
        Which features are asked about; all of `encoding` without it.

    Returns
    -------
    list of dict
        ``feature_name``, ``log_loss_increase`` (mean over two shuffles), its
        ``standard_deviation`` over the shuffles and its ``standard_error`` over the rows, the most
        important first.
    """
    if not len(y):
        return []
    taken = take_evenly(np.arange(len(y)), MOST_ROWS)
    X, y = X[taken], y[taken]

    def losses(inputs: np.ndarray) -> np.ndarray:
        repeats = len(inputs) // len(y)
        chance = predict(inputs)[np.arange(len(inputs)), np.tile(y, repeats)]
        return -np.log(np.maximum(chance, 1e-4)).reshape(-1, min(repeats, REPEATS), len(y))

    rng = np.random.default_rng(seed)
    asked = [each for each in encoding.features if features is None or each in features]
    own = {
        feature: [place for place, each in enumerate(encoding.inputs) if each.feature == feature]
        for feature in asked
    }
    orders = {
        feature: np.concatenate([rng.permutation(len(X)) for _ in range(REPEATS)])
        for feature in asked
    }
    found = dict.fromkeys(asked, np.zeros((REPEATS, len(y))))
    used = [
        feature
        for feature in asked
        if any(encoding.names[place] in used_inputs for place in own[feature])
    ]
    honest = losses(X)[0]
    for start in range(0, len(used), FEATURES_AT_ONCE):
        shuffled = []
        for feature in (together := used[start : start + FEATURES_AT_ONCE]):
            shuffled.append(np.tile(X, (REPEATS, 1)))
            shuffled[-1][:, own[feature]] = X[orders[feature]][:, own[feature]]
        found.update(zip(together, losses(np.concatenate(shuffled)) - honest, strict=True))
    listed = [
        {
            "feature_name": feature,
            "log_loss_increase": float(np.mean(increases)),
            "standard_deviation": float(np.std(np.mean(increases, axis=1))),
            "standard_error": float(np.std(np.mean(increases, axis=0)) / np.sqrt(len(y))),
        }
        for feature, increases in found.items()
    ]
    return sorted(listed, key=lambda row: (-row["log_loss_increase"], row["feature_name"]))
