"""The clean records of a built company, written as the exports of tools: four shops, two CRMs.

Each format gets the customers of one group, so that all lie in one landing folder. What a format
cannot carry is left out, and told beside it.
"""

from pathlib import Path

import duckdb
import pyarrow.parquet as pq

FORMATS = ("shopify_orders", "woocommerce_orders", "stripe_charges", "olist")
MAPPING = f"preset: [{', '.join(FORMATS)}, shopify_customers, hubspot_contacts, ga4_events]\n"
ADDRESS = "customer_id || '@mail.example'"

# By order: what was sold and what came back. No format says when something came back.
ORDERS = """
    create temp table lines as
    select
        *,
        row_number() over (partition by order_id order by order_line_number, record_number) as line,
        cast(right(customer_id, 2) as integer) % 4 as format
    from company.intermediate.int_order_lines where line_type != 'return';
    create temp table returns as
    select order_id, product_id, sum(quantity) as pieces, -sum(net_amount) as amount
    from company.intermediate.int_order_lines where line_type = 'return' group by all;
    -- the first line of the product that had as many pieces
    create temp table came_back as
    select order_id, min(line) as line, any_value(pieces) as pieces
    from lines inner join returns using (order_id, product_id)
    where quantity >= pieces group by order_id, product_id;
    create temp table orders as
    select
        lines.order_id, lines.customer_id, lines.format, min(ordered_at) as ordered_at,
        bool_or(line_type = 'cancelled') as is_cancelled,
        sum(gross_amount) as gross, sum(gross_amount - line_amount) as discount,
        sum(line_amount) as amount,
        coalesce(any_value(back.amount), 0) as refunded
    from lines
    left join (select order_id, sum(amount) as amount from returns group by order_id) as back
        using (order_id)
    group by all
"""
# No category of products, and amounts taken off or paid back are the order's.
SHOPIFY = f"""
    select
        order_id as "Name",
        case when line = 1 then {ADDRESS} end as "Email",
        case when line = 1 then case
            when is_cancelled then 'voided' when refunded >= amount then 'refunded'
            when refunded > 0 then 'partially_refunded' else 'paid'
        end end as "Financial Status",
        case when line = 1 then currency end as "Currency",
        case when line = 1 then discount end as "Discount Amount",
        case when line = 1 then refunded end as "Refunded Amount",
        case when line = 1 and is_cancelled then orders.ordered_at || ' +0000' end
            as "Cancelled at",
        strftime(orders.ordered_at, '%Y-%m-%d %H:%M:%S +0000') as "Created at",
        cast(quantity as bigint) as "Lineitem quantity", product_name as "Lineitem name",
        cast(unit_price as decimal(18, 2)) as "Lineitem price", product_id as "Lineitem sku",
        country as "Billing Country"
    from lines inner join orders using (order_id, customer_id, format)
    where format = 0 order by order_id, line
"""
# Prices are after discounts, and pieces that came back are no pieces: such a line has none left.
WOOCOMMERCE = f"""
    select
        order_id as "Order Number",
        case when is_cancelled then 'Cancelled' else 'Completed' end as "Order Status",
        strftime(orders.ordered_at, '%Y-%m-%d %H:%M') as "Order Date",
        {ADDRESS} as "Email (Billing)", country as "Country Code (Billing)",
        product_id as "SKU", line as "Item #", product_name as "Item Name",
        product_category as "Category", currency as "Currency",
        cast(quantity - coalesce(pieces, 0) as bigint) as "Quantity (- Refund)",
        cast(line_amount / quantity as decimal(18, 6)) as "Item Cost"
    from lines
    inner join orders using (order_id, customer_id, format)
    left join came_back using (order_id, line)
    where format = 1 order by order_id, line
"""
# No products: a payment is of the whole order.
STRIPE = f"""
    select
        order_id as "id", strftime(ordered_at, '%Y-%m-%d %H:%M:%S') as "Created date (UTC)",
        amount as "Amount", refunded as "Amount Refunded", 'usd' as "Currency",
        not is_cancelled as "Captured", {ADDRESS} as "Customer Email",
        case when is_cancelled then 'Failed' when refunded >= amount then 'Refunded' else 'Paid' end
            as "Status"
    from orders where format = 2 order by order_id
"""
# One row a piece, and neither discounts nor returns: only orders without them.
OLIST = {
    "orders": """
        select
            order_id, 'o' || order_id as customer_id,
            case when is_cancelled then 'canceled' else 'delivered' end as order_status,
            strftime(ordered_at, '%Y-%m-%d %H:%M:%S') as order_purchase_timestamp
        from orders where format = 3 and discount = 0 and refunded = 0 order by order_id
    """,
    "customers": """
        select
            'o' || order_id as customer_id, customer_id as customer_unique_id,
            '00000' as customer_zip_code_prefix, 'town' as customer_city, region as customer_state
        from orders left join known using (customer_id, format)
        where format = 3 and discount = 0 and refunded = 0 order by order_id
    """,
    "products": """
        select distinct product_id, product_category as product_category_name from lines
        order by all
    """,
    "order_items": """
        select
            order_id, row_number() over (partition by order_id order by line, piece)
                as order_item_id,
            product_id, 's' as seller_id, '' as shipping_limit_date,
            cast(unit_price as decimal(18, 2)) as price, 0 as freight_value
        from lines
        inner join orders using (order_id, customer_id, format),
            unnest(range(cast(quantity as bigint))) as pieces (piece)
        where format = 3 and discount = 0 and refunded = 0 order by order_id, order_item_id
    """,
}
# Neither birth date nor gender, and no date of signing up.
SHOPIFY_CUSTOMERS = f"""
    select
        customer_id as "Customer ID", '' as "First Name", '' as "Last Name", {ADDRESS} as "Email",
        marketing_consent as "Accepts Email Marketing", country as "Default Address Country Code",
        region as "Default Address Province Code", 0 as "Total Spent", 0 as "Total Orders"
    from known where format = 0 order by customer_id
"""
HUBSPOT = f"""
    select
        customer_id as "Record ID", '' as "First Name", '' as "Last Name", {ADDRESS} as "Email",
        birth_date as "Date of birth", gender as "Gender", occupation as "Job Title",
        country as "Country/Region", region as "State/Region",
        strftime(signed_up_at, '%Y-%m-%d %H:%M') as "Create Date",
        marketing_consent = 'denied' as "Unsubscribed from all email",
        case when marketing_consent = 'granted' then 'Confirmed' end
            as "Marketing email confirmation status"
    from known where format in (1, 2) order by customer_id
"""
EVENTS = """
    select
        strftime(occurred_at, '%Y%m%d') as event_date,
        epoch_us(occurred_at) as event_timestamp,
        case event_type
            when 'product_view' then 'view_item' when 'search' then 'view_search_results'
            when 'checkout' then 'begin_checkout' else event_type
        end as event_name,
        [{'key': 'page_location', 'value': {'string_value': 'https://shop.example/',
            'int_value': null::bigint}}] as event_params,
        row_number() over (order by event_id) as event_bundle_sequence_id,
        -- the site sends the keyed hash that the shop's orders have
        hashes.hash as user_id,
        visitor_id as user_pseudo_id, 0::bigint as user_first_touch_timestamp,
        {'category': device_type} as device,
        case when product_id is null then [] else
            [{'item_id': product_id, 'item_category': product_category}]
        end as items
    from company.intermediate.int_web_events
    left join hashes using (customer_id)
    order by event_id
"""


