with

orders as (

    select * from {{ source('shopify_dlt', 'orders') }}

),

line_items as (

    select * from {{ source('shopify_dlt', 'orders__line_items') }}

),

lines as (

    -- an item without its order, left behind by a load that broke off, stays and is quarantined
    select
        cast(orders.id as varchar) as order_id,
        cast(line_items._dlt_list_idx + 1 as varchar) as order_line_number,
        cast(orders.customer__id as varchar) as customer_id,
        cast(orders.created_at as varchar) as ordered_at,
        cast(coalesce(nullif(line_items.sku, ''), cast(line_items.product_id as varchar)) as varchar)
            as product_id,
        line_items.title as product_name,
        cast(line_items.quantity as varchar) as quantity,
        cast(line_items.price as varchar) as unit_price,
        cast(orders.total_discounts as varchar) as order_discount_amount,
        cast(orders.subtotal_price - orders.current_subtotal_price as varchar) as order_refunded_amount,
        orders.currency,
        case when orders.cancelled_at is not null then 'cancelled' else orders.financial_status end
            as order_status,
        orders.billing_address__country_code as country,
        cast(orders.updated_at as varchar) as updated_at,
        cast(line_items.id as varchar) as line_item_id
    from line_items
    left join orders
        on line_items._dlt_parent_id = orders._dlt_id

),

source as (

    select
        'shopify.orders__line_items' as source_file,
        row_number() over (order by line_item_id) as record_number,
        {{ record_as_json('lines') }} as record,
        cast(null as varchar) as read_error
    from lines

),

staged as (

    {{ stage_records('order_lines', 'source') }}

)

{{ without_erased('staged', 'shopify_dlt', 'order_lines') }}
