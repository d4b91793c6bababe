"""What is told of a model of several classes, together, tells no count of few customers."""

import os

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array
from test_model_reconstruction import CELL
from test_ranking_reconstruction import MORE_CLASSES, around, publish

__all__ = ["publish"]

FEW_EACH = "(few each)"


def judged(customers: int, classes: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw who has which class, one of them a rare one, and probabilities good or bad."""
    rng = np.random.default_rng([customers, classes, seed])
    shares = rng.dirichlet(np.full(classes, rng.choice([1, 4])))
    y = np.concatenate([np.arange(classes), rng.choice(classes, customers - classes, p=shares)])
    score = rng.normal(0, 1, (customers, classes)) + np.log(shares + 0.05)
    score[np.arange(customers), y] += rng.choice([0.5, 2, 4])
    chance = np.exp(score) / np.exp(score).sum(axis=1, keepdims=True)
    return y, chance


def cells_of(y: np.ndarray, chance: np.ndarray, told: dict) -> dict[str, tuple]:
    """Say of each count who may be in it, of which class they are, and how many it can be."""
    # who is in which tenth and bin of each class is no secret to the attacker
    classes = MORE_CLASSES[: chance.shape[1]]
    tables = {"decile": told["model_gains"].copy(), "bin": told["model_calibration"].copy()}
    tables["bin"]["hits"] = tables["bin"]["hit_rate"] * tables["bin"]["customers"]
    exact = {}
    for name, column in (("decile", "decile"), ("bin", "probability_bin")):
        rows = tables[name].sort_values(column, ascending=name == "decile")
        for number, of in rows.groupby("class"):
            label = classes.index(number)
            order = np.argsort(-chance[:, label], kind="stable")
            ends = of["customers"].cumsum().to_numpy()
            for each, end in zip(of.itertuples(), ends, strict=True):
                mine = order[end - each.customers : end]
                hits = np.nan if pd.isna(each.hits) else float(each.hits)
                key = f"{name} {number} {getattr(each, column)}"
                exact[key] = (mine, label, hits, int((y[mine] == label).sum()))
    few = [min(n, len(mine) - n) for mine, _, _, n in exact.values()]
    coarse = any(0 < each < CELL for each in few) or any(
        len(mine) < CELL for mine, *_ in exact.values()
    )
    cells = {
        key: (mine, label, *around(hits, len(mine), coarse), n)
        for key, (mine, label, hits, n) in exact.items()
    }
    errors = told["model_confusion"].set_index(["actual", "predicted"])["customers"]
    guesses = chance.argmax(axis=1)
    for label, name in enumerate(classes):
        everybody = np.arange(len(y))
        cells[f"all {name}"] = (everybody, label, *[(y == label).sum()] * 3)
        # whom the model takes for which class is known where all errors are told
        for guess, other in enumerate(classes) if FEW_EACH not in errors.index.levels[1] else ():
            count = errors.get((name, other), 0)
            cells[f"{name} taken for {other}"] = (everybody[guesses == guess], label, *[count] * 3)
    return cells


def worked_out(y: np.ndarray, chance: np.ndarray, told: dict) -> list[str]:
    """List the small counts that can be nothing else, given everything that is told."""
    cells, size = cells_of(y, chance, told), chance.shape[1]
    width = len(y) * size
    places = {key: mine * size + label for key, (mine, label, *_) in cells.items()}
    rows = np.concatenate([np.full(len(place), n) for n, place in enumerate(places.values())])
    columns = np.concatenate(list(places.values()))
    sums = coo_array((np.ones(len(rows)), (rows, columns)), (len(cells), width)).tocsr()
    lows, highs = (np.array([cell[n] for cell in cells.values()], float) for n in (2, 3))
    # the truth is one of the worlds
    true = np.zeros(width)
    true[np.arange(len(y)) * size + y] = 1
    assert (sums @ true >= lows - 1e-9).all() and (sums @ true <= highs + 1e-9).all()
    # each customer is of one class
    one = coo_array((np.ones(width), (np.repeat(np.arange(len(y)), size), np.arange(width))))
    limits = [LinearConstraint(sums, lows, highs), LinearConstraint(one.tocsr(), 1, 1)]
    found = []
    for key, (mine, _, _, _, n) in cells.items():
        if key.startswith("all ") or not 0 < min(n, len(mine) - n) < CELL:
            continue
        goal = np.zeros(width)
        goal[places[key]] = 1
        others = [
            milp(
                np.zeros(width),
                constraints=[*limits, LinearConstraint(goal, low, high)],
                bounds=Bounds(0, 1),
                integrality=np.ones(width),
            ).x
            for low, high in ((n + 1, np.inf), (-np.inf, n - 1))
        ]
        if all(other is None for other in others):
            found.append(f"{key}: {n} of {len(mine)}")
    return found


@pytest.mark.parametrize("customers", [30, 60, 80, 200])
@pytest.mark.parametrize("classes", [3, 4])
@pytest.mark.parametrize("seed", range(int(os.environ.get("PERSONA_FUZZ_EXAMPLES", "1"))))
def test_no_count_of_few_follows_from_all_classes_together(publish, customers, classes, seed):
    y, chance = judged(customers, classes, seed)
    told = publish(y, chance)
    assert worked_out(y, chance, told) == []
