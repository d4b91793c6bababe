with

united as (

    {{ united_records('order_lines') }}

),

non_product_codes as (

    select * from {{ ref('non_product_codes') }}

),

products as (

    -- read a second time, narrow, rather than keeping all columns for it
    select distinct
        source_system,
        product_id
    from (
        {{ unite_systems('order_lines', [{'name': 'product_id', 'type': 'varchar'}]) | indent(8) }}
    ) as named

),

non_products as (

    select
        products.source_system,
        products.product_id,
        -- a code that several patterns match: the alphabetically first reason, so that it never varies
        min(non_product_codes.rejection_reason) as rejection_reason
    from products
    inner join non_product_codes
        on
            non_product_codes.source_system in ('*', products.source_system)
            and {{ matches_pattern('products.product_id', 'non_product_codes.product_id_pattern') }}
    group by products.source_system, products.product_id

),

orders_again as (

    -- numbered lines have a key of their own; where files name no order, one per customer and day stands in
    select
        source_system,
        order_id
    from united
    where
        order_line_number is null
        and order_id != customer_id || ':' || cast(cast(ordered_at as date) as varchar)
    group by source_system, order_id
    having min(source_file) != max(source_file)

),

lines_again as (

    select
        lines.*,
        -- without a product, two amounts are two things
        coalesce(
            lines.product_id,
            lines.product_name,
            cast(lines.quantity * cast(lines.unit_price as decimal(28, 8)) as varchar),
            ''
        ) as product,
        lines.quantity < 0 as goes_back,
        min(lines.source_file) over (partition by lines.source_system, lines.record_hash)
        != max(lines.source_file) over (partition by lines.source_system, lines.record_hash) as is_as_before,
        min(lines.record_number) over (
            partition by lines.source_system, lines.source_file, lines.record_hash
        ) as first_number
    from united as lines
    inner join orders_again
        on
            lines.source_system = orders_again.source_system
            and lines.order_id = orders_again.order_id
    where lines.order_line_number is null

),

unnumbered as (

    -- an order that comes again in a later file: of the lines of a product that are not as before the first
    -- one is a version of the first one before, and so on
    select
        source_system,
        source_file,
        record_number,
        concat_ws(
            ':',
            order_id,
            customer_id,
            cast(ordered_at as date),
            product,
            goes_back,
            dense_rank() over (
                partition by
                    source_system, source_file, order_id, customer_id, cast(ordered_at as date), product,
                    goes_back
                order by
                    case when is_as_before then 0 else 1 end asc,
                    case when is_as_before then record_hash end asc nulls last,
                    first_number asc
            )
        ) as version_key
    from lines_again

),

checked as (

    select
        united.*,
        {{ reject_where(
            [
                ('unreadable_record', 'read_error is not null'),
                ('missing_customer_id', 'customer_id is null'),
                ('missing_order_id', 'order_id is null'),
            ]
            + date_problems('ordered_at')
            + [
                ('test_product', "non_products.rejection_reason = 'test_product'"),
                ('adjustment', "non_products.rejection_reason = 'adjustment'"),
                ('non_product', 'non_products.rejection_reason is not null'),
                ('unreadable_quantity', is_unreadable('quantity')),
                ('missing_quantity', 'quantity is null'),
                ('zero_quantity', 'quantity = 0'),
                ('unreadable_unit_price', is_unreadable('unit_price')),
                ('missing_unit_price', 'unit_price is null'),
                ('negative_unit_price', 'unit_price < 0'),
                ('implausible_amount', 'abs(cast(quantity as double)) * cast(unit_price as double) >= 1e13'),
            ]
        ) }} as rejection_reason,
        nullif(
            concat_ws(
                ',',
                {{ unreadable_values() }},
                case when united.discount_amount < 0 then 'negative_discount_amount' end,
                case when united.order_discount_amount < 0 then 'negative_order_discount_amount' end,
                case
                    when united.order_status is not null and order_statuses.order_status is null
                        then 'unknown_order_status'
                end
            ), ''
        ) as value_issues,
        coalesce(
            united.order_id || ':' || cast(united.order_line_number as varchar), unnumbered.version_key
        ) as version_key,
        united.updated_at as version_at,
        united.customer_id as owner_key,
        united.ordered_at as happened_at,
        -- tills begin again with number one: on another day it is another receipt
        cast(united.ordered_at as date) as occasion
    from united
    left join non_products
        on
            united.source_system = non_products.source_system
            and united.product_id = non_products.product_id
    left join unnumbered
        on
            united.source_system = unnumbered.source_system
            and united.source_file = unnumbered.source_file
            and united.record_number = unnumbered.record_number
    left join {{ ref('order_statuses') }} as order_statuses
        on {{ vocabulary_key('united.order_status') }} = {{ vocabulary_key('order_statuses.order_status') }}

)

{{ judge_records('checked', 'order_lines') }}
