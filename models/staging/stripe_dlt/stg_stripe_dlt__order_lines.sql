with

charges as (

    select
        *,
        -- of these currencies there are no cents
        case
            when
                lower(currency) in (
                    'bif', 'clp', 'djf', 'gnf', 'jpy', 'kmf', 'krw', 'mga', 'pyg', 'rwf', 'vnd', 'vuv', 'xaf',
                    'xof', 'xpf'
                )
                then 1
            else 100
        end as units
    from {{ source('stripe_dlt', 'charge') }}

),

lines as (

    select
        id as order_id,
        '1' as order_line_number,
        customer as customer_id,
        cast(created as varchar) as ordered_at,
        '1' as quantity,
        cast(cast(amount as decimal(18, 2)) / units as varchar) as unit_price,
        cast(cast(amount_refunded as decimal(18, 2)) / units as varchar) as order_refunded_amount,
        upper(currency) as currency,
        -- what was promised and not captured is no money yet
        case
            when amount_refunded >= amount and amount > 0 then 'refunded'
            when not captured then 'failed'
            else status
        end as order_status
    from charges

),

source as (

    select
        'stripe.charge' as source_file,
        row_number() over (order by order_id) as record_number,
        {{ record_as_json('lines') }} as record,
        cast(null as varchar) as read_error
    from lines

),

staged as (

    {{ stage_records('order_lines', 'source') }}

)

{{ without_erased('staged', 'stripe_dlt', 'order_lines') }}
