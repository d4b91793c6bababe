-- How much the status of order lines may know of their future: a line that was cancelled later is missing
-- from features of dates on which it still counted as a sale.

with

lines as (

    select
        order_lines.source_system,
        order_lines.line_type,
        order_lines.line_amount,
        case
            when order_lines.line_type = 'cancelled'
                then {{ dbt.datediff('order_lines.ordered_on', 'cast(judged.updated_at as date)', 'day') }}
        end as days_until_cancelled
    from {{ ref('int_order_lines') }} as order_lines
    inner join {{ ref('int_order_lines_judged') }} as judged
        on
            order_lines.source_system = judged.source_system
            and order_lines.source_file = judged.source_file
            and order_lines.record_number = judged.record_number
    where order_lines.line_type in ('sale', 'cancelled')

),

totals as (

    select
        source_system,
        count(*) as order_lines,
        sum(line_amount) as amount,
        count(case when line_type = 'cancelled' then 1 end) as cancelled_lines,
        sum(case when line_type = 'cancelled' then line_amount else 0 end) as cancelled_amount,
        count(days_until_cancelled) as dated_lines,
        count(case when days_until_cancelled > 0 then 1 end) as later_lines,
        sum(case when days_until_cancelled > 0 then line_amount else 0 end) as later_amount,
        sum(case when days_until_cancelled > 0 then days_until_cancelled end) as days_until_cancelled
    from lines
    group by source_system

)

select
    source_system,
    order_lines,
    cancelled_lines,
    {{ ratio('cancelled_amount', 'amount') }} as cancelled_amount_share,
    dated_lines as dated_cancelled_lines,
    case when dated_lines > 0 then {{ ratio('later_amount', 'amount') }} end as later_cancelled_amount_share,
    {{ ratio('days_until_cancelled', 'later_lines') }} as mean_days_until_cancelled
from totals
