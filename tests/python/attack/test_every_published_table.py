"""Each published table is attacked, or it is said why it tells nothing of few customers."""

import ast
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from test_model_reconstruction import CELL, MODELS, sql_of
from test_reconstruction import publish, traits_sql

__all__ = ["traits_sql"]

ROOT = MODELS.parent
PUBLISH = ROOT / "python_models" / "publishing" / "publish.py"

# The test that solves the attacker's problem.
ATTACKED = {
    "customers": "tests/marts/assert_small_cells_are_withheld.sql",
    "personas": "test_every_published_table.py",
    "persona_traits": "test_reconstruction.py",
    "audience_traits": "test_reconstruction.py",
    "audience_overlaps": "test_joint_reconstruction.py",
    "persona_need_drivers": "test_total_reconstruction.py",
    "persona_rules": "test_rule_reconstruction.py",
    "persona_migrations": "test_disclosure.py",
    "persona_lifecycle": "test_every_published_table.py",
    "model_confusion": "test_model_reconstruction.py",
    "model_comparisons": "test_model_reconstruction.py",
    "model_evaluations": "test_ranking_reconstruction.py",
    "model_gains": "test_ranking_reconstruction.py",
    "model_calibration": "test_ranking_reconstruction.py",
    "outlook_evaluations": "test_every_published_table.py",
    "persona_drift": "test_model_reconstruction.py",
    "feature_drift": "test_model_reconstruction.py",
    "prediction_outcomes": "test_outcome_reconstruction.py",
    "prediction_outcomes_by_bin": "test_every_published_table.py",
    "customer_need_reasons": "test_privacy.py",
    "cohort_retention": "test_cohort_reconstruction.py",
    "monthly_metrics": "test_cohort_reconstruction.py",
    "campaign_results": "test_campaign_reconstruction.py",
    "metric_history": "test_total_reconstruction.py",
    "audiences": "test_total_reconstruction.py",
    "audience_sizes": "test_total_reconstruction.py",
    "exports": "test_total_reconstruction.py",
    "value_meanings": "test_every_published_table.py",
}

BY_CUSTOMER = "by customer, of what is published of each: nothing about others is withheld"
OF_RECORDS = "counts records as received by file or system, of no customer's attribute"
OF_FEATURES = "names features and how much models rest on them, no values and no counts"
HARMLESS = {
    "customer_needs": BY_CUSTOMER,
    "customer_recommendations": BY_CUSTOMER,
    "crm_audience": BY_CUSTOMER,
    "persona_memberships": BY_CUSTOMER,
    "persona_typical_members": BY_CUSTOMER,
    "customer_features": BY_CUSTOMER + "; demographics and further columns are left out",
    "feature_catalog": OF_FEATURES,
    "feature_importances": OF_FEATURES,
    "feature_selection": OF_FEATURES,
    "segmentation_candidates": "of all customers of a fit, no persona by itself",
    "product_groups": "of products and their sale lines",
    "record_reconciliation": OF_RECORDS,
    "rejected_records": OF_RECORDS,
    "source_formats": OF_RECORDS,
    "source_coverage": OF_RECORDS,
    "cancellations": "counts order lines by source system",
    "need_drivers": BY_CUSTOMER,
    "action_rules": "counts crm_audience, published by customer, by rule",
    "audience_members": BY_CUSTOMER,
    "audience_memberships": BY_CUSTOMER,
    "dates": "of days, whatever anybody did",
    "customer_months": BY_CUSTOMER,
}


def published_tables() -> set[str]:
    """Give the tables that the last node publishes, and the one that publishing adds."""
    keys = [
        node
        for each in ast.walk(ast.parse(PUBLISH.read_text()))
        if isinstance(each, ast.Dict)
        for node in each.keys
    ]
    pairs = [ast.literal_eval(key) for key in keys if isinstance(key, ast.Tuple)]
    return {name for schema, name in pairs}


def test_each_published_table_is_attacked_or_harmless():
    """Whoever publishes a table says which test attacks it, or why none need."""
    tables = published_tables()
    assert len(tables) > 30
    assert tables == ATTACKED.keys() | HARMLESS.keys()
    assert not ATTACKED.keys() & HARMLESS.keys()
    for table, test in ATTACKED.items():
        (path,) = ROOT.glob(f"tests/**/{Path(test).name}")
        assert table in path.read_text(), table


