-- Who is looked at when: everybody on as_of_date, for which customers are scored; on the newest complete date
-- those by whom targets and personas are judged; on all dates those whom targets are learnt from.

with

dates as (

    select
        observation_date,
        is_as_of,
        observation_date = max(case when not is_as_of then observation_date end) over () as is_newest_complete
    from {{ ref('observation_dates') }}

)

select
    customers.customer_id,
    dates.observation_date,
    dates.is_as_of,
    customers.known_on,
    customers.first_seen_on
from {{ ref('int_customers_known') }} as customers
inner join dates
    on {{ is_observed_on('customers', 'dates') }}
left join {{ ref('int_fit_sample') }} as int_fit_sample
    on customers.customer_id = int_fit_sample.customer_id
where
    dates.is_as_of
    or int_fit_sample.is_for_targets
    or (dates.is_newest_complete and int_fit_sample.is_for_judging)
-- stored together, each customer's rows are summed up where they are
order by customers.customer_id
