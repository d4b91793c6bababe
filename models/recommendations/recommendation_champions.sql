-- The method whose lists are published, for each kind; unjudged where nothing could be judged yet.

with

methods as (

    select
        'discover' as kind,
        'item_neighbours' as method
    union all
    select
        'buy_again' as kind,
        'weighted_repeats' as method

),

judged as (

    select
        kind,
        method,
        observation_date,
        hit_rate,
        hit_rate_among_all
    from {{ ref('recommendation_evaluations') }}
    -- intervals are null where too few customers could be looked at
    where is_champion and is_newest and value_low is not null

)

select
    methods.kind,
    coalesce(judged.method, methods.method) as method,
    judged.observation_date as judged_on,
    judged.hit_rate as expected_hit_rate,
    judged.hit_rate_among_all as expected_hit_rate_among_all
from methods
left join judged
    on methods.kind = judged.kind
