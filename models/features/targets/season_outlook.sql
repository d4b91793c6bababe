-- What share of each class may be expected on a date: by the year before where there is one, unless the dates
-- that were over by then say that the newest complete window was no worse a guess. Without a year before: by
-- the newest complete window, moved by the recent trend where the target has one.

{#- Windows overlap: fewer dates than a window has steps are one observation, and that may be luck. -#}
{%- set least_dates = whole_steps(var('horizon_days')) // var('observation_step_days') %}

with

forecasts as (

    select * from {{ ref('share_forecasts') }}
    where method in ('latest_window', 'recent_trend', 'year_before')

),

shares as (

    select * from {{ ref('class_shares') }}
    where share is not null

),

errors as (

    -- squares as exact numbers, so that their sums are the same in every run
    select
        forecasts.target,
        forecasts.observation_date,
        forecasts.method,
        sum(
            cast(
                (forecasts.expected_share - shares.share) * (forecasts.expected_share - shares.share)
                as decimal(28, 14)
            )
        ) as squared_error
    from forecasts
    inner join shares
        on
            forecasts.target = shares.target
            and forecasts.observation_date = shares.observation_date
            and forecasts.label = shares.label
    group by forecasts.target, forecasts.observation_date, forecasts.method

),

compared as (

    select
        carried.target,
        carried.observation_date,
        carried.squared_error,
        latest.squared_error as squared_error_of_latest
    from errors as carried
    inner join errors as latest
        on
            carried.target = latest.target
            and carried.observation_date = latest.observation_date
            and latest.method = 'latest_window'
    where carried.method = 'year_before'

),

forecast_dates as (

    select distinct
        target,
        observation_date,
        known_by
    from forecasts

),

judged as (

    -- on each date only the windows that were complete by then
    select
        dates.target,
        dates.observation_date,
        count(*) as judged_dates,
        sum(compared.squared_error) as squared_error,
        sum(compared.squared_error_of_latest) as squared_error_of_latest
    from forecast_dates as dates
    inner join compared
        on
            dates.target = compared.target
            and dates.known_by >= compared.observation_date
    group by dates.target, dates.observation_date

),

chosen as (

    select
        forecasts.target,
        forecasts.observation_date,
        coalesce(
            max(judged.judged_dates) >= {{ least_dates }}
            and max(judged.squared_error_of_latest) <= max(judged.squared_error),
            false
        ) as is_refuted,
        max(case when forecasts.method = 'year_before' then 1 else 0 end) = 1 as has_year_before,
        max(case when forecasts.method = 'recent_trend' then 1 else 0 end) = 1 as has_recent_trend
    from forecasts
    left join judged
        on
            forecasts.target = judged.target
            and forecasts.observation_date = judged.observation_date
    group by forecasts.target, forecasts.observation_date

)

select
    forecasts.target,
    forecasts.observation_date,
    forecasts.label,
    forecasts.expected_share,
    forecasts.method as basis,
    forecasts.lowest_share,
    forecasts.highest_share
from forecasts
inner join chosen
    on
        forecasts.target = chosen.target
        and forecasts.observation_date = chosen.observation_date
where
    forecasts.method = case
        when chosen.has_year_before and not chosen.is_refuted then 'year_before'
        when chosen.has_recent_trend then 'recent_trend'
        else 'latest_window'
    end
