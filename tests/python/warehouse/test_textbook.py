"""The textbook recipe is measured on built companies, and its page holds what was measured."""

import re
from dataclasses import replace

import duckdb
import pytest
from conftest import ROOT

from benchmarks.textbook import DEMO_TRUTH, Grouping, Prediction, compare, main, make_inputs
from benchmarks.textbook_page import MARKER, write_company, write_page

PAGE = ROOT / "docs" / "textbook.md"


@pytest.fixture(scope="module")
def of_shop(shop):
    return compare(shop.warehouse, "a small shop")


def test_a_small_company_is_measured(shop, of_shop):
    ((customers, buyers),) = shop.query(
        "select count(*), count(*) filter (frequency > 0) "
        "from features.customer_features where is_as_of"
    )
    assert (of_shop.customers, of_shop.buyers) == (customers, buyers)
    *textbook, ours = of_shop.groupings
    assert [each.count for each in textbook[:2]] == [3, 3]
    assert ours.customers == shop.query("select count(persona_id) from marts.customers")[0][0]
    assert textbook[0].customers < textbook[1].customers == buyers
    ((accuracy,),) = shop.query(
        "select metric.value from ml.target_fits, unnest(metrics) as each(metric) "
        "where target = 'will_purchase' and is_published "
        "and metric.split = 'test' and metric.metric = 'accuracy'"
    )
    assert of_shop.predictions["will_purchase"][-1].metrics["accuracy"] == accuracy
    assert len(of_shop.predictions["will_purchase"]) == 9


def test_figures_take_the_place_of_those_before_and_the_text_stays(tmp_path, of_shop):
    page = tmp_path / "page.md"
    page.write_text(f"# Title\n\n{MARKER}\n\nold figures\n")
    write_page(page, [of_shop])
    write_page(page, [of_shop])
    assert page.read_text() == f"# Title\n\n{MARKER}\n\n{write_company(of_shop)}"


def test_nobody_with_a_gap_is_left_where_rows_are_dropped(shop):
    with_gaps = shop.query(
        "select customer_id from features.customer_features where is_as_of and recency_days is null"
    )
    assert with_gaps
    with duckdb.connect(str(shop.warehouse), read_only=True) as connection:
        rows = connection.sql("from features.customer_features where is_as_of").df()
        features = connection.sql(
            "from features.feature_catalog where feature_name in ('recency_days', 'country')"
        ).df()
    dropped = make_inputs(rows, features, fill=False)
    filled = make_inputs(rows, features, fill=True)
    assert len(dropped) < len(filled) == len(rows)
    kept = set(rows.loc[dropped.index, "customer_id"])
    assert not kept & {customer for (customer,) in with_gaps}
    assert not filled.isna().any().any()


def grouping(**changes):
    return Grouping(**{**OURS, **changes})


OURS = {
    **{"recipe": "ours", "customers": 100, "count": 4, "seed_agreement": 1.0},
    **{"smallest_jaccard": 0.9, "truth_agreement": 0.8},
}


@pytest.mark.parametrize(
    ("textbook", "said"),
    [
        ({"customers": 60, "smallest_jaccard": 0.5}, "40 are without (40%)"),
        ({"smallest_jaccard": 0.85}, "come back as surely as they have to"),
        ({"truth_agreement": 0.81}, "as well as ours"),
        ({"truth_agreement": 0.9}, "better than ours (0.90, 0.80)"),
    ],
)
def test_what_the_textbook_does_as_well_is_said(of_shop, textbook, said):
    text = write_company(with_groupings(of_shop, [grouping(recipe="k = 3", **textbook)]))
    assert said in text


def with_groupings(comparison, textbook):
    return replace(comparison, groupings=[*textbook, grouping()], predictions={})


@pytest.mark.parametrize(
    ("interval", "said"),
    [
        ((0.60, 0.65), "ours is better beyond chance"),
        ((0.66, 0.72), "they are not told apart"),
        ((0.90, 0.95), "the textbook is better beyond chance"),
    ],
)
def test_whether_ours_is_better_is_asked_of_the_intervals(of_shop, interval, said):
    def judged(recipe, interval):
        metrics = {"accuracy": sum(interval) / 2, "roc_auc": 0.8}
        metrics["expected_calibration_error"] = 0.05
        return Prediction(recipe, "a date", 100, 0.6, metrics, interval)

    rows = [judged("tree", interval)] * 4 + [judged("ours: forest", (0.70, 0.80))]
    text = write_company(replace(of_shop, groupings=[grouping()], predictions={"x": rows}))
    assert said in text


@pytest.mark.slow
def test_the_page_holds_what_is_measured_on_the_demo(demo):
    text = PAGE.read_text(encoding="utf-8")
    assert write_company(compare(demo.warehouse, "demo", DEMO_TRUTH)) in text, (
        "figures have changed: run make textbook"
    )


def test_the_command_says_what_it_takes(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    assert re.search(r"--out OUT\s+the page that gets the figures", capsys.readouterr().out)
