-- A table, though only a filter: most days none is due, and what judges them or looks up their labels stays.

with

predictions as (

    select * from {{ ref('stg_state__published_predictions') }}

),

outcome_dates as (

    select observation_date from {{ ref('int_outcome_dates') }}
    where is_labelled

)

select
    predictions.target,
    predictions.as_of_date,
    predictions.customer_id,
    predictions.class,
    predictions.probability
from predictions
inner join outcome_dates
    on predictions.as_of_date = outcome_dates.observation_date
