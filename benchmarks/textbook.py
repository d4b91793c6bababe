"""The textbook recipe and ours on the same records: what each difference buys.

``make textbook`` builds the demo, and the real companies in the folder PERSONA_REAL_DATA, and
writes docs/textbook.md. The recipe is that of introductory texts: rows with a gap are dropped,
K-means with k = 3 makes the personas, a decision tree that is not pruned and a support vector
machine as scikit-learn has it by default predict, and a random fifth of the rows judges them.
"""

import argparse
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
from scipy.special import expit
from sklearn.base import ClassifierMixin
from sklearn.metrics import adjusted_rand_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from benchmarks.companies import Company, companies_at_hand
from benchmarks.evaluate import build
from benchmarks.textbook_page import write_page
from customer_personas.prediction.evaluation.calibration_error import measure_calibration
from customer_personas.prediction.evaluation.metrics import measure, rank_classes
from customer_personas.prediction.evaluation.resamples import Resamples
from customer_personas.segmentation.clusterings import Clustering, fit_clustering
from customer_personas.segmentation.quality import measure_stability

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "textbook.md"
DEMO_TRUTH = ROOT / "tests" / "demo_truth" / "customers_truth.csv"
TARGETS = ("will_purchase", "next_need")
# A column that is known of fewer is dropped before rows are: to keep it would leave nobody.
MOSTLY_KNOWN = 0.5
K = 3
SEED = 1
# One random split of few rows says little: the mean of so many is shown.
SPLITS = 10
# Of SVC, whose time grows with the square of the rows.
MOST_ROWS = 6_000


@dataclass(frozen=True)
class Grouping:
    """A way to make personas, and what it is worth.

    Parameters
    ----------
    recipe : str
        What was done.
    customers : int
        How many customers have a persona.
    count : int
        How many personas.
    seed_agreement : float
        Adjusted Rand index of fits from other random starts with it.
    smallest_jaccard : float
        Of the persona that bootstrap resamples bring back worst.
    truth_agreement : float or None
        Adjusted Rand index with the planted personas, where these are known.
    """

    recipe: str
    customers: int
    count: int
    seed_agreement: float
    smallest_jaccard: float
    truth_agreement: float | None = None


@dataclass(frozen=True)
class Prediction:
    """A way to predict, and what it is worth on the rows that judge it.

    Parameters
    ----------
    recipe : str
        What was done.
    judged_on : str
        Which rows.
    customers : int
        How many of them there are.
    most_frequent : float
        Share of the most frequent class among them.
    metrics : dict
        ``accuracy``, and where there are probabilities or ranks ``roc_auc``, ``log_loss`` and
        ``expected_calibration_error``.
    interval : tuple of float or None
        95 % interval of the accuracy, where it is known.
    """

    recipe: str
    judged_on: str
    customers: int
    most_frequent: float
    metrics: dict[str, float]
    interval: tuple[float, float] | None = None


@dataclass(frozen=True)
class Comparison:
    """What was measured of a company.

    Parameters
    ----------
    name : str
        The company.
    customers, buyers : int
        All its customers, and those who ever ordered.
    as_of : str
        The date that personas are of.
    groupings : list of Grouping
        The textbook's first, ours last.
    predictions : dict of list of Prediction
        By target, in the same order.
    """

    name: str
    customers: int
    buyers: int
    as_of: str
    groupings: list[Grouping]
    predictions: dict[str, list[Prediction]]


def compare(warehouse: Path, name: str, truth: Path | None = None) -> Comparison:
    """Measure the textbook recipe and ours on the features of a built warehouse.

    Parameters
    ----------
    warehouse : pathlib.Path
        A built warehouse.
    name : str
        The company.
    truth : pathlib.Path, optional
        CSV file with the planted ``persona`` of each ``customer_id``.

    Returns
    -------
    Comparison
        What was measured.
    """
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        today = connection.sql(
            "select * from features.customer_features where is_as_of order by customer_id"
        ).df()
        catalog = connection.sql("from features.feature_catalog").df()
        planted = None
        if truth is not None:
            read = pd.read_csv(truth, dtype={"customer_id": str})
            planted = today["customer_id"].map(read.set_index("customer_id")["persona"])
        personas = list(_group(connection, today, catalog, planted))
        predictions = {
            target: list(_predict(connection, target, catalog))
            for target in TARGETS
            if _read_fits(connection, target)
        }
    return Comparison(
        name,
        len(today),
        int((today["frequency"] > 0).sum()),
        f"{today['observation_date'].iloc[0]:%Y-%m-%d}",
        personas,
        predictions,
    )


