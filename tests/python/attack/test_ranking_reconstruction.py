"""Gains, calibration, errors and metrics of a model, together, tell no count of few customers."""

import os

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from rendered import render
from scipy.optimize import Bounds, LinearConstraint, milp
from test_model_reconstruction import CELL, sql_of

from customer_personas.prediction import fits_table
from customer_personas.prediction.decision import advantage_in_words
from customer_personas.prediction.evaluation.judgement import judge

NAMES = ("model_confusion", "model_gains", "model_calibration", "model_evaluations")
CLASSES = ["no", "yes"]
MORE_CLASSES = ["books", "tea", "toys", "yarn"]


@pytest.fixture(scope="module")
def publish():
    """A function that gives what is told of a model, from outcomes and probabilities by class."""
    # of the second of two classes alone, or one column for each class
    connection = duckdb.connect()
    connection.execute(
        "create table recommendation_evaluations as select '' as kind, '' as method, false as "
        "is_baseline, false as is_newest, false as is_champion, date '2025-01-01' as "
        "observation_date, 1 as customers, 0.0 as hit_rate, 0.0 as value_low, 0.0 as value_high, "
        "'' as baseline_method, 0.0 as baseline_value, 0.0 as difference, 0.0 as difference_low, "
        "0.0 as difference_high where false; "
        "create table persona_evaluations as select '' as model_id, '' as persona_id, '' as "
        "metric, 0.0 as metric_value, 0.0 as value_low, 0.0 as value_high, 1 as customers "
        "where false"
    )
    queries = {name: sql_of(f"marts/models/{name}.sql") for name in NAMES}

    def tell(y: np.ndarray, chance: np.ndarray) -> dict[str, pd.DataFrame]:
        classes = CLASSES if chance.ndim == 1 else MORE_CLASSES[: chance.shape[1]]
        scores = np.column_stack([1 - chance, chance]) if chance.ndim == 1 else chance
        shares = np.bincount(y, minlength=len(classes)) / len(y)
        judged = judge(y, scores, classes, 1)
        usual = judge(y, np.tile(shares, (len(y), 1)), classes, 1)
        advantage = advantage_in_words(*judged.advantage("log_loss", usual))
        fit = {
            "target": "t",
            "model_id": "t_tree",
            "algorithm": "tree",
            "is_baseline": False,
            "is_champion": True,
            "is_published": True,
            "reason": f"Its log loss was {advantage}.",
            "metrics": judged.rows("test", None, usual, "majority"),
            "confusion": judged.confusion(),
            "gains": judged.gains(),
            "calibration": judged.calibration(),
        }
        fields = [field for field in fits_table.SCHEMA if field.name in fit]
        connection.register("target_fits", pa.Table.from_pylist([fit], schema=pa.schema(fields)))
        for name, query in queries.items():
            connection.execute(f"create or replace table {name} as {query}")
        return {name: connection.table(name).df() for name in NAMES}

    return tell


def around(hits: float, customers: int, is_coarse: bool) -> tuple[float, float]:
    """Give what hits can be that are told so."""
    if np.isnan(hits):
        return 0, customers
    return (max(0, hits - 2.5), min(customers, hits + 2.5)) if is_coarse else (hits, hits)


