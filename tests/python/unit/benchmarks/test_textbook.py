"""The textbook recipe is measured on the tables of a build; its page holds what was measured."""

from dataclasses import replace
from datetime import date

import duckdb
import numpy as np
import pandas as pd
import pytest

from benchmarks.textbook import Grouping, Prediction, compare, main, make_inputs
from benchmarks.textbook_page import MARKER, write_company, write_page
from customer_personas.prediction import fits_table

TRAINING, TEST, TODAY = [date(2025, 1, 1), date(2025, 1, 31)], date(2025, 5, 1), date(2025, 8, 1)
CUSTOMERS = 240
OURS_RIGHT = 0.9
CATALOG = pd.DataFrame(
    {
        "feature_name": ["frequency", "recency_days", "income", "country", "hardly_known"],
        "value_type": ["numeric", "numeric", "numeric", "category", "numeric"],
        "in_segmentation": True,
        "in_classification": True,
        "is_dated": True,
    }
)


def make_rows() -> pd.DataFrame:
    """Two planted kinds of customers on four dates; a sixth never ordered, some lack a figure."""
    rng = np.random.default_rng(3)
    number = np.arange(CUSTOMERS)
    tables = []
    for day in (*TRAINING, TEST, TODAY):
        frequency = np.where(number % 6 == 0, 0, rng.poisson(np.where(number % 2, 9, 2)) + 1)
        known = rng.random(CUSTOMERS)
        tables.append(
            pd.DataFrame(
                {
                    "customer_id": [f"{each:04}" for each in number],
                    "observation_date": pd.Timestamp(day),
                    "is_as_of": day == TODAY,
                    "frequency": frequency,
                    "recency_days": np.where(frequency, rng.integers(1, 200, CUSTOMERS), np.nan),
                    "income": np.where(known > 0.1, 20 + 30 * (number % 2), np.nan),
                    "country": np.where(known < 0.9, np.where(number % 3, "AT", "CH"), None),
                    "hardly_known": np.where(known < 0.2, 1.0, np.nan),
                }
            )
        )
    return pd.concat(tables, ignore_index=True)


def fit_row(algorithm: str, *, published: bool) -> dict:
    metrics = [
        {"split": "test", "metric": metric, "value": value, "low": value - 0.02, "high": 0.95}
        for metric, value in (
            *(("accuracy", OURS_RIGHT), ("roc_auc", 0.93), ("log_loss", 0.3)),
            ("expected_calibration_error", 0.02),
        )
    ]
    return {
        **{"target": "will_purchase", "model_id": algorithm, "algorithm": algorithm},
        **{"is_baseline": not published, "is_published": published, "test_rows": CUSTOMERS},
        # what is published was fitted once more with the newest labels
        "training_dates": [*TRAINING, TEST] if published else TRAINING,
        **{"test_dates": [TEST], "metrics": metrics},
    }


@pytest.fixture(scope="module")
def rows():
    return make_rows()


