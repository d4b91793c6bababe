"""What is told of models and drift gives away no count of few customers."""

import re

import duckdb
import numpy as np
import pytest
from rendered import MACROS, render
from scipy.optimize import Bounds, LinearConstraint, milp
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score

CELL = 5
MODELS = MACROS.parent / "models"


def sql_of(path: str) -> str:
    """Give the query of a model over tables of the names that it refers to."""
    text = re.sub(r"{{ ref\('(\w+)'\) }}", r"\1", (MODELS / path).read_text())
    return render(text, minimum_cell=CELL)


@pytest.fixture(scope="module")
def told():
    """A function that gives what is told of a model with a confusion: counts, and metrics."""
    models = ["model_confusion", "model_gains", "model_evaluations", "model_comparisons"]
    queries = {name: sql_of(f"marts/models/{name}.sql") for name in models}
    connection = duckdb.connect()
    metric = (
        "struct(split varchar, observation_date date, metric varchar, customers integer, "
        "value double, low double, high double, baseline varchar, baseline_value double, "
        "advantage double, advantage_low double, advantage_high double)[]"
    )
    connection.execute(
        "create table target_fits (target varchar, model_id varchar, algorithm varchar, "
        "is_baseline boolean, is_champion boolean, is_published boolean, reason varchar, "
        f"metrics {metric}, comparisons {metric}, "
        "confusion struct(actual varchar, predicted varchar, customers bigint)[], "
        'gains struct("class" varchar, decile integer, customers bigint, hits bigint)[], '
        'calibration struct("class" varchar, bin integer, customers bigint, hits bigint)[]); '
        "create table recommendation_evaluations as select '' as kind, '' as method, false as "
        "is_baseline, false as is_newest, false as is_champion, date '2025-01-01' as "
        "observation_date, 1 as customers, 0.0 as hit_rate, 0.0 as value_low, 0.0 as value_high, "
        "'' as baseline_method, 0.0 as baseline_value, 0.0 as difference, 0.0 as difference_low, "
        "0.0 as difference_high where false; "
        "create table persona_evaluations as select '' as model_id, '' as persona_id, '' as "
        "metric, 0.0 as metric_value, 0.0 as value_low, 0.0 as value_high, 1 as customers "
        "where false"
    )

    def publish(actual: np.ndarray, predicted: np.ndarray) -> tuple[list, dict, dict]:
        classes = range(int(max(actual.max(), predicted.max())) + 1)
        confusion = [
            {"actual": str(a), "predicted": str(p), "customers": int(n)}
            for a in classes
            for p in classes
            if (n := np.sum((actual == a) & (predicted == p))) or a == p
        ]
        values = {
            "accuracy": accuracy_score(actual, predicted),
            "balanced_accuracy": balanced_accuracy_score(actual, predicted),
            "macro_f1": f1_score(actual, predicted, average="macro"),
        }
        share = np.bincount(actual).max() / len(actual)
        rows = [
            {"split": "test", "observation_date": None, "metric": name, "customers": len(actual),
             "value": float(value), "low": None, "high": None, "baseline": "best_feature",
             "baseline_value": float(share), "advantage": float(value - share),
             "advantage_low": None, "advantage_high": None}
            for name, value in values.items()
        ]  # fmt: skip
        connection.execute("delete from target_fits")
        connection.execute(
            "insert into target_fits "
            "values ('t', 't_tree', 'tree', false, true, true, '', ?, ?, ?, [], [])",
            [rows, rows, confusion],
        )
        for name in models[:2]:
            connection.execute(f"create or replace table {name} as {queries[name]}")
        shown = connection.execute("select actual, predicted, customers from model_confusion")
        cells = [(int(a), p, n) for a, p, n in shown.fetchall()]
        metrics = {}
        for name in models[2:]:
            query = (
                f"select metric, metric_value, advantage + baseline_value from ({queries[name]})"
            )
            metrics[name] = {m: (v, a) for m, v, a in connection.execute(query).fetchall()}
        return cells, metrics["model_evaluations"], metrics["model_comparisons"]

    return publish


def bounds_of_hidden(
    actual: np.ndarray, predicted: np.ndarray, cells: list, accuracy: tuple[float, float] | None
) -> dict[tuple[int, int], tuple[int, int]]:
    """Give what each small count can be, from class totals, counts told and right ones in all."""
    size = int(max(actual.max(), predicted.max())) + 1
    counts = np.array([[np.sum((actual == a) & (predicted == p)) for p in range(size)]
                       for a in range(size)])  # fmt: skip
    known = {(a, int(p)): n for a, p, n in cells if p != "(few each)" and n is not None}
    folded = {a for a, p, _ in cells if p == "(few each)"}
    low, high = np.zeros(size * size), np.full(size * size, float(len(actual)))
    for a, p in np.ndindex(size, size):
        if (a, p) in known or a not in folded:
            low[a * size + p] = high[a * size + p] = counts[a, p]
    sums = np.kron(np.eye(size), np.ones(size))
    limits = [LinearConstraint(sums, counts.sum(axis=1), counts.sum(axis=1))]
    if accuracy:
        limits.append(LinearConstraint(np.eye(size).ravel(), *accuracy))
    found = {}
    for a, p in np.ndindex(size, size):
        if low[a * size + p] < high[a * size + p] and 0 < counts[a, p] < CELL:
            goal = np.zeros(size * size)
            goal[a * size + p] = 1
            ends = [
                milp(sign * goal, constraints=limits, bounds=Bounds(low, high),
                     integrality=np.ones(size * size)).fun
                for sign in (1, -1)
            ]  # fmt: skip
            found[(a, p)] = (round(ends[0]), round(-ends[1]))
    return found


