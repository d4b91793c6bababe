-- as_of_date follows from the last activity: after more than 7 days without any, that may be a single
-- misdated record. Set the var as_of_date if it is.
{{ config(severity='warn') }}

with

days as (

    select ordered_on as activity_date from {{ ref('int_order_lines') }}
    union distinct
    select occurred_on from {{ ref('int_web_events') }}
    union distinct
    select submitted_on from {{ ref('int_feedback') }}
    union distinct
    select cast(declared_at as date) from {{ ref('int_declared_needs') }}
    union distinct
    select cast(known_from as date) from {{ ref('int_customer_versions') }}

),

last_activity as (

    select max(last_activity_on) as last_activity_on from {{ ref('int_customers_known') }}

),

before_it as (

    select
        last_activity.last_activity_on,
        max(days.activity_date) as previous_activity_on
    from last_activity
    inner join days
        on last_activity.last_activity_on > days.activity_date
    group by last_activity.last_activity_on

)

select *
from before_it
where
    {{ dbt.datediff('previous_activity_on', 'last_activity_on', 'day') }}
    - 1 > 7
    -- with as_of_date set, the last activity decides nothing
    and {{ as_of_date() }} is null