@pytest.fixture(scope="module")
def comparison(rows, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    fits = fits_table.write(
        [fit_row("random_forest", published=True), fit_row("majority", published=False)]
    )
    labels = rows.assign(target="will_purchase", label=np.where(rows["frequency"] > 4, "yes", "no"))
    today = rows[rows["is_as_of"] & (rows["frequency"] > 0)]
    scores = today.assign(persona_id=np.where(today["income"] > 30, "P001", "P002"))
    segmentation = pd.DataFrame({"is_champion": [True], "cluster_count": [2]})
    with duckdb.connect(str(folder / "tiny.duckdb")) as warehouse:
        warehouse.execute("create schema features; create schema ml")
        for name, table in {
            "features.customer_features": rows,
            "features.feature_catalog": CATALOG,
            "features.target_labels": labels[
                ["target", "customer_id", "observation_date", "label"]
            ],
            "ml.customer_persona_scores": scores[["customer_id", "persona_id"]],
            "ml.target_fits": fits,
        }.items():
            warehouse.register("given", table)
            warehouse.execute(f"create table {name} as select * from given")
        warehouse.execute(
            "alter table features.customer_features alter observation_date type date;"
            "alter table features.target_labels alter observation_date type date"
        )
        warehouse.register("given", segmentation)
        warehouse.execute(
            "create table ml.segmentation_fits as select *, "
            "map {'seed_adjusted_rand_index': 1e0, 'smallest_jaccard': 0.9e0} as metrics from given"
        )
    truth = folder / "truth.csv"
    planted = np.where(np.arange(CUSTOMERS) % 2, "rich", "poor")
    ids = [f"{each:04}" for each in range(CUSTOMERS)]
    pd.DataFrame({"customer_id": ids, "persona": planted}).to_csv(truth, index=False)
    return compare(folder / "tiny.duckdb", "tiny", truth)


def test_a_tiny_company_is_measured(comparison, rows):
    today = rows[rows["is_as_of"]]
    complete = today[["recency_days", "income", "country"]].notna().all(axis=1)
    assert (comparison.customers, comparison.buyers) == (CUSTOMERS, CUSTOMERS * 5 // 6)
    dropped, filled, as_ours, ours = comparison.groupings
    assert (dropped.count, filled.count, as_ours.count, ours.count) == (3, 3, 2, 2)
    assert dropped.customers == complete.sum() < filled.customers == comparison.buyers
    assert ours.smallest_jaccard == 0.9
    predictions = comparison.predictions["will_purchase"]
    assert len(predictions) == 9
    assert predictions[-1].metrics["accuracy"] == OURS_RIGHT


def test_the_later_date_is_learnt_from_by_nobody(comparison):
    for each in comparison.predictions["will_purchase"][:-1]:
        if "random" not in each.judged_on:
            assert each.judged_on == f"customers of {TEST}, fitted on dates to {TRAINING[-1]}"


def test_a_tree_finds_a_label_that_is_in_a_feature(comparison):
    filled = comparison.predictions["will_purchase"][3]
    assert filled.customers == CUSTOMERS
    assert filled.metrics["accuracy"] == 1.0
    assert filled.metrics["expected_calibration_error"] == 0.0


def test_nobody_with_a_gap_is_left_where_rows_are_dropped(rows):
    dropped = make_inputs(rows, CATALOG, fill=False)
    filled = make_inputs(rows, CATALOG, fill=True)
    assert "hardly_known" not in filled
    lacking = rows[["recency_days", "income", "country"]].isna().any(axis=1)
    assert list(dropped.index) == list(rows.index[~lacking])
    assert len(filled) == len(rows)
    assert not filled.isna().any().any()


def test_figures_take_the_place_of_those_before_and_the_text_stays(tmp_path, comparison):
    page = tmp_path / "page.md"
    page.write_text(f"# Title\n\n{MARKER}\n\nold figures\n")
    write_page(page, [comparison])
    write_page(page, [comparison])
    assert page.read_text() == f"# Title\n\n{MARKER}\n\n{write_company(comparison)}"


OURS = Grouping("ours", 100, 4, 1.0, 0.9, 0.8)


@pytest.mark.parametrize(
    ("textbook", "said"),
    [
        ({"customers": 60, "smallest_jaccard": 0.5}, "40 are without (40%)"),
        ({"smallest_jaccard": 0.85}, "come back as surely as they have to"),
        ({"truth_agreement": 0.81}, "as well as ours"),
        ({"truth_agreement": 0.9}, "better than ours (0.90, 0.80)"),
    ],
)
def test_what_the_textbook_does_as_well_is_said(comparison, textbook, said):
    groupings = [replace(OURS, recipe="k = 3", **textbook), OURS]
    assert said in write_company(replace(comparison, groupings=groupings, predictions={}))


@pytest.mark.parametrize(
    ("interval", "said"),
    [
        ((0.60, 0.65), "ours is better beyond chance"),
        ((0.66, 0.72), "they are not told apart"),
        ((0.90, 0.95), "the textbook is better beyond chance"),
    ],
)
def test_whether_ours_is_better_is_asked_of_the_intervals(comparison, interval, said):
    def judged(recipe: str, interval: tuple[float, float]) -> Prediction:
        metrics = {"accuracy": sum(interval) / 2, "roc_auc": 0.8}
        metrics["expected_calibration_error"] = 0.05
        return Prediction(recipe, "a date", 100, 0.6, metrics, interval)

    rows = [judged("tree", interval)] * 4 + [judged("ours: forest", (0.70, 0.80))]
    assert said in write_company(
        replace(comparison, groupings=[OURS], predictions={"will_purchase": rows})
    )


def test_the_command_says_what_it_takes(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "the page that gets the figures" in capsys.readouterr().out