def test_no_table_tells_the_size_of_a_persona_that_keeps_it(traits_sql):
    """Who is few, and the smallest other one, has no traits and no rules, which have sizes."""
    counts = np.array([[2, 1], [10, 8], [30, 20]])
    told, _ = publish(traits_sql, counts)
    assert {persona for persona, _ in told} == {1, 2}
    told, _ = publish(traits_sql, counts, kept=(0, 1))
    assert {persona for persona, _ in told} == {2}
    for table in ("persona_rules", "persona_need_drivers"):
        assert "personas.customer_count is not null" in sql_of(f"marts/personas/{table}.sql")


@pytest.mark.parametrize("seed", range(12))
def test_figures_of_few_in_a_change_of_personas_hide_with_others(seed):
    """Totals of the day and all other events in `persona_lifecycle` leave two unknown."""
    rng = np.random.default_rng(seed)
    events = pd.DataFrame(rng.choice([0, 2, 4, 7, 30, 90], (5, 2)), columns=["before", "after"])
    with duckdb.connect() as connection:
        connection.register("events", events.reset_index())
        connection.execute(
            "create table persona_events as select 'c' as champion_id, current_date as event_on, "
            "'merged' as event, 'P' || index as persona_id, 'Q' as related_persona_id, "
            "before as customers_before, after as customers_after, "
            "least(before, after) as shared_customers, 0.5 as jaccard from events; "
            "create table persona_names as select '' as persona_id, '' as persona_name where false"
        )
        told = connection.execute(
            "select persona_id, customers_before, customers_after, shared_customers, jaccard "
            f"from ({sql_of('marts/personas/persona_lifecycle.sql')}) order by persona_id"
        ).df()
    few = ((events > 0) & (events < CELL)).any(axis=1)
    hidden = told["jaccard"].isna()
    assert (told.loc[hidden].drop(columns="persona_id").isna()).all(axis=None)
    assert hidden[few].all() and hidden.sum() == min(5, few.sum() + 1) * few.any()


@pytest.mark.parametrize("outliers", range(13))
def test_few_of_a_persona_with_or_without_an_outlier_are_not_counted(outliers):
    """Of twelve members; nobody and all of them are told."""
    empty = {
        "persona_trait_scores": "'' as persona_id, '' as feature_name, 0.0 as mean",
        "persona_events": "'' as persona_id, '' as event, current_date as event_on",
    }
    with duckdb.connect() as connection:
        for name, columns in empty.items():
            connection.execute(f"create table {name} as select {columns} where false")
        connection.execute(
            "create table customer_persona_scores as select range as customer_id, if(range < 12, "
            "'A', 'B') as persona_id, 0.9::decimal(9, 6) as confidence from range(30); "
            "create table customer_features as select range as customer_id, true as is_as_of, "
            "10.0::decimal(18, 2) as spend_365d, 80.0 as satisfaction, "
            f"if(range < {outliers}, 1, 0) as outlier_lines from range(30); "
            "create table persona_names as select unnest(['A', 'B']) as persona_id, '' as "
            "persona_name, '' as persona_description, current_date as named_on; "
            "create table segmentation_champion as select 'kmeans' as algorithm, '' as role, "
            "false as is_continuum, map(['silhouette'], [0.5]) as metrics, 'c' as champion_id, "
            "'m' as model_id, '' as feature_set, current_date as fitted_on, '' as reason, "
            "'' as status, [{'persona_id': 'A', 'gap': 0.5, 'is_apart': true, 'jaccard': 0.9}] "
            "as personas"
        )
        query = sql_of("marts/personas/personas.sql")
        (told,) = connection.execute(
            f"select outlier_customer_count from ({query}) where persona_id = 'A'"
        ).fetchone()
    is_told = outliers in (0, 12) or CELL <= outliers <= 12 - CELL
    assert told == (outliers if is_told else None)


