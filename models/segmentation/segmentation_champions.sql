-- Every segmentation that is or was in force by as_of_date, today's included.

with

current_champion as (

    select * from {{ ref('segmentation_champion') }}

),

earlier as (

    select champions.* -- noqa: AM04
    from {{ source('history', 'segmentation_champions') }} as champions
    inner join {{ ref('observation_dates') }} as dates
        on dates.is_as_of and champions.fitted_on <= dates.observation_date
    where
        champions.source_systems = '{{ company_key() }}'
        and champions.champion_id not in (select current_champion.champion_id from current_champion)

)

select
    earlier.champion_id,
    earlier.fitted_on,
    earlier.model_id,
    earlier.lifecycle,
    earlier.reason,
    false as is_in_force
from earlier
union all
select
    champion_id,
    fitted_on,
    model_id,
    lifecycle,
    reason,
    true as is_in_force
from current_champion
