"""Models are kept until there is a cause to learn again, and calibrated for their customers."""

from datetime import date, timedelta

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from small_targets import AS_OF, HORIZON, NO_OUTLOOK, catalog, features, labels

from customer_personas.features.refitting import Policy
from customer_personas.prediction import fits_table
from customer_personas.prediction.keeping import find_cause, keep_models
from customer_personas.prediction.pipeline import usable_features
from customer_personas.prediction.scoring import score_customers
from customer_personas.prediction.targets import (
    describe_history,
    find_cause_in_version,
    learn_targets,
)
from customer_personas.warehouse.migrate import list_migrations

POLICY = Policy("auto", 90, 30, 0.25, 0.1)
SETTINGS = {
    "horizon_days": HORIZON,
    "algorithms": ["decision_tree", "logistic_regression", "random_forest"],
    "seed": 7,
    "sample_size": 60_000,
    "budget_seconds": 30.0,
}


def learn(
    connection,
    table,
    kept=(),
    *,
    day=AS_OF,
    outlook=NO_OUTLOOK,
    policy=POLICY,
    outcomes=(),
    history="",
    say=print,
    **changed,
):
    return learn_targets(
        connection.from_arrow(table),
        connection.from_arrow(labels(table, ["no", "yes"])),
        catalog(connection, table),
        connection.from_arrow(outlook),
        kept,
        targets={"will_purchase": "future"},
        settings=SETTINGS | changed,
        policy=policy,
        as_of_date=day,
        outcomes=outcomes,
        history=history,
        say=say,
    ).to_pylist()


@pytest.fixture(scope="module")
def connection():
    return duckdb.connect()


@pytest.fixture(scope="module")
def table():
    return features(customer_count=300)


@pytest.fixture(scope="module")
def fitted(connection, table):
    return learn(connection, table)


def cause(
    fitted, connection, table, *, days=1, policy=POLICY, settings=None, usable="true", outcomes=()
):
    customers = connection.from_arrow(table).filter("is_as_of")
    return find_cause(
        fitted,
        customers,
        usable_features(catalog(connection, table), "future").filter(usable),
        policy,
        settings=settings or fitted[0]["settings"],
        as_of_date=AS_OF + timedelta(days=days),
        outcomes=outcomes,
    )


def test_a_first_fit_says_so_and_describes_its_customers(fitted):
    (published,) = [row for row in fitted if row["is_published"]]
    assert published["status"] == "Fitted by this build: nothing learnt before."
    assert not published["is_kept"] and published["fitted_on"] == AS_OF
    profiled = {each["feature_name"] for each in published["feature_profiles"]}
    assert profiled == set(published["features"])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"days": 0}, None),
        ({"days": 89}, None),
        ({"days": 90}, "the model in force was fitted 90 days ago"),
        ({"days": 90, "policy": Policy("never", 90, 30, 0.25, 0.1)}, None),
        ({"days": 1, "policy": Policy("always", 90, 30, 0.25, 0.1)}, "the var refit is always"),
        ({"settings": "{}"}, "its settings are others than at the last fit"),
    ],
)
def test_causes(fitted, connection, table, given, said):
    assert cause(fitted, connection, table, **given) == said


def test_a_feature_that_is_gone_is_a_cause_even_for_never(fitted, connection, table):
    less = table.drop_columns(["recency_days"])
    found = cause(fitted, connection, less, policy=Policy("never", 90, 30, 0.25, 0.1))
    assert found == "the feature recency_days of the model in force is gone"


def test_a_new_feature_is_a_cause(fitted, connection, table):
    more = table.append_column("visits", pa.array(range(len(table))))
    assert cause(fitted, connection, more) == "the feature visits is new"
    never = Policy("never", 90, 30, 0.25, 0.1)
    assert cause(fitted, connection, more, policy=never) is None


def test_a_feature_that_is_not_known_of_past_dates_any_more_is_a_cause(fitted, connection, table):
    found = cause(fitted, connection, table, usable="feature_name != 'recency_days'")
    assert found == "the feature recency_days of the model in force may not be used any more"


def test_models_of_earlier_versions_are_learnt_again():
    """Once: what is learnt then says of itself that it is whole."""
    whole = {"held_out_models": [{"prior_shift": [0.2, -0.2]}], "prior_shift": [0.1, -0.1]}
    baseline = {"held_out_models": [], "prior_shift": [0.3, -0.3]}
    balanced = {"held_out_models": [{"prior_shift": [0.0, 0.0]}], "prior_shift": [0.0, 0.0]}
    assert find_cause_in_version([whole, baseline]) is None
    assert find_cause_in_version([balanced]) is None
    without_level = whole | {"held_out_models": [{"prior_shift": [0.0, 0.0]}]}
    assert "class shares" in find_cause_in_version([baseline, without_level])
    assert "suspicious" in find_cause_in_version([whole | {"held_out_models": None}])


def test_drift_is_a_cause_only_some_time_after_the_fit(fitted, connection, table):
    place = table.column_names.index("recency_days")
    nothing = pa.nulls(len(table), pa.float64())
    unknown = table.set_column(place, "recency_days", nothing)
    assert cause(fitted, connection, unknown, days=29) is None
    assert "recency_days has drifted" in cause(fitted, connection, unknown, days=30)


def outcome(verdict, judged_after, published_after=-60):
    return {
        "as_of_date": AS_OF + timedelta(days=published_after),
        "judged_on": None if judged_after is None else AS_OF + timedelta(days=judged_after),
        "verdict": verdict,
        "mean_probability": 0.414,
        "happened_share": 0.3,
        "roc_auc_low": 0.611,
        "roc_auc_high": 0.66,
        "promised_roc_auc_low": 0.7,
        "promised_roc_auc_high": 0.758,
    }


