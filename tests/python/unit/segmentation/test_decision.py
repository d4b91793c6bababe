"""Personas are fitted anew where there is a cause, and kept where there is none."""

import json
from datetime import date, timedelta

import duckdb
import numpy as np
import pytest
from companies import DAY, features_of, relations

from customer_personas.features.drift import profile_features
from customer_personas.features.refitting import Policy
from customer_personas.segmentation.decision import decide, write_persona_settings

AUTO = Policy("auto", 90, 30, drift_psi=0.25, drift_missing=0.1)
SETS = [("buying", "rfm"), ("buying", "basket"), ("rfm", "rfm")]


def settings(fewest=2, most=8, sets=SETS):
    listed = ", ".join(str(each) for each in sets)
    relation = duckdb.sql(f"from (values {listed}) as sets(feature_set, family)")
    return write_persona_settings(relation, fewest=fewest, most=most)


SETTINGS = settings()


@pytest.fixture
def connection():
    return duckdb.connect()


def customers(connection, *, shift=0.0, missing=0.0, low=0.5):
    """A thousand customers: a share `low` of them spends little, some have no tenure."""
    rng = np.random.default_rng(0)
    tenure = np.where(rng.random(1000) < missing, np.nan, rng.normal(shift, 1, 1000))
    spend = np.arange(1000) >= 1000 * low
    table = features_of(np.column_stack([tenure, spend]), names=["tenure_days", "spend"])
    features, catalog, *_ = relations(connection, table)
    return features.project("* replace (case when isnan(tenure_days) then null else tenure_days "
                            "end as tenure_days)"), catalog  # fmt: skip


def fitted(connection, *, checked_on=DAY, features=("tenure_days",), **then):
    """A champion of two personas, fitted on the customers of `DAY`."""
    relation, catalog = customers(connection, **then)
    return {
        "champion_id": "S0001",
        "role": "candidate",
        "fitted_on": DAY,
        "checked_on": checked_on,
        "feature_set": "buying",
        "cluster_count": 2,
        "settings": SETTINGS,
        "features": list(features),
        "parameters": json.dumps({"space": {"population": "true"}}),
        "scoring_sql": "select customer_id, cast(spend as int) as cluster from features",
        "personas": [
            {"persona_id": "P001", "customer_share": then.get("low", 0.5)},
            {"persona_id": "P002", "customer_share": 1 - then.get("low", 0.5)},
        ],
        "feature_profiles": profile_features(relation, catalog, ["tenure_days"]),
    }


def decision_of(connection, champion, *, days=60, policy=AUTO, barred=(), settings=SETTINGS, **now):
    relation, _ = customers(connection, **now)
    (row,) = decide(
        relation,
        champion,
        policy,
        drift_persona_share=0.1,
        settings=settings,
        as_of_date=DAY + timedelta(days=days),
        source_systems="shop",
        barred=barred,
    ).to_pylist()
    return row


def test_the_first_build_fits(connection):
    row = decision_of(connection, None)
    assert row["refit_cause"] == "no personas of these source systems from before as_of_date"
    assert not row["can_be_kept"]
    assert row["champion_id"] is None and row["reason_to_keep"] is None


def test_young_personas_without_drift_are_kept(connection):
    row = decision_of(connection, fitted(connection), days=89)
    assert row["refit_cause"] is None
    assert row["can_be_kept"]
    assert row["reason_to_keep"] == f"Kept: fitted as of {DAY}, no cause to fit anew."
    assert [each["is_drifted"] for each in row["feature_drift"]] == [False]
    assert [each["is_drifted"] for each in row["persona_drift"]] == [False, False]


def test_age_is_a_cause(connection):
    row = decision_of(connection, fitted(connection), days=90)
    assert row["refit_cause"] == "the personas in force were looked at 90 days ago"
    row = decision_of(connection, fitted(connection, checked_on=date(2024, 3, 1)), days=90)
    assert row["refit_cause"] is None