def make_inputs(rows: pd.DataFrame, catalog: pd.DataFrame, *, fill: bool) -> pd.DataFrame:
    """Turn features into a table of numbers as textbooks do.

    Parameters
    ----------
    rows : pandas.DataFrame
        One row per customer, or customer and date.
    catalog : pandas.DataFrame
        Of the features to take, ``feature_name`` and ``value_type``.
    fill : bool
        Whether gaps get the median, or the most frequent value; else rows with one are dropped.

    Returns
    -------
    pandas.DataFrame
        Numbers, one column per number and per value of a category; the index is that of `rows`.
    """
    is_category = catalog["value_type"] == "category"
    numbers = rows[catalog.loc[~is_category, "feature_name"]].astype(float)
    texts = rows[catalog.loc[is_category, "feature_name"]].astype("object")
    numbers = numbers.loc[:, numbers.notna().mean() >= MOSTLY_KNOWN]
    texts = texts.loc[:, texts.notna().mean() >= MOSTLY_KNOWN]
    if fill:
        numbers = numbers.fillna(numbers.median())
        texts = texts.apply(lambda column: column.fillna(column.mode().iloc[0]))
    coded = pd.get_dummies(texts).astype(float) if texts.shape[1] else texts
    known = numbers.notna().all(axis=1) & texts.notna().all(axis=1)
    return pd.concat([numbers, coded], axis=1)[known]


def _group(
    connection: duckdb.DuckDBPyConnection,
    today: pd.DataFrame,
    catalog: pd.DataFrame,
    planted: pd.Series | None,
) -> Iterator[Grouping]:
    features = catalog[catalog["in_segmentation"]]
    ours = connection.sql("select customer_id, persona_id from ml.customer_persona_scores").df()
    (fit,) = connection.sql(
        "select metrics, cluster_count from ml.segmentation_fits where is_champion"
    ).fetchall() or [({}, ours["persona_id"].nunique())]
    buyers = today[today["frequency"] > 0] if (today["frequency"] > 0).any() else today
    for recipe, rows, fill, k in (
        ("rows with a gap dropped, k = 3", today, False, K),
        ("gaps filled with medians, k = 3", buyers, True, K),
        (f"the same, k = {fit[1]} as ours", buyers, True, fit[1]),
    ):
        inputs = make_inputs(rows, features, fill=fill)
        if len(inputs) > k:
            yield _measure_kmeans(recipe, inputs, k, planted)
    placed = today["customer_id"].map(ours.set_index("customer_id")["persona_id"]).dropna()
    yield Grouping(
        "ours",
        len(placed),
        placed.nunique(),
        fit[0].get("seed_adjusted_rand_index", np.nan),
        fit[0].get("smallest_jaccard", np.nan),
        _agree(placed, planted),
    )


def _measure_kmeans(
    recipe: str, inputs: pd.DataFrame, k: int, planted: pd.Series | None
) -> Grouping:
    points = StandardScaler().fit_transform(inputs)

    def fit(chosen: np.ndarray, seed: int) -> Clustering:
        # one start, as KMeans has it by default
        return fit_clustering("kmeans", chosen, k, seed, starts=1)

    clustering = fit(points, SEED)
    labels = clustering.labels(points)
    others = [fit(points, SEED + each).labels(points) for each in range(1, 11)]
    stability, _ = measure_stability(points, clustering, fit, SEED)
    return Grouping(
        recipe,
        len(points),
        len(np.unique(labels)),
        float(np.mean([adjusted_rand_score(labels, other) for other in others])),
        stability["smallest_jaccard"],
        _agree(pd.Series(labels, inputs.index), planted),
    )


def _agree(found: pd.Series, planted: pd.Series | None) -> float | None:
    if planted is None:
        return None
    known = planted[found.index].notna()
    return float(adjusted_rand_score(planted[found.index][known], found[known]))


def _read_fits(connection: duckdb.DuckDBPyConnection, target: str) -> list[dict[str, Any]]:
    """List the fits of a target, the published one first; none where it has no test date."""
    query = (
        "from ml.target_fits where target = $target and test_rows > 0 "
        "order by is_published desc, model_id"
    )
    return connection.sql(query, params={"target": target}).to_arrow_table().to_pylist()


def _predict(
    connection: duckdb.DuckDBPyConnection, target: str, catalog: pd.DataFrame
) -> Iterator[Prediction]:
    published, *others = _read_fits(connection, target)
    (test,) = published["test_dates"]
    # what is published may have learnt from the test date as well by now; a baseline has not
    training = next(each for each in (*others, published) if each["is_baseline"])["training_dates"]
    features = catalog[catalog["in_classification"] & catalog["is_dated"]]
    rows = connection.sql(
        "select features.*, labels.label from features.customer_features as features "
        "inner join features.target_labels as labels using (customer_id, observation_date) "
        "where labels.target = $target and list_contains($days, observation_date) "
        "order by observation_date, customer_id",
        params={"target": target, "days": [*training, test]},
    ).df()
    days = rows["observation_date"].dt.date
    newest = days == max(training)
    dropped = make_inputs(rows, features, fill=False)
    filled = make_inputs(rows, features, fill=True)
    models: dict[str, Callable[[], ClassifierMixin]] = {
        "unpruned tree": lambda: DecisionTreeClassifier(random_state=SEED),
        "default SVM": lambda: make_pipeline(StandardScaler(), SVC()),
    }
    for recipe, make in models.items():
        for text, chosen in (
            (f"a random fifth, customers of {max(training)}", newest),
            ("a random fifth, all dates in one table", days != test),
        ):
            inputs = dropped[chosen[dropped.index]]
            yield _judge_at_random(f"{recipe}, rows with a gap dropped", text, make, inputs, rows)
        for gaps, inputs in (
            ("rows with a gap dropped", dropped),
            ("gaps filled with medians", filled),
        ):
            is_test = (days == test)[inputs.index]
            learnt = _thin(inputs[~is_test])
            model = make().fit(learnt, rows.loc[learnt.index, "label"])
            yield _judge(
                f"{recipe}, {gaps}",
                f"customers of {test}, fitted on dates to {max(training)}",
                model,
                inputs[is_test],
                rows,
            )
    yield _ours(published, rows[days == test])


