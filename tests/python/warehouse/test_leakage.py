"""Records dated after an observation date must not change what was known on it."""

from datetime import date

import duckdb
import pytest
from conftest import SMALL, Company
from planted import ENTITIES

from customer_personas.simulate import simulate

SYSTEM = {"source_systems": {"files": ENTITIES}}
CUT = date(2025, 7, 18)  # on the grid: multiples of 30 days from 2000-01-01

# Each is dated on the cut or later, and tries another way into the features before it.
LATER = {
    "customers": """customer_id,birth_date,gender,country,signed_up_at,updated_at,annual_income
0000001,1950-01-01,female,CA,2019-01-01 00:00:00,2025-08-01 00:00:00,999999
LATE1,1990-01-01,male,US,2025-09-01 00:00:00,2025-09-01 00:00:00,1
0000002,1990-01-01,male,US,2025-09-01 00:00:00,2099-09-01 00:00:00,1
""",
    "order_lines": """order_id,order_line_number,customer_id,ordered_at,product_id,product_name,\
product_category,quantity,unit_price,discount_amount,currency,order_status
LATER1,1,0000001,2025-07-18 00:00:00,X1,Thing,garden,3,500,0,USD,completed
LATER2,1,0000002,2025-09-01 10:00:00,X2,Thing,a new category,30,5,0,USD,completed
LATER3,1,0000003,2025-10-01 10:00:00,X1,Thing,garden,1,5,0,USD,returned
{first_order},99,{first_customer},2025-11-01 10:00:00,X1,Thing,garden,9,100,0,USD,completed
LATER4,1,0000004,2099-01-01 00:00:00,X1,Thing,garden,1,5,0,USD,completed
LATER5,1,NOBODY,2025-08-01 00:00:00,X1,Thing,garden,1,5,0,USD,completed
LATER6,1,0000001,2025-08-02 00:00:00,{first_product},Thing renamed,renamed,1,5,0,USD,completed
LATER6,2,0000001,2025-08-02 00:00:00,X3,Nothing known before,,1,5,0,USD,completed
""",
    "web_events": """event_id,visitor_id,customer_id,occurred_at,event_type,page_url,product_id,\
product_category,device_type
LATER1,v1,0000001,2025-07-18 00:00:01,product_view,/p,X1,garden,mobile
LATER2,v1,0000005,2025-12-01 00:00:01,product_view,/p,X1,garden,mobile
""",
    "feedback": """feedback_id,customer_id,submitted_at,channel,feedback_type,rating,\
rating_scale_max,comment
LATER1,0000001,2025-07-18 00:00:01,email,complaint,1,5,late
""",
    "declared_needs": """customer_id,need,declared_at
0000001,a new need,2025-10-01 00:00:00
""",
    "consents": """customer_id,channel,status,recorded_at
0000001,email,granted,2025-08-01 00:00:00
LATE2,email,granted,2025-09-01 00:00:00
""",
    "contacts": """customer_id,campaign,channel,sent_at,response,responded_at
0000001,later,email,2025-07-18 00:00:00,ordered,2025-07-19 00:00:00
LATE3,later,email,2025-07-18 00:00:00,,
{contact},ordered,2025-07-19 00:00:00
""",
}


@pytest.fixture
def company(tmp_path) -> Company:
    """A company that gives a category to every fourth product; the others are grouped by name."""
    company = Company(tmp_path, SYSTEM)
    landing = company.landing
    simulate(150, landing, "csv", 5, company.folder / "truth", date(2026, 1, 1))
    for entity in ("order_lines", "web_events"):
        with duckdb.connect() as connection:
            path = landing / f"{entity}.csv"
            connection.execute(
                "create table records as select * replace (case when product_id[-1:] in "
                "('0', '4', '8') then product_category end as product_category) "
                f"from read_csv('{path}', all_varchar = true)"
            )
            connection.execute(f"copy records to '{path}' (header)")
    return company


def build_features(company: Company) -> tuple[dict, list[str], date]:
    company.run("+customer_features", "+target_labels", "+quarantined_records")
    columns = [name for name, *_ in company.query("describe features.customer_features")]
    rows = company.query("from features.customer_features where observation_date <= ?", CUT)
    (as_of_date,) = company.query(
        "select observation_date from intermediate.observation_dates where is_as_of"
    )[0]
    key = (columns.index("customer_id"), columns.index("observation_date"))
    features = {(row[key[0]], row[key[1]]): dict(zip(columns, row, strict=True)) for row in rows}
    return features, columns, as_of_date