def test_drift_is_a_cause_unless_it_was_looked_at_lately(connection):
    row = decision_of(connection, fitted(connection), shift=2)
    assert row["refit_cause"].startswith("the feature tenure_days has drifted (PSI ")
    assert row["can_be_kept"]
    assert row["feature_drift"][0]["is_drifted"]
    row = decision_of(connection, fitted(connection), missing=0.2)
    assert row["refit_cause"].endswith("points more)")
    assert not decision_of(connection, fitted(connection), days=29, shift=2)["refit_cause"]


def test_a_persona_that_grew_is_a_cause(connection):
    row = decision_of(connection, fitted(connection, low=0.8), low=0.6)
    assert row["refit_cause"] == "the share of P001 went from 80.0 to 60.0 %"


def test_nothing_has_drifted_on_the_day_of_the_fit(connection):
    row = decision_of(connection, fitted(connection), days=0, shift=2)
    assert row["refit_cause"] is None
    assert row["feature_drift"] == row["persona_drift"] == []


def test_always_looks_anew_and_never_only_where_a_feature_is_gone(connection):
    always, never = (Policy(refit, 90, 30, 0.25, 0.1) for refit in ("always", "never"))
    row = decision_of(connection, fitted(connection), days=1, policy=always)
    assert (row["refit_cause"], row["can_be_kept"]) == ("the var refit is always", True)
    assert not decision_of(connection, fitted(connection), days=900, policy=never)["refit_cause"]
    champion = fitted(connection, features=["tenure_days", "no_such_feature"])
    row = decision_of(connection, champion, policy=never)
    assert row["refit_cause"] == "the feature no_such_feature of the personas in force is gone"
    assert not row["can_be_kept"]


def test_what_personas_may_not_rest_on_any_more_is_a_cause_even_for_never(connection):
    never = Policy("never", 90, 30, 0.25, 0.1)
    row = decision_of(connection, fitted(connection), policy=never, barred=["tenure_days"])
    assert "tenure_days of the personas in force may not be used any more" in row["refit_cause"]
    assert not row["can_be_kept"]
    stand_in = fitted(connection) | {"role": "fallback"}
    assert decision_of(connection, stand_in, policy=never, barred=["tenure_days"])["can_be_kept"]


@pytest.mark.parametrize(
    ("changed", "said", "is_allowed"),
    [
        ({}, None, True),
        # the order of the seed's rows is no setting
        ({"sets": SETS[::-1]}, None, True),
        ({"most": 9}, "the var personas_max changed since the last look", True),
        (
            {"fewest": 3, "most": 9},
            "the var personas_max and the var personas_min changed since the last look",
            False,
        ),
        (
            {"sets": [*SETS, ("visits", "web")]},
            "the seed segmentation_feature_sets changed since the last look",
            True,
        ),
        (
            {"sets": SETS[1:]},
            "the seed segmentation_feature_sets changed since the last look",
            False,
        ),
        (
            {"sets": SETS[2:]},
            "the seed segmentation_feature_sets changed since the last look",
            False,
        ),
    ],
)
def test_other_settings_are_a_cause_at_once(connection, changed, said, is_allowed):
    row = decision_of(connection, fitted(connection), days=0, settings=settings(**changed))
    assert (row["refit_cause"], row["can_be_chosen"]) == (said, is_allowed)
    # who is in which persona of before can be told in any case
    assert row["can_be_kept"]


def test_settings_that_a_release_did_not_keep_are_no_cause(connection):
    champion = fitted(connection) | {"settings": None}
    row = decision_of(connection, champion, days=1, settings=settings(most=5))
    assert row["refit_cause"] is None and row["can_be_chosen"]


def test_fewer_personas_than_the_least_stay_where_the_least_is_the_same(connection):
    champion = fitted(connection) | {"settings": settings(fewest=4)}
    more = settings(fewest=4, sets=[*SETS, ("visits", "web")])
    assert decision_of(connection, champion, days=1, settings=more)["can_be_chosen"]


def test_never_keeps_personas_of_other_settings(connection):
    never = Policy("never", 90, 30, 0.25, 0.1)
    row = decision_of(connection, fitted(connection), policy=never, settings=settings(most=9))
    assert row["refit_cause"] is None
