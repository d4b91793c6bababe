-- Warns where customers are told a mean probability of a class that no complete window has come near.

{{ config(severity='warn') }}

with

published as (

    select
        target,
        class,
        {{ exact_mean('probability') }} as mean_probability
    from {{ ref('customer_target_scores') }}
    group by target, class

),

seen as (

    select
        outlook.target,
        outlook.label,
        outlook.lowest_share,
        outlook.highest_share,
        outlook.basis
    from {{ ref('season_outlook') }} as outlook
    inner join {{ ref('label_dates') }} as dates
        on outlook.observation_date = dates.observation_date
    where dates.is_as_of

)

select
    published.target,
    published.class,
    'mean probability ' || round(published.mean_probability, 3) as published_as,
    'shares seen so far: ' || round(seen.lowest_share, 3) || ' to ' || round(seen.highest_share, 3)
        as seen_as,
    'expected by: ' || seen.basis as expected_by
from published
inner join seen
    on
        published.target = seen.target
        and published.class = seen.label
where
    published.mean_probability < seen.lowest_share - 0.01
    or published.mean_probability > seen.highest_share + 0.01
