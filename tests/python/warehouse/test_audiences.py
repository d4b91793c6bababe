"""Audiences of a shop that was built on two days: their history, and the holdout."""

import pytest
from planted import DAYS
from scipy.stats import chi2_contingency


def test_the_log_has_both_days_and_adds_up(shop):
    dates = [day for (day,) in shop.query("select distinct as_of_date from marts.audience_sizes")]
    assert sorted(map(str, dates)) == sorted(DAYS)
    # who is in an audience now is who is in it by the log
    assert (
        shop.query(
            "select audience, customer_id from marts.audience_members "
            "except select audience, customer_id from marts.audience_memberships where is_current"
        )
        == []
    )
    assert (
        shop.query(
            "select audience, customer_id from marts.audience_memberships where is_current "
            "except select audience, customer_id from marts.audience_members"
        )
        == []
    )
    # and the state knows what this build found out
    ((today,),) = shop.query("select max(as_of_date) from marts.audience_sizes")
    assert shop.query_state(
        "select count(*) filter (is_member) - count(*) filter (not is_member) "
        "from history.audience_changes"
    ) == shop.query("select count(*) from marts.audience_members")
    assert shop.query_state("select max(as_of_date) from history.audience_sizes") == [(today,)]


def test_audiences_are_published_with_what_they_are(shop):
    rows = shop.query_published(
        "select audience, label, channel, status, definition from marts.audiences order by all"
    )
    assert [row[0] for row in rows] == [
        "lapsing_big_spenders",
        "next_category",
        "welcome_new_customers",
    ]
    assert all(label and channel == "email" for _, label, channel, *_ in rows)
    assert all("from" in definition and "{{" not in definition for *_, definition in rows)


def test_nobody_is_reachable_without_consent_or_from_the_holdout(shop):
    ((share,),) = shop.query("select avg(is_held_out::int) from intermediate.int_holdout")
    assert 0.05 < share < 0.16
    assert (
        shop.query(
            "select members.customer_id from marts.audience_members as members "
            "inner join intermediate.int_holdout as holdout using (customer_id) "
            "left join intermediate.int_consents as consents on members.customer_id = "
            "consents.customer_id and channel in ('email', 'any') "
            "and purpose in ('marketing', 'any') "
            "where members.is_reachable and (holdout.is_held_out or consents.status != 'granted')"
        )
        == []
    )
    assert (
        shop.query(
            "select customer_id from marts.crm_audience inner join intermediate.int_holdout "
            "using (customer_id) where is_held_out"
        )
        == []
    )


@pytest.mark.slow
def test_the_holdout_outlives_the_warehouse_and_the_key(shop, tmp_path):
    copy = shop.copy_to(tmp_path / "copy")
    people = "select customer_id, is_held_out from intermediate.int_holdout order by all"
    before = copy.query(people)
    copy.warehouse.unlink()
    copy.environment = copy.environment | {"PERSONA_PII_KEY": "another-key-of-good-length"}
    copy.run("+int_holdout")
    assert copy.query(people) == before


@pytest.mark.slow
def test_the_holdout_of_later_months_is_the_same_and_like_the_rest(shop, tmp_path):
    copy = shop.copy_to(tmp_path / "copy")
    people = "select customer_id, is_held_out from intermediate.int_holdout order by all"
    before = copy.query(people)
    for day in ("2025-12-15", "2026-01-15", "2026-02-15"):
        copy.run("+int_holdout", "+customer_persona_scores", as_of_date=day)
        assert copy.query(people) == before
        counts = copy.query(
            "select count_if(is_held_out), count_if(not is_held_out) "
            "from ml.customer_persona_scores inner join intermediate.int_holdout "
            "using (customer_id) where persona_id is not null group by persona_id"
        )
        assert len(counts) > 1
        assert chi2_contingency(counts).pvalue > 0.001, day
