-- What customers bought within the horizon after the newest complete grid date: what personas of that date
-- are judged by.

with

newest_complete_date as (

    select max(observation_date) as observation_date from {{ ref('observation_dates') }}
    where not is_as_of

)

select
    lines.customer_id,
    dates.observation_date,
    lines.product_category,
    sum(lines.net_amount) as net_amount,
    sum(case when lines.line_type = 'sale' then lines.line_amount else 0 end) as sale_amount
from {{ ref('int_order_lines') }} as lines
inner join newest_complete_date as dates
    on
        lines.ordered_on >= dates.observation_date
        and lines.ordered_on < {{ add_days('dates.observation_date', var('horizon_days')) }}
group by lines.customer_id, dates.observation_date, lines.product_category