def other_worlds(
    y: np.ndarray, chance: np.ndarray, told: dict, exact: pd.Series | None = None
) -> dict[str, bool]:
    """Say of each small count whether another one would have been told the same."""
    # the attacker knows how many customers there are and how many of them bought; how many the
    # model takes for buyers where all errors are told
    order = np.argsort(-chance, kind="stable")
    bins = told["model_calibration"].sort_values("probability_bin", ascending=False)
    gains, errors = told["model_gains"], told["model_confusion"]
    if exact is not None:
        gains = gains.assign(hits=exact)
    has_all_errors = not (errors["predicted"] == "(few each)").any()
    places = {
        "decile": np.repeat(gains["decile"].to_numpy(), gains["customers"]),
        "bin": np.repeat(bins["probability_bin"].to_numpy(), bins["customers"]),
        "guess": np.where(has_all_errors & (chance > 0.5), "yes", "no")[order],
    }
    rows = pd.DataFrame(places | {"bought": y[order]})
    atoms = rows.groupby(list(places), sort=False)["bought"].agg(["size", "sum"]).reset_index()
    size, true = atoms["size"].to_numpy(float), atoms["sum"].to_numpy(float)

    # whatever has a cell of few is told in steps, and no error
    sides = [
        (part["bought"].sum(), len(part))
        for name in ("decile", "bin")
        for _, part in rows.groupby(name)
    ]
    coarse = any(n < CELL or 0 < h < CELL or n - CELL < h < n for h, n in sides)
    limits = [(np.ones(len(atoms)), y.sum(), y.sum())]
    for each in gains.itertuples():
        hits = np.nan if pd.isna(each.hits) else float(each.hits)
        is_coarse = coarse and exact is None
        limits.append((atoms["decile"] == each.decile, *around(hits, each.customers, is_coarse)))
    for each in bins.itertuples():
        hits = each.hit_rate * each.customers
        limits.append((atoms["bin"] == each.probability_bin, *around(hits, each.customers, coarse)))
    for each in errors.itertuples() if has_all_errors else ():
        own = atoms["guess"] == each.predicted
        hits = each.customers if each.actual == "yes" else size[own].sum() - each.customers
        limits.append((own, hits, hits))
    masks = np.array([mask for mask, _, _ in limits], dtype=float)
    lows, highs = np.array([limit[1:] for limit in limits], dtype=float).T

    # the error of probabilities, where it is told: gaps of bins, whose signs are as they are
    metrics = told["model_evaluations"].set_index("metric")["metric_value"]
    error = metrics.get("expected_calibration_error", 0) * len(y)
    slack = len(y) if coarse else 1e-6
    expected = (bins["mean_probability"] * bins["customers"]).to_numpy()
    in_bins = np.array([atoms["bin"] == number for number in bins["probability_bin"]], dtype=float)
    signs = np.sign(in_bins @ true - expected)

    # hits, and the gap of each bin
    count, gaps = len(atoms), len(bins)
    one = np.eye(gaps)
    constraints = [
        LinearConstraint(np.hstack([masks, np.zeros((len(masks), gaps))]), lows, highs),
        LinearConstraint(np.hstack([in_bins, -one]), -np.inf, expected),
        LinearConstraint(np.hstack([-in_bins, -one]), -np.inf, -expected),
        LinearConstraint(np.r_[np.zeros(count), np.ones(gaps)], 0, error + slack),
        LinearConstraint(
            np.r_[signs @ in_bins, np.zeros(gaps)], error - slack + signs @ expected, np.inf
        ),
    ]
    found = {}
    for name in places:
        for label in atoms[name].unique():
            own = (atoms[name] == label).to_numpy(float)
            few = min(own @ true, own @ (size - true))
            if not 0 < few < CELL:
                continue
            found[f"{name} {label}"] = False
            for low, high in ((own @ true + 1, np.inf), (-np.inf, own @ true - 1)):
                solved = milp(
                    np.zeros(count + gaps),
                    constraints=[
                        *constraints,
                        LinearConstraint(np.r_[own, np.zeros(gaps)], low, high),
                    ],
                    bounds=Bounds(0, np.r_[size, np.full(gaps, np.inf)]),
                    integrality=np.r_[np.ones(count), np.zeros(gaps)],
                )
                found[f"{name} {label}"] |= solved.x is not None
    return found


