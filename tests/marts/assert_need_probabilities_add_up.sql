-- The probabilities of a customer's classes sum to 1, for every target.

with

probabilities as (

    select
        customer_id,
        target,
        probability
    from {{ ref('customer_needs') }}
    union all
    select
        customer_id,
        target,
        probability
    from {{ ref('customer_target_scores') }}
    where target = 'will_purchase'

)

select
    customer_id,
    target,
    sum(probability) as total
from probabilities
group by customer_id, target
having abs(sum(probability) - 1) > 1e-6