# What six of the exports say, in files of the canonical columns: that of the public data set is in
# another currency.
PLAIN = {
    # of the lines of an order the first ones get the cents that are left
    "order_lines": """
        select * exclude line from (
        select
            order_id, line, null as order_line_number, hash as customer_id,
            strftime(orders.ordered_at, '%Y-%m-%d %H:%M:%S') as ordered_at,
            product_id, product_name, null as product_category, quantity,
            cast(unit_price as decimal(18, 6)) as unit_price,
            case when line = 1 then discount end as order_discount_amount,
            case when line = 1 then refunded end as order_refunded_amount,
            currency, {status} as order_status, country
        from lines inner join orders using (order_id, customer_id, format)
        inner join hashes using (customer_id) where format = 0
        union all by name
        select
            order_id, line, line as order_line_number, hash as customer_id,
            strftime(orders.ordered_at, '%Y-%m-%d %H:%M:00') as ordered_at,
            product_id, product_name, product_category,
            quantity - coalesce(pieces, 0) as quantity,
            cast(line_amount / quantity as decimal(18, 6)) as unit_price,
            currency, if(is_cancelled, 'cancelled', 'completed') as order_status, country
        from lines inner join orders using (order_id, customer_id, format)
        inner join hashes using (customer_id)
        left join came_back using (order_id, line) where format = 1
        union all by name
        select
            order_id, 1 as line, 1 as order_line_number, hash as customer_id,
            strftime(ordered_at, '%Y-%m-%d %H:%M:%S') as ordered_at, 1 as quantity,
            cast(amount as decimal(18, 6)) as unit_price, refunded as order_refunded_amount,
            'usd' as currency, {status} as order_status
        from orders inner join hashes using (customer_id) where format = 2
        ) order by order_id, line
    """.replace(
        "{status}",
        "case when is_cancelled then 'cancelled' when refunded >= amount then 'refunded' "
        "else 'completed' end",
    ),
    "customers": f"""
        select
            hash as customer_id, {ADDRESS} as email, country, region,
            case when format > 0 then birth_date end as birth_date,
            case when format > 0 then gender end as gender,
            case when format > 0 then occupation end as occupation,
            case when format > 0 then strftime(signed_up_at, '%Y-%m-%d %H:%M') end as signed_up_at,
            case when format = 0 or marketing_consent in ('granted', 'denied')
                then marketing_consent end as marketing_consent
        from known inner join hashes using (customer_id) where format < 3 order by customer_id
    """,
    "web_events": """
        select
            'e' || event_id as event_id, visitor_id, hash as customer_id,
            strftime(occurred_at, '%Y-%m-%d %H:%M:%S.%f') as occurred_at,
            if(event_type = 'product_view', 'view_item', event_type) as event_type,
            'https://shop.example/' as page_url, product_id,
            case when product_id is not null then product_category end as product_category,
            device_type
        from company.intermediate.int_web_events left join hashes using (customer_id)
        order by event_id
    """,
}


