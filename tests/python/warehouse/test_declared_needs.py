"""Outcomes of the customers file, from the mapping to what is published of them."""

import csv
import json

import numpy as np
import pytest
from conftest import SMALL, Company

from customer_personas.report.summary import summarise

CUSTOMERS = 1500
NEEDS = [
    {"target": "churn", "column": "Exited", "positive": "1"},
    {"target": "tariff", "column": "Wish"},
]


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> tuple[Company, str]:
    """Two outcomes, a column that is known only with one of them, and people who said nothing."""
    company = Company(
        tmp_path_factory.mktemp("outcomes"),
        SMALL | {"source_systems": {"files": ["customers"]}, "algorithms": ["logistic_regression"]},
    )
    rng = np.random.default_rng(8)
    visits, spend = rng.poisson(4, CUSTOMERS), rng.gamma(2, 60, CUSTOMERS)
    churned = rng.random(CUSTOMERS) < 1 / (1 + np.exp(visits - 2))
    # one in a hundred wishes what hardly anybody does
    wish = np.where(spend + rng.normal(0, 30, CUSTOMERS) > 110, "gold", "basic")
    wish = np.where(rng.random(CUSTOMERS) < 0.03, "business", wish)
    with (company.landing / "customers.csv").open("w", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(["customer_id", "visits", "spend", "Refund", "Exited", "Wish"])
        for number in range(CUSTOMERS):
            is_new = number < 200
            refund = rng.normal(80 if churned[number] else 20, 5)
            writer.writerow(
                [
                    f"C{number:04}",
                    visits[number],
                    f"{spend[number]:.2f}",
                    f"{refund:.1f}",
                    "" if is_new else int(churned[number]),
                    "" if is_new else wish[number],
                ]
            )
    (company.landing / "mapping.yml").write_text(
        json.dumps({"entities": {"customers": {"needs": NEEDS}}})
    )
    return company, company.build().stdout


@pytest.mark.slow  # the parts: test_needs, test_held_out, test_feature_selection, SQL's unit tests
def test_outcomes_are_learnt_and_never_learnt_from(built):
    company, _ = built
    names = {
        name
        for (name,) in company.query_published("select feature_name from features.feature_catalog")
    }
    assert {"attribute_visits", "attribute_spend", "attribute_refund"} <= names
    assert not [name for name in names if "exited" in name or "wish" in name or "need" in name]
    learnt = company.query_published(
        "select target, any_value(model_id) from marts.customer_needs group by target order by all"
    )
    assert learnt == [
        ("churn", "churn_logistic_regression"),
        ("tariff", "tariff_logistic_regression"),
    ]
    classes = company.query_published(
        "select distinct target, need from marts.customer_needs order by all"
    )
    assert classes == [
        *[("churn", "no"), ("churn", "yes")],
        *[("tariff", "basic"), ("tariff", "business"), ("tariff", "gold")],
    ]


@pytest.mark.slow
def test_what_is_known_stands_beside_what_is_likely(built):
    company, _ = built
    ((customers, known, positive, targets),) = company.query_published(
        "select count(*), count(declared_need), count(positive_need_probability), "
        "count(distinct declared_target) from marts.customers"
    )
    assert (customers, known, positive, targets) == (CUSTOMERS, CUSTOMERS - 200, CUSTOMERS, 1)
    assert company.query_published(
        "select distinct declared_target, positive_need from marts.customers"
    ) == [("churn", "yes")]
    # of everybody who was learnt from the label is known, of four fifths of those known it was
    ((share, strangers),) = company.query_published(
        "select avg(is_in_training::integer) filter (is_declared is not null), "
        "count(*) filter (is_in_training and is_declared is null) from marts.customer_needs"
    )
    assert 0.75 < share < 0.85 and strangers == 0


@pytest.mark.slow
def test_what_is_known_only_afterwards_is_withheld_and_said(built):
    company, said = built
    withheld = company.query_published(
        "select target, feature_name, is_used from marts.feature_selection where is_suspicious"
    )
    assert withheld == [("churn", "attribute_refund", False)]
    assert "Warning of assert_no_feature_is_too_good: churn: attribute_refund alone" in said
    assert "confirmed_features: [attribute_refund]" in said
    summary = summarise(company.published)
    assert "Withheld from churn: attribute_refund." in summary


@pytest.mark.slow
def test_the_summary_begins_with_what_says_something(built):
    company, _ = built
    lines = summarise(company.published).splitlines()
    place = next(n for n, line in enumerate(lines) if line.startswith("  churn "))
    assert "roc_auc" in lines[place]
    assert "% of the customers" in lines[place + 1]
    # withheld where a tenth has few who churned, or few who did not
    ((is_told,),) = company.query_published(
        "select count(*) > 0 from marts.model_evaluations where target = 'churn' and is_published "
        "and metric = 'lift_at_10_percent' and evaluation_split = 'test'"
    )
    assert ("in the top tenth" in lines[place + 1]) == is_told
    assert lines[place + 1].index("accuracy") > lines[place + 1].index("the best single feature")


@pytest.mark.slow
def test_without_consents_build_and_summary_say_how_the_audience_is_filled(built):
    company, said = built
    assert "assert_crm_audience_can_be_filled: crm_audience is empty" in said
    assert "CRM audience: empty" in summarise(company.published)


@pytest.mark.slow
def test_nothing_is_found_in_shuffled_labels(built):
    company, _ = built
    rows = company.query_published(
        "select target, value_low, value_high from marts.model_evaluations "
        "where evaluation_split = 'shuffled labels' and metric = 'roc_auc' order by target"
    )
    assert [target for target, *_ in rows] == ["churn", "tariff"]
    assert all(low < 0.5 < high for _, low, high in rows)