@pytest.mark.parametrize("customers", [30, 60, 80, 200])
def test_what_came_of_predictions_tells_no_hits_of_few(customers):
    """All bins of `prediction_outcomes_by_bin`, and how many hits there were, leave several."""
    query = sql_of("monitoring/prediction_outcomes_by_bin.sql")
    for seed in range(10):
        rng = np.random.default_rng([customers, seed])
        sizes = np.full(10, customers // 10)
        hits = rng.binomial(sizes, np.sort(rng.random(10)) ** 2)
        with duckdb.connect() as connection:
            bins = pd.DataFrame({"bin": range(10), "customers": sizes, "hits": hits})
            connection.register("bins", bins)
            connection.execute(
                "create table prediction_outcomes_known as select 't' as target, current_date as "
                "as_of_date, list({'class': 'yes', 'bin': bin, 'customers': customers, "
                "'hits': hits, 'mean_probability': 0.5}) as calibration from bins"
            )
            told = connection.execute(
                f"select hit_rate * customers from ({query}) order by probability_bin"
            ).fetchall()
        few = ((hits > 0) & (hits < CELL)) | ((hits < sizes) & (hits > sizes - CELL))
        if not few.any() and customers // 10 >= CELL:
            continue
        shown = np.array([np.nan if hit is None else hit for (hit,) in told])
        low = np.where(np.isnan(shown), 0, np.maximum(0, np.ceil(shown - 2.5)))
        high = np.where(np.isnan(shown), sizes, np.minimum(sizes, np.floor(shown + 2.5)))
        least = np.maximum(low, hits.sum() - (high.sum() - high))
        most = np.minimum(high, hits.sum() - (low.sum() - low))
        assert (least[few] < most[few]).all(), (hits, told)


@pytest.mark.parametrize(
    ("method", "first", "repeats"), [("year_before", 3, "null"), ("recent_trend", 20, "1")]
)
def test_what_was_expected_of_a_class_tells_no_count_that_is_withheld(method, first, repeats):
    """Of `outlook_evaluations`, methods that compute from withheld counts are told in steps.

    A recent trend rests on who bought within some days, however many had the class in all.
    """
    with duckdb.connect() as connection:
        connection.execute(
            "create table class_shares as select * from (values "
            f"('t', 1, 'a', true, {first}, 80, {first / 80}), "
            f"('t', 1, 'b', true, {80 - first}, 80, {1 - first / 80}), "
            "('t', 2, 'a', true, 20, 80, 0.25), ('t', 2, 'b', true, 60, 80, 0.75)) as rows "
            "(target, observation_date, label, is_labelled, customers, labelled_customers, share); "
            "create table season_outlook as select 't' as target, 2 as observation_date, "
            f"'{method}' as basis"
        )
        told = set()
        # what 1, 2, 3 or 4 customers would make the method expect
        for share in (0.101, 0.113, 0.126, 0.138):
            connection.execute(
                "create or replace table share_forecasts as select 't' as target, 2 as "
                f"observation_date, 'a' as label, '{method}' as method, {share} as "
                "expected_share, 0.03 as lowest_share, 0.3 as highest_share, 1 as known_by, "
                f"{repeats}::integer as repeats"
            )
            query = sql_of("marts/models/outlook_evaluations.sql")
            told |= set(connection.execute(f"select expected_share from ({query})").fetchall())
    assert told == {(0.125,)}


@pytest.mark.parametrize("few", range(1, CELL))
def test_a_value_of_few_customers_is_not_counted(few):
    """All records of `value_meanings` less those of the other values leave two unknown."""
    counts = {"opened": 50, "clicked": 20, "ordered": few, "bounced": 0}
    with duckdb.connect() as connection:
        rows = ", ".join(f"('{value}', {n + 5}, {n})" for value, n in counts.items())
        connection.execute(
            "create table int_value_meanings as select 's' as source_system, 'contacts' as entity, "
            "'response' as column_name, *, 'response' as counts_as, true as is_known "
            f"from (values {rows}) as rows (received_value, records, customers)"
        )
        query = sql_of("monitoring/value_meanings.sql")
        told = dict(connection.execute(f"select received_value, records from ({query})").fetchall())
    # of nobody known: visits without an id
    assert told == {"opened": 55, "clicked": None, "ordered": None, "bounced": 5}
