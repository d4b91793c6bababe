-- Only who gave consent. One action each: the first of next_best_actions that fits.

with

customers as (

    select * from {{ ref('customers') }}
    where marketing_consent = 'granted'

),

actions as (

    select * from {{ ref('next_best_actions') }}

),

matched as (

    select
        customers.*,
        actions.next_best_action,
        row_number() over (
            partition by customers.customer_id order by actions.priority asc
        ) as action_rank
    from customers
    inner join actions
        on
            actions.rfm_segment in ('*', customers.rfm_segment)
            and coalesce(customers.churn_probability, 0) between actions.churn_min and actions.churn_max

)

select
    customer_id,
    as_of_date,
    persona_id,
    persona_name,
    rfm_segment,
    churn_probability,
    next_best_action,
    next_need,
    -- probability of an order within the horizon, in the next need where there is one
    purchase_probability * coalesce(next_need_probability, 1) as score,
    coalesce(
        'Segment ' || rfm_segment, case when frequency = 0 then 'No order yet' else 'Orders unknown' end
    )
    || coalesce(
        '; ' || cast(cast(round(100 * purchase_probability) as integer) as varchar)
        || ' % likely to order within {{ var("horizon_days") }} days', ''
    )
    || coalesce(
        '; ' || next_need || ' comes next with '
        || cast(cast(round(100 * next_need_probability) as integer) as varchar) || ' %', ''
    ) as reason,
    is_reachable
from matched
where action_rank = 1
