-- Only who gave consent and is not held out. One action each: the first of next_best_actions that fits.

with

consents as (

    -- where consents speak of marketing, one of them has to allow it
    select
        customer_id,
        count(case when status = 'granted' then 1 end) > 0 as is_granted
    from {{ ref('int_consents') }}
    where purpose in ('marketing', 'any')
    group by customer_id

),

customers as (

    select customers_mart.*
    from {{ ref('customers') }} as customers_mart
    left join consents
        on customers_mart.customer_id = consents.customer_id
    inner join {{ ref('int_holdout') }} as holdout
        on customers_mart.customer_id = holdout.customer_id and not holdout.is_held_out
    where coalesce(consents.is_granted, customers_mart.marketing_consent = 'granted')

),

needs as (

    select
        *,
        row_number() over (partition by customer_id order by lift desc, target asc) as lift_rank
    from {{ ref('customer_declared_needs') }}

),

actions as (

    select * from {{ ref('next_best_actions') }}

),

matched as (

    select
        customers.*,
        needs.target as need_target,
        coalesce(needs.positive_need, needs.likely_need) as need,
        coalesce(needs.positive_need_probability, needs.likely_need_probability) as need_probability,
        needs.lift as need_lift,
        needs.declared_need as need_declared,
        actions.next_best_action,
        row_number() over (
            partition by customers.customer_id order by actions.priority asc
        ) as action_rank
    from customers
    left join needs
        on customers.customer_id = needs.customer_id and needs.lift_rank = 1
    inner join actions
        on
            actions.rfm_segment in ('*', customers.rfm_segment)
            and coalesce(customers.churn_probability, 0) between actions.churn_min and actions.churn_max
            and coalesce(needs.lift, 0) >= actions.need_lift_min

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
    need_target,
    need,
    need_probability,
    need_lift,
    -- probability of an order within the horizon, in the next need where there is one
    coalesce(purchase_probability * coalesce(next_need_probability, 1), need_probability) as score,
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
    )
    || coalesce(
        '; ' || replace(need_target, '_', ' ') || ': ' || need || ' with '
        || cast(cast(round(100 * need_probability) as integer) as varchar) || ' %', ''
    )
    || coalesce(' (known: ' || need_declared || ')', '') as reason,
    is_reachable
from matched
where action_rank = 1