def test_later_records_change_no_feature_of_an_earlier_date(company):
    before, columns_before, as_of_before = build_features(company)
    assert len({observed for _, observed in before}) >= 3
    assert any(name.startswith("category_share_") for name in columns_before)
    derived = company.query(
        "select distinct is_derived from intermediate.product_categories order by all"
    )
    assert derived == [(False,), (True,)]
    (first_order, first_customer, first_product), *_ = company.query(
        "select order_id, customer_id, product_id from intermediate.int_order_lines "
        "where line_type = 'sale' order by ordered_at, order_id limit 1"
    )
    ((contact,), *_) = company.query(
        "select concat_ws(',', customer_id, campaign, channel, sent_at) "
        "from intermediate.int_contacts where sent_on < ? and response_kind = 'none' "
        "order by sent_at desc, customer_id",
        CUT,
    )
    for entity, text in LATER.items():
        text = text.replace("{contact}", contact)
        text = text.replace("{first_order}", first_order)
        text = text.replace("{first_customer}", first_customer)
        text = text.replace("{first_product}", first_product)
        (company.folder / "landing" / f"{entity}_later.csv").write_text(text)

    after, columns_after, as_of_after = build_features(company)

    assert columns_after == columns_before
    assert set(after) == set(before)
    moved = {
        (key, name): (value, after[key][name])
        for key, features in before.items()
        for name, value in features.items()
        if after[key][name] != value
    }
    assert moved == {}
    # the records did arrive, and the one from 2099 moved no date
    assert as_of_after == as_of_before
    assert company.query(
        "select rejection_reason from quarantine.quarantined_records "
        "where record like '%LATER4%' or source_file = 'customers_later.csv' order by 1"
    ) == [("future_ordered_at",), ("future_updated_at",)]
    assert company.query(
        "select count(*) from intermediate.int_order_lines where order_id like 'LATER%'"
    ) == [(6,)]
    assert company.query(
        "select frequency from features.customer_features where customer_id = 'NOBODY' and is_as_of"
    ) == [(1,)]


@pytest.mark.slow
def test_overwritten_profiles_tell_nothing_about_the_future(tmp_path):
    # a company that keeps one row per customer and touches it at every order
    landing = tmp_path / "landing"
    simulate(800, landing, "csv", 8, tmp_path / "truth", date(2026, 1, 1))
    with duckdb.connect() as connection:
        connection.execute(
            f"""
            create table touched as
            select
                * exclude (updated_at),
                coalesce(
                    (
                        select max(try_cast(ordered_at as timestamp))
                        from read_csv('{landing}/order_lines.csv', all_varchar = true) as lines
                        where
                            lines.customer_id = customers.customer_id
                            and try_cast(ordered_at as timestamp) < timestamp '2026-01-01'
                    ),
                    try_cast(signed_up_at as timestamp)
                ) as updated_at
            from read_csv('{landing}/customers.csv', all_varchar = true) as customers
            qualify
                row_number() over (partition by customer_id order by customers.updated_at desc) = 1
            """
        )
        connection.execute(f"copy touched to '{landing}/customers.csv' (header)")
    system = {"source_systems": {"files": ["customers", "order_lines"]}}
    company = Company(tmp_path, SMALL | system | {"targets": {"will_purchase": "future"}})
    company.run("+customer_target_scores")
    ((area,),) = company.query(
        "select value from (select is_champion, unnest(metrics, recursive := true) "
        "from ml.target_fits) where is_champion and split = 'test' and metric = 'roc_auc'"
    )
    ((bought, expected),) = company.query(
        """
        select
            (select avg(cast(label = 'yes' as int)) from features.target_will_purchase),
            (select avg(probability) from ml.customer_target_scores where class = 'yes')
        """
    )
    # the leak gave 0.98 and a mean probability of 0.02
    assert 0.7 < area < 0.9
    assert 0.5 < expected / bought < 1.5
    undated = company.query(
        "select count(*) from features.feature_catalog where family = 'demographics' and is_dated"
    )
    assert undated == [(0,)]
