-- Which product categories will each persona need next, counting every customer's probabilities?

with

customers as (

    select * from {{ ref('customers') }}
    where persona_id is not null

),

needs as (

    select * from {{ ref('customer_needs') }}
    where target = 'next_need'

),

expected as (

    select
        customers.persona_name,
        needs.need,
        count(case when needs.need_rank = 1 then 1 end) as customers_most_likely,
        avg(needs.probability) as mean_probability,
        avg(needs.lift) as mean_lift,
        -- customers expected to order within the horizon, and this above all
        sum(needs.probability * (1 - customers.churn_probability)) as expected_buyers
    from customers
    inner join needs
        on customers.customer_id = needs.customer_id
    group by customers.persona_name, needs.need

),

ranked as (

    select
        *,
        row_number() over (
            partition by persona_name order by mean_probability desc, need asc
        ) as need_rank
    from expected

)

select
    persona_name,
    need_rank,
    need,
    customers_most_likely,
    round(100 * mean_probability, 1) as mean_percent,
    -- 2: twice as likely as for the average customer
    round(mean_lift, 1) as lift,
    round(expected_buyers, 1) as expected_buyers
from ranked
where need_rank <= 3
order by persona_name asc, need_rank asc
