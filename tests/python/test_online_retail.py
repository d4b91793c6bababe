"""A million real invoice lines, the whole way."""

import pytest
from conftest import needs_real_data

pytestmark = needs_real_data


def test_the_reconciliation_adds_up_to_the_published_file(online_retail):
    rows = online_retail.query_published(
        "select entity, received, duplicates, accepted + duplicates + superseded + quarantined "
        "from monitoring.record_reconciliation"
    )
    assert rows == [("order_lines", 1_067_370, 34_335, 1_067_370)]


def test_rejected_lines_are_the_known_dirt(online_retail):
    found = dict(
        online_retail.query(
            "select rejection_reason, rejected_count from monitoring.rejected_records"
        )
    )
    ((without_customer,),) = online_retail.query(
        "select count(*) from staging.stg_online_retail__order_lines where customer_id is null"
    )
    assert without_customer == 243_007
    # 243,007 less those that repeat another line; 16 of 17 test lines have a customer
    assert found["missing_customer_id"] == 235_151
    assert found["test_product"] == 16
    assert set(found) == {"missing_customer_id", "test_product", "non_product", "adjustment"}


def test_persona_sizes_add_up_to_the_customers_scored(online_retail):
    ((in_personas,),) = online_retail.query_published(
        "select sum(customer_count) from marts.personas"
    )
    ((scored, customers),) = online_retail.query_published(
        "select count(persona_id), count(*) from marts.customers"
    )
    assert in_personas == scored
    assert 5_800 < scored <= customers <= 5_942


def test_will_purchase_is_predicted_out_of_time(online_retail):
    ((area,),) = online_retail.query_published(
        "select metric_value from marts.model_evaluations where target = 'will_purchase' "
        "and is_champion and evaluation_split = 'test' and metric = 'roc_auc'"
    )
    assert area >= 0.79


@pytest.mark.parametrize("column", ["next_need", "likely_declared_need", "gender", "satisfaction"])
def test_what_nobody_provided_is_null(online_retail, column):
    assert online_retail.query_published(f"select count({column}) from marts.customers") == [(0,)]
