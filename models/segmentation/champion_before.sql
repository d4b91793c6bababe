-- The segmentation in force before this build: the newest one of this company that was fitted by as_of_date.
-- A later one would know what nobody knew then.

with

champions as (

    select * from {{ source('history', 'segmentation_champions') }}
    where source_systems = '{{ company_key() }}'

),

as_of as (

    select observation_date as as_of_date from {{ ref('observation_dates') }}
    where is_as_of

),

ranked as (

    select
        champions.*,
        as_of.as_of_date,
        row_number() over (order by champions.fitted_on desc, champions.champion_id desc) as newness
    from champions
    inner join as_of
        on champions.fitted_on <= as_of.as_of_date

)

select * -- noqa: AM04
from ranked
where newness = 1
