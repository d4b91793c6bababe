"""What the report says of the demo, held against the tables by ways of their own."""

import duckdb
import pytest

from customer_personas.report.published import QUERIES, Facts, read_published
from customer_personas.report.sections import act, wholes


@pytest.fixture(scope="module")
def facts(demo):
    return next(step for step in read_published(demo.published) if isinstance(step, Facts))


@pytest.fixture(scope="module")
def customers(demo):
    with duckdb.connect(str(demo.published), read_only=True) as connection:
        return connection.sql("from marts.customers").df().set_index("customer_id")


@pytest.fixture(scope="module")
def leaving(customers):
    """The third of the buyers with spend that spent most, if they are likelier to stay away."""
    buyers = customers[customers["churn_probability"].notna()]
    spend = buyers["spend_365d"].astype(float)
    spenders = spend[spend > 0]
    place = (spenders.rank(method="min") - 1) / (len(spenders) - 1)
    best = place.index[place >= 2 / 3]
    return buyers.loc[best][buyers.loc[best, "churn_probability"] >= 0.5]


def test_every_query_of_the_report_finds_its_tables(facts):
    assert facts.rows.keys() == {path.stem for path in QUERIES.glob("*.sql")}
    assert not facts.absent
    assert facts["personas"]
    assert facts.minimum_cell == 5


def test_no_more_customers_are_expected_to_need_something_than_to_buy(demo, facts, customers):
    with duckdb.connect(str(demo.published), read_only=True) as connection:
        needs = connection.sql("from marts.customer_needs where target = 'next_need'").df()
    chance = needs["customer_id"].map(customers["purchase_probability"])
    expected = (needs["probability"] * chance).groupby(needs["need"]).sum()
    buyers = customers["purchase_probability"].sum()
    assert expected.sum() == pytest.approx(buyers)
    # the sum of the probabilities alone would be all customers, with those who never order
    assert buyers < 0.5 * len(customers)
    told = {each["need"]: each["expected_customers"] for each in facts["demand"]}
    assert told.keys() == set(expected.index)
    for need, customers_of_it in told.items():
        assert customers_of_it == pytest.approx(expected[need], abs=2.5)
    assert facts["demand"][0]["expected_buyers"] == pytest.approx(buyers, abs=2.5)


def test_shares_of_revenue_are_of_the_sum_that_is_told(facts, customers):
    spend = customers.loc[customers["has_purchased"], "spend_365d"].astype(float)
    most = spend.quantile(0.99, interpolation="higher")
    bounded = spend.clip(upper=most)
    assert wholes.bounded_revenue(facts) == pytest.approx(bounded.sum(), rel=0.005)
    shares = bounded.groupby(customers["persona_id"]).sum() / bounded.sum()
    for each in facts["personas"]:
        assert each["revenue_share"] == pytest.approx(shares[each["persona_id"]], abs=0.005)
    for query in ("churn_by_spend", "rfm_segments", "value_types"):
        told = [each["revenue_share"] for each in facts[query] if each["revenue_share"] is not None]
        assert sum(told) == pytest.approx(1, abs=0.005 * len(told) + 0.02)


def test_who_is_leaving_is_the_same_on_every_picture(demo, facts, customers, leaving):
    (whole,) = act.list_leaving(facts, "all")
    assert whole["customers"] == pytest.approx(len(leaving), abs=2.5)
    assert act.good_customers_leaving(facts)[0] == whole["customers"]
    # the cells of the map are rounded one by one
    cells = [each for each in facts["churn_by_spend"] if each["spend_band"] == 3]
    told = sum(each["customers"] for each in cells if each["churn_band"] >= 2)
    assert told == pytest.approx(len(leaving), abs=5)
    for by, column in (("persona", "persona_name"), ("segment", "rfm_segment")):
        counts = leaving[column].value_counts()
        told = {each["name"]: each["customers"] for each in act.list_leaving(facts, by)}
        assert told.keys() == set(counts.index[counts >= facts.minimum_cell])
        assert all(told[name] == pytest.approx(counts[name], abs=2.5) for name in told)
    with duckdb.connect(str(demo.published), read_only=True) as connection:
        listed = connection.sql("from marts.crm_audience").df()
        members = connection.sql("from marts.audience_members where is_reachable").df()
    mine = listed[listed["customer_id"].isin(leaving.index)]
    assert whole["listed"] == pytest.approx(len(mine), abs=2.5)
    assert whole["acting"] == pytest.approx(mine["next_best_action"].notna().sum(), abs=2.5)
    for each in act.list_leaving(facts, "audience"):
        of_it = members[members["audience"] == each["name"]]["customer_id"]
        assert each["customers"] == pytest.approx(of_it.isin(leaving.index).sum(), abs=2.5)


def test_whoever_agreed_is_on_the_list_or_accounted_for(facts, customers):
    agreed = (customers["marketing_consent"] == "granted").sum()
    reasons = {each["held_back_by"]: each["customers"] for each in facts["audience_list"]}
    few = 4 * sum(each is None for each in reasons.values())
    told = sum(each for each in reasons.values() if each)
    listed = facts["audience_list"][0]["listed"]
    assert listed == pytest.approx(told, abs=2.5 * (len(reasons) + 1) + few)
    assert listed <= agreed + 2.5
    assert facts["actions"][0]["acting"] == pytest.approx(reasons[None], abs=2.5)
