-- What is known and predicted of each customer, of each target of declared labels: one row where
-- customer_needs has one per class.

{{ config(access='private') }}

with

needs as (

    select * from {{ ref('customer_needs') }}
    where not {{ is_future_target('target') }}

),

targets as (

    select
        target,
        -- of two classes one is asked for
        case when count(distinct need) = 2 then max(need) end as positive_need
    from needs
    group by target

),

summed as (

    select
        needs.customer_id,
        needs.target,
        targets.positive_need,
        max(case when needs.is_declared then needs.need end) as declared_need,
        max(case when needs.need_rank = 1 then needs.need end) as likely_need,
        max(case when needs.need_rank = 1 then needs.probability end) as likely_need_probability,
        max(case when needs.need = targets.positive_need then needs.probability end)
            as positive_need_probability,
        max(
            case
                when needs.need = targets.positive_need then needs.lift
                when targets.positive_need is null and needs.need_rank = 1 then needs.lift
            end
        ) as lift
    from needs
    inner join targets
        on needs.target = targets.target
    group by needs.customer_id, needs.target, targets.positive_need

)

select
    customer_id,
    target,
    cast(row_number() over (
        partition by customer_id order by case when target = 'declared_need' then 0 else 1 end, target
    ) as integer) as target_rank,
    declared_need,
    likely_need,
    likely_need_probability,
    positive_need,
    positive_need_probability,
    lift
from summed
