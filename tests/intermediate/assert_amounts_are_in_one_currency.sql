-- Amounts are added up, so those of all accepted order lines are in one currency, or have a rate to it on
-- their day. Fails with the currencies.

with

lines as (

    select
        upper(currency) as currency,
        min(cast(ordered_at as date)) as first_ordered_on,
        count(*) as order_lines
    from {{ ref('int_order_lines_judged') }}
    where disposition = 'accepted' and currency is not null
    group by upper(currency)

),

rates as (

    select
        upper(currency) as currency,
        min(valid_from) as first_valid_from
    from {{ ref('exchange_rates') }}
    group by upper(currency)

),

own as (

    select
        count(*) as currencies,
        {{ dbt.listagg(
            "lines.currency || ' on ' || lines.order_lines || ' lines'", "', '",
            'order by lines.order_lines desc, lines.currency'
        ) }} as told
    from lines
    left join rates
        on lines.currency = rates.currency
    where rates.currency is null

),

problems as (

    select
        'Order lines are in several currencies: ' || told || '. Amounts are added up, so give the rates of'
        || ' all but your own in seeds/reference/exchange_rates.csv (currency, valid_from, rate: what one'
        || ' unit is worth in your own), or convert prices and discounts before, for files by an expression'
        || ' in mapping.yml.' as message
    from own
    where currencies > 1
    union all
    select
        'The rates of ' || lines.currency || ' in seeds/reference/exchange_rates.csv begin on '
        || rates.first_valid_from || ', and its first order line is of '
        || lines.first_ordered_on || '. Add a rate that holds from then on.' as message
    from lines
    inner join rates
        on lines.currency = rates.currency
    where lines.first_ordered_on < rates.first_valid_from

)

select message
from problems
where {{ raise_error('message') }} is not null
