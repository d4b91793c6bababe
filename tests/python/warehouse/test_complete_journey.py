"""84.51 Complete Journey, from real records to published marts."""

from conftest import needs_real_data

pytestmark = needs_real_data


def test_every_line_is_accounted_for(complete_journey):
    assert complete_journey.query(
        "select entity, received, accepted, quarantined from monitoring.record_reconciliation "
        "order by entity"
    ) == [
        ("contacts", 6589, 6589, 0),
        ("customers", 801, 801, 0),
        ("order_lines", 75000, 74584, 416),
    ]
    assert complete_journey.query(
        "select rejection_reason, rejected_count from monitoring.rejected_records"
    ) == [("zero_quantity", 416)]


def test_what_was_paid_is_what_the_retailer_received(complete_journey):
    # the published column, added up by hand: sales_value over lines with a quantity
    ((difference,),) = complete_journey.query(
        """
        select
            abs(sum(line_amount) - sum(cast(staged.record ->> 'sales_value' as decimal(18, 4))))
        from intermediate.int_order_lines as lines
        inner join staging.stg_complete_journey__order_lines as staged using (record_number)
        """
    )
    assert difference < 1


def test_bands_of_the_source_are_bands_of_the_mart(complete_journey):
    assert complete_journey.query_published(
        "select age_band, count(*) from marts.customers where age_band is not null "
        "group by all order by all"
    ) == [("18-24", 46), ("25-34", 142), ("35-44", 194), ("45-54", 288), ("55-64", 59), ("65+", 72)]
    assert complete_journey.query(
        "select min(annual_income), max(annual_income), count(distinct annual_income) "
        "from intermediate.int_customer_versions"
    ) == [(14999, 250000, 12)]


def test_every_household_has_a_persona_and_a_forecast(complete_journey):
    assert complete_journey.query_published(
        "select count(*), count(persona_id), count(purchase_probability), count(next_need) "
        "from marts.customers"
    ) == [(2375, 2373, 2375, 2375)]  # two are known from campaigns alone
    ((auc,),) = complete_journey.query_published(
        "select metric_value from marts.model_evaluations where target = 'will_purchase' "
        "and metric = 'roc_auc' and evaluation_split = 'test' and is_published"
    )
    assert auc > 0.75


def test_coupons_are_responses_and_no_campaign_is_judged_without_a_holdout(complete_journey):
    # counted by hand in campaigns, campaign_descriptions and coupon_redemptions
    assert complete_journey.query(
        "select campaign_type, count(distinct campaign), count(*), count_if(has_responded) "
        "from intermediate.int_contacts group by all order by all"
    ) == [("type a", 4, 3647, 604), ("type b", 17, 2368, 154), ("type c", 6, 574, 34)]
    assert complete_journey.query_published(
        "select count(distinct campaign), list(distinct verdict) from marts.campaign_results"
    ) == [(26, ["too little to tell"])]  # campaign 24 was over before the first order


def test_who_redeemed_before_is_not_beaten_and_says_so(complete_journey):
    rows = complete_journey.query_published(
        "select target, algorithm, metric, metric_value from marts.model_evaluations "
        "where target like 'response:%' and persona_id is null and (evaluation_split = 'none' "
        "or is_published and evaluation_split = 'test' and metric = 'roc_auc') order by target"
    )
    assert [row[:3] for row in rows] == [
        ("response:type a", "responded_before", "roc_auc"),
        ("response:type b", "responded_before", "roc_auc"),
        ("response:type c", "none", "none"),
    ]
    assert rows[0][3] > 0.65
    # so that an audience can be ranked by it, whatever it was sent so far
    assert complete_journey.query_published(
        "select target, count(*), count(distinct probability) > 5, bool_and(is_baseline) "
        "from marts.customer_needs where target like 'response:%' and need = 'yes' "
        "group by target order by target"
    ) == [("response:type a", 2375, True, True), ("response:type b", 2375, True, True)]