def _thin(inputs: pd.DataFrame) -> pd.DataFrame:
    return inputs if len(inputs) <= MOST_ROWS else inputs.sample(MOST_ROWS, random_state=SEED)


def _judge_at_random(
    recipe: str,
    judged_on: str,
    make: Callable[[], ClassifierMixin],
    inputs: pd.DataFrame,
    rows: pd.DataFrame,
) -> Prediction:
    """Judge on the mean over random splits."""
    inputs = _thin(inputs)
    found = []
    for split in range(SPLITS):
        learnt, judging = train_test_split(inputs, test_size=0.2, random_state=SEED + split)
        model = make().fit(learnt, rows.loc[learnt.index, "label"])
        found.append(_judge(recipe, judged_on, model, judging, rows))
    names = found[0].metrics
    return Prediction(
        recipe,
        judged_on,
        found[0].customers,
        float(np.mean([each.most_frequent for each in found])),
        {name: float(np.mean([each.metrics[name] for each in found])) for name in names},
    )


def _judge(
    recipe: str, judged_on: str, model: Any, inputs: pd.DataFrame, rows: pd.DataFrame
) -> Prediction:
    """Measure with the project's own metrics; a default SVM ranks, and has no probabilities."""
    classes = list(model.classes_)
    labels = rows.loc[inputs.index, "label"]
    y = labels.map({each: place for place, each in enumerate(classes)}).fillna(-1).to_numpy(int)
    resamples = Resamples.draw(rows.loc[inputs.index, "customer_id"].to_numpy(), SEED)
    right = model.predict(inputs) == labels.to_numpy()
    shares = resamples.total(right) / resamples.total(np.ones(len(y)))
    metrics = {"accuracy": float(right.mean())}
    if hasattr(model, "predict_proba"):
        chances = model.predict_proba(inputs)
        measured = measure(y, chances, resamples)
        metrics |= {name: float(measured[name][0]) for name in ("roc_auc", "log_loss")}
        gaps = measure_calibration(y, chances, resamples)
        metrics["expected_calibration_error"] = float(gaps.values()[0])
    else:
        score = model.decision_function(inputs)
        ranks = np.stack([expit(-score), expit(score)], axis=1) if score.ndim == 1 else score
        metrics["roc_auc"] = float(rank_classes(y, ranks, resamples)["roc_auc"][0])
    low, high = np.percentile(shares[1:], (2.5, 97.5))
    share = float(labels.value_counts(normalize=True).iloc[0])
    return Prediction(recipe, judged_on, len(y), share, metrics, (float(low), float(high)))


def _ours(published: dict[str, Any], rows: pd.DataFrame) -> Prediction:
    test = {each["metric"]: each for each in published["metrics"] if each["split"] == "test"}
    names = ("accuracy", "roc_auc", "log_loss", "expected_calibration_error")
    (day,) = published["test_dates"]
    return Prediction(
        f"ours: {published['algorithm']}" + (" (a baseline)" if published["is_baseline"] else ""),
        f"customers of {day}, fitted on dates before",
        published["test_rows"],
        float(rows["label"].value_counts(normalize=True).iloc[0]),
        {name: test[name]["value"] for name in names if name in test},
        (test["accuracy"]["low"], test["accuracy"]["high"]),
    )


def _build_and_compare(company: Company, data: Path) -> Comparison:
    folder = data / company.name
    if not (folder / "is_built").exists():
        shutil.rmtree(folder, ignore_errors=True)
        build(company, folder, data / "parsed")
        (folder / "is_built").touch()
    warehouse = folder / "warehouse" / "customer_personas.duckdb"
    return compare(warehouse, company.name, DEMO_TRUTH if company.name == "demo" else None)


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the companies at hand, and write the page.

    Parameters
    ----------
    arguments : sequence of str, optional
        Options.

    Returns
    -------
    int
        0.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=PAGE, help="the page that gets the figures")
    parser.add_argument(
        "--data", type=Path, help="where builds are kept, and used again; nowhere without it"
    )
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        # of simulated companies there are enough in docs/benchmarks.md
        found = [
            _build_and_compare(company, (given.data or Path(temporary)).resolve())
            for company in companies_at_hand()
            if not company.course
        ]
    write_page(given.out, found)
    print(f"{given.out} has the figures of {', '.join(each.name for each in found)}.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