def judged(customers: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw classes, and predictions that are mostly right."""
    rng = np.random.default_rng([customers, seed])
    classes = int(rng.integers(2, 5))
    actual = np.concatenate([np.arange(classes), rng.integers(0, classes, customers - classes)])
    wrong = rng.random(customers) < rng.choice([0.03, 0.1, 0.3])
    return actual, np.where(wrong, rng.integers(0, classes, customers), actual)


@pytest.mark.parametrize("customers", [30, 60, 80, 200])
def test_no_small_count_of_errors_can_be_worked_out(told, customers):
    for seed in range(8):
        actual, predicted = judged(customers, seed)
        cells, metrics, comparisons = told(actual, predicted)
        if not any(predicted == "(few each)" for _, predicted, _ in cells):
            assert {"accuracy", "balanced_accuracy", "macro_f1"} <= metrics.keys()
            continue
        assert not {"balanced_accuracy", "macro_f1"} & metrics.keys()
        assert not comparisons
        value, by_advantage = metrics["accuracy"]
        assert value == pytest.approx(by_advantage)
        right = value * customers
        found = bounds_of_hidden(
            actual, predicted, cells, (right - CELL / 2, min(right + CELL / 2, customers))
        )
        assert all(low < high for low, high in found.values()), (seed, found)


def test_with_the_exact_accuracy_it_could_be(told):
    determined = 0
    for seed in range(8):
        actual, predicted = judged(80, seed)
        cells, *_ = told(actual, predicted)
        right = float(np.sum(actual == predicted))
        found = bounds_of_hidden(actual, predicted, cells, (right, right))
        determined += sum(low == high for low, high in found.values())
    assert determined > 0


@pytest.fixture(scope="module")
def drift():
    """A function that gives what is told of personas and features, from counts then and now."""
    personas, features = (sql_of(f"monitoring/{n}_drift.sql") for n in ("persona", "feature"))

    def publish(then: np.ndarray, now: np.ndarray) -> tuple[dict, dict]:
        with duckdb.connect() as connection:
            connection.execute(
                "create table champion_before as select 'c' as champion_id, current_date as "
                f"fitted_on, current_date as as_of_date, {then.sum()} as customer_count; "
                "create table customer_features as select true as is_as_of "
                f"from range({now.sum()}); "
                "create table drifts (place integer, old double, new double)"
            )
            for place, (old, new) in enumerate(zip(then, now, strict=True)):
                shares = [float(old / then.sum()), float(new / now.sum())]
                connection.execute("insert into drifts values (?, ?, ?)", [place, *shares])
            connection.execute(
                "create table segmentation_decision as select "
                "list({persona_id: place, share_at_fit: old, customer_share: new, "
                "is_drifted: false}) as persona_drift, "
                "list({feature_name: place, psi: 0.123456e0, missing_share_at_fit: old, "
                "missing_share: new, is_drifted: false}) as feature_drift from drifts"
            )
            rows = connection.execute(
                f"select persona_id, share_at_fit, customer_share, share_change from ({personas})"
            ).fetchall()
            features_told = connection.execute(
                "select feature_name, missing_share_at_fit, missing_share, missing_change, psi "
                f"from ({features})"
            ).fetchall()
        return {p: rest for p, *rest in rows}, {f: rest for f, *rest in features_told}

    return publish


@pytest.mark.parametrize("customers", [30, 60, 80, 200])
@pytest.mark.parametrize("seed", range(6))
def test_no_small_persona_is_told_by_its_drift(drift, customers, seed):
    rng = np.random.default_rng([customers, seed])
    shares = rng.dirichlet(np.full(5, 0.7))
    then, now = (rng.multinomial(total, shares) for total in (customers, customers + 7))
    personas, features = drift(then, now)
    few = [p for p in range(5) if 0 < then[p] < CELL or 0 < now[p] < CELL]
    hidden = [p for p, (*told, _) in personas.items() if told[0] is None]
    assert set(few) <= set(hidden) and all(personas[p] == [None] * 3 for p in hidden)
    # what they have together is of several, on each day on which there is something to tell
    others = [p for p in range(5) if max(then[p], now[p]) and p not in few]
    assert not few or len(hidden) > len(few) or not others
    for p, (old, new, change, psi) in features.items():
        sides = [then[p], customers - then[p], now[p], customers + 7 - now[p]]
        is_few = any(0 < side < CELL for side in sides)
        assert ((old, new, change) == (None, None, None)) == is_few and psi == 0.12
