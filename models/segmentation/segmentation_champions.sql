-- Every segmentation that is or was in force by as_of_date, today's included.

with

current_champion as (

    select * from {{ ref('segmentation_champion') }}

)

select
    champion_id,
    fitted_on,
    model_id,
    lifecycle,
    reason,
    false as is_in_force
from {{ ref('segmentation_champions_before') }}
where champion_id not in (select current_champion.champion_id from current_champion)
union all
select
    champion_id,
    fitted_on,
    model_id,
    lifecycle,
    reason,
    true as is_in_force
from current_champion
