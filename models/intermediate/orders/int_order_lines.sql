-- An amount of the whole order (order_discount_amount, order_refunded_amount) is spread over its sale lines
-- in proportion to their amounts, to the cent, so that the sum is exact. So is what a line's discount has
-- beyond its amount: it was one of the order, and would be lost otherwise.

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

order_statuses as (

    select * from {{ ref('order_statuses') }}

),

exchange_rates as (

    select
        upper(currency) as currency,
        valid_from,
        lead(valid_from) over (partition by upper(currency) order by valid_from) as valid_before,
        rate
    from {{ ref('exchange_rates') }}

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
            when order_statuses.counts_as = 'cancelled' then 'cancelled'
            when judged.quantity < 0 then 'return'
            else coalesce(order_statuses.counts_as, 'sale')
        end as counts_as,
        abs(judged.quantity) as quantity,
        -- wide enough for what a line comes to: with both factors narrow, one of 93 million would not fit
        {{ in_own_currency(
            'cast(judged.unit_price as decimal(28, 8))', 'exchange_rates.rate', 'decimal(28, 8)'
        ) }} as unit_price,
        {{ in_own_currency(
            'case when judged.discount_amount >= 0 then judged.discount_amount else 0 end',
            'exchange_rates.rate', 'decimal(18, 4)'
        ) }} as discount_amount,
        {{ in_own_currency(
            'case when judged.order_discount_amount >= 0 then judged.order_discount_amount end',
            'exchange_rates.rate', 'decimal(18, 4)'
        ) }} as order_discount_amount,
        -- many programs write what was paid back as a negative amount
        {{ in_own_currency('abs(judged.order_refunded_amount)', 'exchange_rates.rate', 'decimal(18, 4)') }}
            as order_refunded_amount,
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
    left join exchange_rates
        on
            upper(judged.currency) = exchange_rates.currency
            and cast(judged.ordered_at as date) >= exchange_rates.valid_from
            and (
                exchange_rates.valid_before is null
                or cast(judged.ordered_at as date) < exchange_rates.valid_before
            )
    left join order_statuses
        on {{ vocabulary_key('judged.order_status') }} = {{ vocabulary_key('order_statuses.order_status') }}

),

sold as (

    select distinct
        order_key,
        customer_id,
        coalesce(product_id, '') as product
    from typed
    where
        counts_as = 'sale'
        and order_key in (
            select returned.order_key from typed as returned
            where returned.counts_as = 'taken_back'
        )

),

placed as (

    select
        typed.*,
        case
            when typed.counts_as = 'cancelled' then 'cancelled'
            when typed.counts_as = 'return' or sold.order_key is not null then 'return'
            else 'sale'
        end as line_type,
        typed.counts_as = 'taken_back' and sold.order_key is null as is_taken_back,
        typed.quantity * typed.unit_price as exact_amount
    from typed
    left join sold
        on
            typed.counts_as = 'taken_back'
            and typed.order_key = sold.order_key
            and typed.customer_id = sold.customer_id
            and coalesce(typed.product_id, '') = sold.product

),

priced as (

    select
        *,
        cast(round(exact_amount, 2) as decimal(18, 2)) as gross_amount,
        cast(greatest(round(exact_amount - discount_amount, 2), 0) as decimal(18, 2)) as own_amount,
        cast(greatest(round(discount_amount - exact_amount, 2), 0) as decimal(18, 2)) as excess_amount
    from placed

),

orders_to_spread as (

    select
        order_key,
        customer_id,
        ordered_on,
        -- it stands on one line, or is repeated on each
        coalesce(max(order_discount_amount), 0) + sum(excess_amount) as order_discount_amount,
        coalesce(max(order_refunded_amount), 0) as order_refunded_amount,
        sum(own_amount) as own_amount
    from priced
    where line_type = 'sale'
    group by order_key, customer_id, ordered_on
    having max(order_discount_amount) > 0 or max(order_refunded_amount) > 0 or sum(excess_amount) > 0

),

discounted as (

    select
        lines.source_system,
        lines.source_file,
        lines.record_number,
        lines.order_key,
        lines.customer_id,
        lines.ordered_on,
        lines.own_amount,
        lines.is_taken_back,
        least(orders.order_discount_amount, orders.own_amount) as order_discount_amount,
        orders.order_refunded_amount,
        orders.own_amount as order_amount,
        sum(lines.own_amount) over (
            partition by lines.order_key, lines.customer_id, lines.ordered_on
            order by lines.source_file, lines.record_number
            rows between unbounded preceding and current row
        ) as amount_up_to
    from priced as lines
    inner join orders_to_spread as orders
        on
            lines.order_key = orders.order_key
            and lines.customer_id = orders.customer_id
            and lines.ordered_on = orders.ordered_on
    where lines.line_type = 'sale'

),

paid as (

    select
        *,
        own_amount
        - {{ spread_to_cents('order_discount_amount', 'own_amount', 'amount_up_to', 'order_amount') }}
            as line_amount
    from discounted

),

refundable as (

    select
        source_system,
        source_file,
        record_number,
        line_amount,
        case when is_taken_back then 0 else line_amount end as kept_amount,
        sum(case when is_taken_back then 0 else line_amount end) over (
            partition by order_key, customer_id, ordered_on
            order by source_file, record_number
            rows between unbounded preceding and current row
        ) as kept_up_to,
        sum(case when is_taken_back then 0 else line_amount end) over (
            partition by order_key, customer_id, ordered_on
        ) as order_kept_amount,
        -- what was paid back for the lines that were taken back is not paid back for the others
        order_refunded_amount - sum(case when is_taken_back then line_amount else 0 end) over (
            partition by order_key, customer_id, ordered_on
        ) as order_refunded_amount
    from paid

),

refunded as (

    select
        source_system,
        source_file,
        record_number,
        line_amount,
        {{ spread_to_cents(
            'least(greatest(order_refunded_amount, 0), order_kept_amount)',
            'kept_amount', 'kept_up_to', 'order_kept_amount'
        ) }} as refunded_amount
    from refundable

),

valued as (

    select
        priced.source_system,
        priced.source_file,
        priced.record_number,
        priced.order_key,
        priced.order_id,
        priced.order_line_number,
        priced.customer_id,
        priced.ordered_at,
        priced.ordered_on,
        priced.product_id,
        priced.product_name,
        priced.product_category,
        priced.country,
        priced.currency,
        priced.line_type,
        priced.quantity,
        priced.unit_price,
        cast(
            case
                when refunded.record_number is null then priced.discount_amount
                else priced.gross_amount - refunded.line_amount
            end as decimal(18, 4)
        ) as discount_amount,
        priced.is_outlier_quantity,
        priced.gross_amount,
        cast(coalesce(refunded.line_amount, priced.own_amount) as decimal(18, 2)) as line_amount,
        priced.is_taken_back,
        cast(
            case
                when priced.is_taken_back then coalesce(refunded.line_amount, priced.own_amount)
                else coalesce(refunded.refunded_amount, 0)
            end as decimal(18, 2)
        ) as refunded_amount
    from priced
    left join refunded
        on
            priced.source_system = refunded.source_system
            and priced.source_file = refunded.source_file
            and priced.record_number = refunded.record_number

)

select
    *,
    -- what the line adds to the customer's net spend: returns take back, cancelled lines never happened
    case line_type
        when 'sale' then line_amount - refunded_amount
        when 'return' then -line_amount
        else 0
    end as net_amount
from valued