def write_exports(
    warehouse: Path, hashes: dict[str, str], out: Path, plain: Path | None = None
) -> None:
    """Write all exports of a company into a landing folder.

    Parameters
    ----------
    warehouse : pathlib.Path
        The built company.
    hashes : dict of str to str
        By customer, the id that the site sends to its analytics.
    out : pathlib.Path
        The landing folder.
    plain : pathlib.Path, optional
        Another landing folder, for the same in canonical columns. The public data set is then
        left out of both.
    """
    with duckdb.connect() as session:
        session.execute(f"attach '{warehouse}' as company (read_only)")
        session.execute("create temp table hashes (customer_id varchar, hash varchar)")
        session.executemany("insert into hashes values (?, ?)", list(hashes.items()))
        session.execute(
            "create temp table known as select *, cast(right(customer_id, 2) as integer) % 4 as "
            "format from company.intermediate.int_customers_judged where disposition = 'accepted'"
        )
        session.execute(ORDERS)
        files = {
            "orders_export_1": SHOPIFY,
            "orders-2025-01-01": WOOCOMMERCE,
            "unified_payments": STRIPE,
            "customers_export": SHOPIFY_CUSTOMERS,
            "hubspot-crm-exports": HUBSPOT,
        }
        if plain is None:
            files |= {f"olist_{name}_dataset": query for name, query in OLIST.items()}
        for name, query in files.items():
            session.execute(f"copy ({query}) to '{out}/{name}.csv' (header)")
        for name, query in PLAIN.items() if plain is not None else ():
            session.execute(f"copy ({query}) to '{plain}/{name}.csv' (header)")
        pq.write_table(session.sql(EVENTS).to_arrow_table(), out / "events_20250101.parquet")
    (out / "mapping.yml").write_text(MAPPING if plain is None else MAPPING.replace("olist, ", ""))
    if plain is not None:
        (plain / "mapping.yml").write_text("entities: {order_lines: {keep_equal_lines: true}}\n")
