-- What each method expected of past dates beside what came. A share of few customers is withheld, and with it
-- what would give it away: that of another class, and what a method that repeats it expected.

with

shares as (

    select * from {{ ref('class_shares') }}
    where is_labelled

),

hidden as (

    {{ hide_small_cells('shares', 'customers', 'target, observation_date', 'label') }}

),

cells as (

    select
        target,
        observation_date,
        label,
        labelled_customers,
        share,
        is_hidden or labelled_customers < {{ var('minimum_cell') }} as is_hidden
    from hidden

),

outlook as (

    select distinct
        target,
        observation_date,
        basis
    from {{ ref('season_outlook') }}

)

select
    forecasts.target,
    forecasts.observation_date,
    forecasts.label as class,
    forecasts.method,
    case when not coalesce(repeated.is_hidden, false) then forecasts.expected_share end as expected_share,
    case when not cells.is_hidden then cells.share end as actual_share,
    case when cells.labelled_customers >= {{ var('minimum_cell') }} then cells.labelled_customers end
        as customers,
    forecasts.method = outlook.basis as is_used
from {{ ref('share_forecasts') }} as forecasts
inner join cells
    on
        forecasts.target = cells.target
        and forecasts.observation_date = cells.observation_date
        and forecasts.label = cells.label
inner join outlook
    on
        forecasts.target = outlook.target
        and forecasts.observation_date = outlook.observation_date
left join cells as repeated
    on
        forecasts.target = repeated.target
        and forecasts.repeats = repeated.observation_date
        and forecasts.label = repeated.label
where cells.labelled_customers > 0
