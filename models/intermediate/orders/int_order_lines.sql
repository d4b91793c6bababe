with

judged as (

    select * from {{ ref('int_order_lines_judged') }}
    where disposition = 'accepted'

),

customer_identities as (

    select * from {{ ref('customer_identities') }}

),

category_spellings as (

    select * from {{ ref('category_spellings') }}

),

typed as (

    select
        judged.source_system,
        judged.source_file,
        judged.record_number,
        judged.source_system || ':' || judged.order_id as order_key,
        judged.order_id,
        judged.order_line_number,
        customer_identities.customer_id,
        judged.ordered_at,
        cast(judged.ordered_at as date) as ordered_on,
        -- a product without an id goes by its name
        coalesce({{ product_key('judged') }}, judged.product_name) as product_id,
        judged.product_name,
        product_categories.spelling as product_category,
        countries.spelling as country,
        judged.currency,
        case
            when lower(judged.order_status) in ('cancelled', 'canceled') then 'cancelled'
            when lower(judged.order_status) in ('returned', 'refunded') or judged.quantity < 0
                then 'return'
            else 'sale'
        end as line_type,
        abs(judged.quantity) as quantity,
        judged.unit_price,
        case when judged.discount_amount >= 0 then judged.discount_amount else 0 end as discount_amount,
        abs(judged.quantity) > {{ var('outlier_quantity') }} as is_outlier_quantity
    from judged
    inner join customer_identities
        on
            judged.source_system = customer_identities.source_system
            and judged.customer_id = customer_identities.source_customer_id
    left join category_spellings as product_categories
        on
            product_categories.category_kind = 'product_category'
            and {{ spelling_key('judged.product_category') }} = product_categories.spelling_key
    left join category_spellings as countries
        on
            countries.category_kind = 'country'
            and {{ spelling_key('judged.country') }} = countries.spelling_key

),

valued as (

    select
        *,
        cast(round(quantity * unit_price, 2) as decimal(18, 2)) as gross_amount,
        cast(
            greatest(round(quantity * unit_price - coalesce(discount_amount, 0), 2), 0)
            as decimal(18, 2)
        ) as line_amount
    from typed

)

select
    *,
    -- what the line adds to the customer's net spend: returns take back, cancelled lines never happened
    case line_type
        when 'sale' then line_amount
        when 'return' then -line_amount
        else 0
    end as net_amount
from valued