@pytest.mark.parametrize(
    ("outcomes", "said"),
    [
        ([], None),
        ([outcome("as promised", 31), outcome("pending", None)], None),
        # judged by the day of the fit, it was learnt from
        ([outcome("ranked worse", 0)], None),
        ([outcome("ranked worse", 1)], "(AUC 0.61 to 0.66, promised 0.70 to 0.76)"),
        ([outcome("level off", 1)], "(a mean probability of 41%, of which 30% happened)"),
        # the newest publication is told of
        ([outcome("level off", 31, 0), outcome("ranked worse", 31, -30)], "of which 30% happened"),
    ],
)
def test_what_came_out_worse_than_promised_is_a_cause(fitted, connection, table, outcomes, said):
    found = cause(fitted, connection, table, days=31, outcomes=outcomes)
    assert found is None if said is None else said in found
    if said:
        day = max(each["as_of_date"] for each in outcomes)
        assert found.startswith(f"what was published as of {day} came out worse than promised (")
    # not day after day, and not where models are kept for good
    assert cause(fitted, connection, table, days=29, outcomes=outcomes) is None
    never = Policy("never", 90, 30, 0.25, 0.1)
    assert cause(fitted, connection, table, days=31, policy=never, outcomes=outcomes) is None


def test_each_target_hears_of_its_own_outcomes(fitted, connection, table):
    day = AS_OF + timedelta(days=31)
    worse = outcome("ranked worse", 31)
    for target, kept in (("will_purchase", False), ("next_need", True)):
        again = learn(connection, table, fitted, day=day, outcomes=[worse | {"target": target}])
        assert {row["is_kept"] for row in again} == {kept}


def test_nothing_learnt_is_tried_again(connection, table):
    nothing = learn(connection, table, algorithms=["decision_tree"], horizon_days=4000)
    assert [row["algorithm"] for row in nothing] == ["none"]
    assert cause(nothing, connection, table) == "nothing learnt before"


def test_a_target_without_a_model_says_what_is_missing(connection, table):
    said = []
    history = describe_history(
        connection.from_arrow(table), horizon_days=100, step_days=30, minimum_history_days=60
    )
    assert "; 280 to 309 are needed: 60 before the first date" in history
    (row,) = learn(
        connection,
        table,
        algorithms=["decision_tree"],
        horizon_days=4000,
        history=history,
        say=said.append,
    )
    assert row["reason"].startswith("No training date: ") and row["reason"].endswith(history)
    assert said == [f"will_purchase: no model. {row['reason']}"]


def test_without_orders_nothing_is_said_of_their_history(connection, table):
    settings = {"horizon_days": 90, "step_days": 30, "minimum_history_days": 90}
    without = table.drop_columns(["days_since_first_order"])
    assert describe_history(connection.from_arrow(without), **settings) == ""
    assert describe_history(connection.from_arrow(table.slice(0, 0)), **settings) == ""


def test_built_again_on_the_same_day_nothing_changes(fitted, connection, table):
    again = learn(connection, table, fitted)
    for before, after in zip(fitted, again, strict=True):
        changed = {name for name in before if before[name] != after[name]}
        assert changed <= {"is_kept", "status", "test_predictions"}
        assert after["is_kept"] and after["status"].startswith(f"Kept: fitted as of {AS_OF}")


@pytest.mark.parametrize("algorithm", SETTINGS["algorithms"])
def test_kept_models_meet_the_shares_expected_of_another_day(connection, table, algorithm):
    day = AS_OF + timedelta(days=7)
    outlook = pa.table(
        {
            "target": ["will_purchase"] * 2,
            "observation_date": pa.array([day] * 2, pa.date32()),
            "label": ["no", "yes"],
            "expected_share": [0.8, 0.2],
        }
    )
    fitted = learn(connection, table, algorithms=[algorithm])
    kept = learn(connection, table, fitted, day=day, outlook=outlook, algorithms=[algorithm])
    (before,) = [row for row in fitted if row["is_published"]]
    (after,) = [row for row in kept if row["is_published"]]
    assert before["algorithm"] == algorithm
    customers = connection.from_arrow(table).filter("is_as_of").to_arrow_table()

    def positive(row):
        scoring = duckdb.connect()
        scoring.register("customers", customers)
        plain = row | {"explained_by": None}
        scored = score_customers(scoring, "select * from customers", [plain]).read_all()
        found = scored["probability"].to_numpy().reshape(-1, 2)
        assert np.allclose(found.sum(axis=1), 1)
        return found[:, 1]

    assert positive(after).mean() == pytest.approx(0.2, abs=1e-6)
    # the order of customers stays
    assert np.array_equal(
        np.argsort(positive(before), kind="stable"), np.argsort(positive(after), kind="stable")
    )


def test_the_state_keeps_every_column_but_what_is_said_of_single_customers():
    with duckdb.connect() as state:
        for migration in list_migrations():
            state.execute(migration.sql)
        kept = state.table("history.target_fits").columns
    left_out = {"test_predictions", "is_kept", "status"}
    assert kept == ["source_systems", *(n for n in fits_table.SCHEMA.names if n not in left_out)]


def test_rows_without_expectations_keep_their_prior_shift(fitted, connection, table):
    customers = connection.from_arrow(table).filter("is_as_of")
    kept = keep_models(fitted, customers, None, as_of_date=date(2030, 1, 1), seed=7)
    assert [row["prior_shift"] for row in kept] == [row["prior_shift"] for row in fitted]
