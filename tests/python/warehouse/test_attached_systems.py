"""The worked systems over an attached database: Shopify and Stripe as dlt loads them."""

import duckdb
import pytest
from conftest import ROOT, Company

SHOPIFY = """
    create schema shopify.shopify_data;
    use shopify.shopify_data;
    create table customers as from (values
        (71, 'ida@mail.example', '+47 555', 'Ida', 'Lund', 'tea', 'subscribed', 'NO', null,
            timestamptz '2024-03-12 09:14:00+00', '2025-01-02 08:00:00+00'),
        (72, 'teo@mail.example', null, 'Teo', null, '', 'unsubscribed', 'US', 'TX',
            timestamptz '2024-05-30 17:45:00+00', '2025-01-02 08:00:00+00'),
        (73, null, '+1 555', null, null, null, 'not_subscribed', null, null,
            timestamptz '2024-06-30 17:45:00+00', '2025-01-02 08:00:00+00')
    ) as t (id, email, phone, first_name, last_name, tags, email_marketing_consent__state,
        default_address__country_code, default_address__province_code, created_at, updated_at);
    create table orders as from (values
        (501, 71, '2025-01-03 14:05:09+02', '2025-01-04 00:00:00+00', null,
            'paid', 'EUR', 10.00, 40.00, 40.00, 'NO', 'a'),
        (502, 72, '2025-01-05 10:00:00+00', '2025-01-06 00:00:00+00', null,
            'partially_refunded', 'EUR', 0.00, 30.00, 18.00, 'US', 'b'),
        (503, 72, '2025-01-07 10:00:00+00', '2025-01-08 00:00:00+00',
            '2025-01-08 00:00:00+00', 'voided', 'EUR', 0.00, 99.00, 99.00, 'US', 'c')
    ) as t (id, customer__id, created_at, updated_at, cancelled_at, financial_status, currency,
        total_discounts, subtotal_price, current_subtotal_price, billing_address__country_code,
        _dlt_id);
    alter table orders alter created_at type timestamptz;
    alter table orders alter updated_at type timestamptz;
    create table orders__line_items as from (values
        (9001, 'TEA-1', 11, 'Green tea', 2, 10.00, 'a', 0), (9002, '', 12, 'Pot', 1, 30.00, 'a', 1),
        (9003, 'CUP-1', 13, 'Cup', 3, 10.00, 'b', 0), (9004, 'SET-1', 14, 'Set', 1, 99.00, 'c', 0),
        (9005, 'TEA-1', 11, 'Green tea', 1, 10.00, 'gone', 0)
    ) as t (id, sku, product_id, title, quantity, price, _dlt_parent_id, _dlt_list_idx)
"""
STRIPE = """
    create schema stripe.stripe_updated;
    use stripe.stripe_updated;
    create table customer as from (values
        ('cus_1', 'ida@mail.example', null, 'Ida Lund', 'NO', null, false,
            timestamptz '2024-03-12 09:14:00+00'),
        ('cus_2', 'teo@mail.example', '+1', 'Teo', 'JP', null, true,
            timestamptz '2024-05-30 17:45:00+00')
    ) as t (id, email, phone, name, address__country, address__state, delinquent, created);
    create table charge as from (values
        ('ch_1', 'cus_1', '2025-01-03 14:05:09+00', 2000, 0, 'usd', 'succeeded', true),
        ('ch_2', 'cus_1', '2025-01-04 14:05:09+00', 5000, 1250, 'usd', 'succeeded', true),
        ('ch_3', 'cus_2', '2025-01-05 14:05:09+00', 3000, 3000, 'usd', 'succeeded', true),
        ('ch_4', 'cus_2', '2025-01-06 14:05:09+00', 9900, 0, 'usd', 'failed', false),
        ('ch_5', null, '2025-01-06 14:05:09+00', 100, 0, 'usd', 'succeeded', true)
    ) as t (id, customer, created, amount, amount_refunded, currency, status, captured);
    alter table charge alter created type timestamptz
"""
LINES = """
    select customer_id, order_id, order_line_number, product_id, ordered_at::varchar, quantity::int,
        line_type, net_amount::double
    from intermediate.int_order_lines order by order_id, order_line_number
"""


def company_of(folder, system: str, alias: str, tables: str) -> Company:
    """A company whose records lie in an attached database."""
    folder.mkdir(exist_ok=True)
    database = f"{{path: {alias}.duckdb, alias: {alias}, read_only: true}}"
    attached = f"          alias: state\n        - {database}\n"
    profiles = (ROOT / "profiles.yml").read_text()
    (folder / "profiles.yml").write_text(profiles.replace("          alias: state\n", attached))
    with duckdb.connect() as session:
        session.execute(f"attach '{folder}/{alias}.duckdb' as {alias}")
        session.execute(tables)
    company = Company(folder, {"source_systems": {system: ["customers", "order_lines"]}})
    company.run("+int_order_lines", "+int_customers_known", "+rejected_records")
    return company


@pytest.mark.slow
def test_shopify_as_dlt_loads_it(tmp_path):
    company = company_of(tmp_path, "shopify_dlt", "shopify", SHOPIFY)
    lines = company.query(LINES)
    assert [line[:-1] for line in lines] == [
        ("71", "501", 1, "TEA-1", "2025-01-03 12:05:09", 2, "sale"),
        ("71", "501", 2, "12", "2025-01-03 12:05:09", 1, "sale"),
        ("72", "502", 1, "CUP-1", "2025-01-05 10:00:00", 3, "sale"),
        ("72", "503", 1, "SET-1", "2025-01-07 10:00:00", 1, "cancelled"),
    ]
    # 10.00 of discount spread over 20.00 and 30.00, and 12.00 paid back of 30.00
    assert [line[-1] for line in lines] == [16.0, 24.0, 18.0, 0.0]
    assert company.query(
        "select customer_id, country, region, marketing_consent, signed_up_at::varchar "
        "from intermediate.int_customers_judged order by customer_id"
    ) == [
        ("71", "NO", None, "granted", "2024-03-12 09:14:00"),
        ("72", "US", "TX", "denied", "2024-05-30 17:45:00"),
        ("73", None, None, None, "2024-06-30 17:45:00"),
    ]
    # the item whose order is gone
    assert company.query(
        "select rejection_reason, rejected_count from monitoring.rejected_records"
    ) == [("missing_customer_id", 1)]


@pytest.mark.slow
def test_stripe_as_dlt_loads_it(tmp_path):
    company = company_of(tmp_path, "stripe_dlt", "stripe", STRIPE)
    assert [(*line[:2], *line[-2:]) for line in company.query(LINES)] == [
        ("cus_1", "ch_1", "sale", 20.0),
        ("cus_1", "ch_2", "sale", 37.5),
        ("cus_2", "ch_3", "sale", 0.0),
        ("cus_2", "ch_4", "cancelled", 0.0),
    ]
    assert company.query(
        "select customer_id, country from intermediate.int_customers_judged order by customer_id"
    ) == [("cus_1", "NO"), ("cus_2", "JP")]
