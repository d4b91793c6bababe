-- The date to recommend for, and the newest three dates by which recommendations are judged.

with

ranked as (

    select
        observation_date,
        is_as_of,
        row_number() over (partition by is_as_of order by observation_date desc) as newness
    from {{ ref('observation_dates') }}

)

select
    observation_date,
    is_as_of,
    not is_as_of and newness = 1 as is_newest
from ranked
where is_as_of or newness <= 3
