"""One company exported by the tools of seven presets says the same as its plain files.

Of all seven what each order, customer and event came to; of six all marts.
"""

from pathlib import Path

import duckdb
import pytest
import tool_exports
from conftest import SMALL, Company, contents

from customer_personas.simulate import simulate
from customer_personas.warehouse.identifier_keys import DEMO_KEY, keyed_hash

CUSTOMERS, SEED = 300, 11
ENTITIES = ["customers", "order_lines", "web_events"]
NODES = ["+int_order_lines", "+int_web_events", "+int_customers_known", "+rejected_records"]

# By customer and order: what is left of it. The files say it of the day of the sale.
ORDERS = """
    select
        people.customer_id, order_id,
        -- WooCommerce tells minutes
        date_trunc('minute', min(ordered_at) filter (line_type != 'return')) as ordered_at,
        bool_or(line_type = 'cancelled') as is_cancelled, sum(net_amount) as net_amount
    from {company}.intermediate.int_order_lines as lines
    inner join people on lines.customer_id = people.{id}
    group by people.customer_id, order_id
"""
# What each order has of each product, where the format knows products.
PRODUCTS = """
    select people.customer_id, order_id, product_id, sum(quantity) as quantity
    from {company}.intermediate.int_order_lines as lines
    inner join people on lines.customer_id = people.{id}
    where line_type != 'return' and format in (0, 3)
    group by all
"""
EVENTS = """
    select
        people.customer_id, visitor_id, occurred_at, product_id, device_type,
        -- analytics has a page_view beside
        replace(event_type, 'product_detail', 'product_view') as event_type,
        -- analytics knows the category of an item, not of a page
        case when product_id is not null then product_category end as product_category
    from {company}.intermediate.int_web_events as events
    left join people on events.customer_id = people.{id}
"""
PROFILES = """
    select
        people.customer_id, country, region,
        case when marketing_consent in ('granted', 'yes') then 'yes'
            when marketing_consent in ('denied', 'no') then 'no' end as marketing_consent,
        case when format in (1, 2) then birth_date end as birth_date,
        case when format in (1, 2) then lower(gender) end as gender,
        case when format in (1, 2) then lower(occupation) end as occupation,
        case when format in (1, 2) then date_trunc('minute', signed_up_at) end as signed_up_at
    from {company}.intermediate.int_customers_judged as customers
    inner join people on customers.customer_id = people.{id}
    where disposition = 'accepted' and format < 3
"""


@pytest.mark.slow
def test_a_company_exported_by_seven_tools_is_the_same(tmp_path):
    plain = Company(tmp_path / "plain", {"source_systems": {"files": ENTITIES}})
    simulate(CUSTOMERS, plain.landing, "csv", SEED, tmp_path / "truth")
    plain.run(*NODES)
    tools = Company(tmp_path / "tools", {"source_systems": {"files": ENTITIES}})
    people = {
        customer: keyed_hash(f"{customer}@mail.example", DEMO_KEY.encode())
        for (customer,) in plain.query("select customer_id from intermediate.int_customers_known")
    }
    # the public data set has ids of its own
    people |= {customer: customer for customer in people if int(customer[-2:]) % 4 == 3}
    tool_exports.write_exports(plain.warehouse, people, tools.landing)
    tools.run(*NODES)
    assert_the_same(plain.warehouse, tools.warehouse, people)
    reasons, known = (
        set(company.query("select distinct rejection_reason from monitoring.rejected_records"))
        for company in (tools, plain)
    )
    # of WooCommerce's lines that came back whole
    assert reasons <= known | {("zero_quantity",)}
    assert_the_same_marts(plain.warehouse, people, tmp_path)


def assert_the_same_marts(warehouse: Path, people: dict[str, str], folder: Path) -> None:
    """Build a company from six exports and from plain files, and compare all that is published."""
    variables = SMALL | {
        "source_systems": {"files": ENTITIES},
        "targets": {"will_purchase": "future"},
        "algorithms": ["decision_tree"],
    }
    exported, plain = (Company(folder / name, variables) for name in ("exported", "canonical"))
    tool_exports.write_exports(warehouse, people, exported.landing, plain.landing)
    for company in (exported, plain):
        company.run_all()
    found, expected = contents(exported.warehouse), contents(plain.warehouse)
    marts = [name for name in expected if name.startswith(("marts.", "features."))]
    assert len(marts) > 20
    assert {name: found[name] for name in marts} == {name: expected[name] for name in marts}


def assert_the_same(plain: Path, tools: Path, people: dict[str, str]) -> None:
    """Compare what both warehouses say of each customer."""
    with duckdb.connect() as session:
        session.execute(f"attach '{plain}' as plain (read_only)")
        session.execute(f"attach '{tools}' as tools (read_only)")
        session.execute("create table people (customer_id varchar, hash varchar, format integer)")
        session.executemany(
            "insert into people values (?, ?, ?)",
            [(each, hashed, int(each[-2:]) % 4) for each, hashed in people.items()],
        )
        session.execute(
            # its format carries neither discounts nor returns
            "create view left_out as select distinct order_id from plain.intermediate."
            "int_order_lines inner join people using (customer_id) where format = 3 and "
            "(discount_amount > 0 or line_type = 'return')"
        )
        kept = "order_id not in (from left_out)"
        compared = {
            # an order that came back whole has no line left in WooCommerce, and 0 elsewhere
            "orders": f"from ({ORDERS}) where {kept} and net_amount != 0",
            "cancelled": f"from ({ORDERS}) where {kept} and is_cancelled",
            "products": f"from ({PRODUCTS}) where {kept}",
            "profiles": PROFILES,
            "events": EVENTS,
        }
        for name, query in compared.items():
            one = query.format(company="plain", id="customer_id")
            two = query.format(company="tools", id="hash")
            ((rows,),) = session.execute(f"select count(*) from ({one})").fetchall()
            assert rows > 5, name
            assert not differing(session, one, two), name
            assert not differing(session, two, one), name


def differing(session: duckdb.DuckDBPyConnection, one: str, two: str) -> list[tuple]:
    return session.execute(f"({one}) except all ({two}) limit 3").fetchall()
