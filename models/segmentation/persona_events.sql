-- What became of each persona whenever a new segmentation took over, by as_of_date, today's included.

with

before as (

    select
        champion_id,
        fitted_on,
        lifecycle
    from {{ ref('segmentation_champions_before') }}

),

current_champion as (

    select
        champion_id,
        fitted_on,
        lifecycle
    from {{ ref('segmentation_champion') }}

),

champions as (

    select * from before
    where champion_id not in (select current_champion.champion_id from current_champion)
    union all
    select * from current_champion

)

select
    champion_id,
    fitted_on as event_on,
    {{ struct_rows('lifecycle') }}
from champions