def judged(customers: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw who bought, and probabilities, good ones and bad ones, some with ties."""
    rng = np.random.default_rng([customers, seed])
    base = rng.choice([0.2, 0.35, 0.5])
    y = (np.arange(customers) < max(round(base * customers), CELL)).astype(int)
    score = rng.normal(0, 1, customers) + rng.choice([0.5, 2, 4]) * y + np.log(base / (1 - base))
    chance = 1 / (1 + np.exp(0.5 - score))
    if rng.random() < 0.4:
        chance = np.round(chance * 20) / 20
    return y, np.clip(chance, 0.01, 0.99)


@pytest.mark.parametrize("customers", [30, 60, 80, 200])
@pytest.mark.parametrize("seed", range(int(os.environ.get("PERSONA_FUZZ_EXAMPLES", "2"))))
def test_no_count_of_few_follows_from_all_that_is_told_of_a_model(publish, customers, seed):
    y, chance = judged(customers, seed)
    told = publish(y, chance)
    found = other_worlds(y, chance, told)
    assert all(found.values()), (found, told)


def test_exact_figures_would_tell(publish):
    """The attack is none that cannot succeed: of exact tenths it finds what is left out."""
    y, chance = judged(80, 1)
    told = publish(y, chance)
    hits = pd.DataFrame(judge(y, np.column_stack([1 - chance, chance]), CLASSES, 1).gains())["hits"]
    assert not all(other_worlds(y, chance, told, exact=hits.astype(float)).values())


def separated(customers: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw who bought, and probabilities that are right, or nearly so."""
    rng = np.random.default_rng([customers, seed])
    y = (np.arange(customers) < max(round(rng.uniform(0.2, 0.6) * customers), CELL)).astype(int)
    sure = rng.choice([0.01, 0.05, 0.2])
    chance = np.where(y == 1, 1 - sure, sure) + rng.uniform(-0.01, 0.01, customers)
    return y, np.clip(chance, 0.001, 0.999)


def told_values(told: dict[str, pd.DataFrame]) -> list[list]:
    """Give all figures that are told, without intervals: these are drawn."""
    columns = {
        "model_evaluations": ["metric", "metric_value", "baseline_value", "reason"],
        "model_gains": ["decile", "hits"],
        "model_calibration": ["probability_bin", "hit_rate"],
        "model_confusion": ["actual", "predicted", "customers"],
    }
    return [
        told[name][each].astype("object").fillna("none").sort_values(each[0]).values.tolist()
        for name, each in columns.items()
    ]


def deciles_in_doubt(publish, y: np.ndarray, chance: np.ndarray) -> dict[int, bool]:
    """Say of each tenth of few whether two customers could change places and nothing else does."""
    decile = np.empty(len(y), dtype=int)
    sizes = publish(y, chance)["model_gains"].sort_values("decile")
    order = np.argsort(-chance, kind="stable")
    decile[order] = np.repeat(sizes["decile"].to_numpy(), sizes["customers"])
    rank = np.argsort(order)
    told = told_values(publish(y, chance))
    found = {}
    for tenth in np.unique(decile):
        hits, size = int(y[decile == tenth].sum()), int((decile == tenth).sum())
        if not (0 < hits < CELL or 0 < size - hits < CELL):
            continue
        pairs = [
            (abs(rank[one] - rank[two]), one, two)
            for one in np.flatnonzero(decile == tenth)
            for two in np.flatnonzero((decile != tenth) & (y != y[one]))
        ]
        found[int(tenth)] = False
        for _, one, two in sorted(pairs)[:30]:
            other = y.copy()
            other[[one, two]] = other[[two, one]]
            if told_values(publish(other, chance)) == told:
                found[int(tenth)] = True
                break
    return found


@pytest.mark.parametrize("customers", [60, 80, 200])
@pytest.mark.parametrize("seed", range(int(os.environ.get("PERSONA_FUZZ_EXAMPLES", "2"))))
def test_no_tenth_of_few_follows_from_figures_that_are_nearly_perfect(publish, customers, seed):
    """An area of 1, a loss of nearly 0, or no error would say in which tenth each buyer is."""
    found = deciles_in_doubt(publish, *separated(customers, seed))
    assert all(found.values()), found


@pytest.mark.parametrize("draw", [judged, separated])
@pytest.mark.parametrize("seed", range(2))
def test_intervals_are_as_coarse_as_what_they_are_of(publish, draw, seed):
    """An exact one would tell what it is of, and one without width that nobody erred."""
    y, chance = draw(60, seed)
    shown = publish(y, chance)["model_evaluations"].set_index("metric")
    bounds = shown[["value_low", "value_high", "advantage_low", "advantage_high"]]
    # of these tenths some are of few
    assert "lift_at_10_percent" not in shown.index
    if ((chance > 0.5) != y).sum() < CELL:
        assert bounds.loc["accuracy"].isna().all()
    told = bounds.stack().dropna()
    assert len(told) > 4 and np.allclose(told, np.round(told, 2))


def test_overall_accuracy_and_that_of_the_others_leave_two_personas_unknown():
    """Of 20 errors 12 and 6 in two personas: the third one's are 2."""
    with duckdb.connect() as connection:
        connection.execute(
            "create table errors as select * from (values ('m', 'accuracy', 'A', 12), "
            "('m', 'accuracy', 'B', 6), ('m', 'accuracy', 'C', 2), ('m', 'roc_auc', 'C', 0)) "
            "as rows (model_id, metric, persona_id, smaller_side)"
        )
        query = render(
            "{{ hide_small_cells('errors', 'smaller_side', 'model_id, metric', 'persona_id') }}",
            minimum_cell=CELL,
        )
        hidden = connection.execute(
            f"select metric, persona_id from ({query}) where is_hidden order by all"
        ).fetchall()
    assert hidden == [("accuracy", "B"), ("accuracy", "C")]
