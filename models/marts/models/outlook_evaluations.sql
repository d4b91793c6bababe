-- What each method expected of past dates beside what came. A share of few customers is withheld, and with it
-- what would give it away: that of another class, and what a method expected that repeats or is bound by it.

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
        *,
        max(case when is_hidden then 1 else 0 end) over (
            partition by target, label order by observation_date
        ) as hidden_so_far,
        max(case when is_hidden then 1 else 0 end) over (
            partition by target order by observation_date
        ) as hidden_of_any_class
    from (
        select
            target,
            observation_date,
            label,
            labelled_customers,
            share,
            is_hidden or labelled_customers < {{ var('minimum_cell') }} as is_hidden
        from hidden
    ) as shown

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
    case
        when repeated.is_hidden then null
        when
            known.hidden_so_far = 1
            and (
                forecasts.expected_share < forecasts.lowest_share
                or forecasts.expected_share > forecasts.highest_share
            )
            then null
        -- computed from all classes of earlier dates, or from who bought within some days: an exact one would
        -- tell which counts it rests on
        when
            forecasts.method = 'recent_trend'
            or (forecasts.repeats is null and known.hidden_of_any_class = 1)
            then {{ share_in_steps('forecasts.expected_share', 'cells.labelled_customers') }}
        else forecasts.expected_share
    end as expected_share,
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
left join cells as known
    on
        forecasts.target = known.target
        and forecasts.known_by = known.observation_date
        and forecasts.label = known.label
left join cells as repeated
    on
        forecasts.target = repeated.target
        and forecasts.repeats = repeated.observation_date
        and forecasts.label = repeated.label
where cells.labelled_customers > 0
