-- Of all companies: one that delivers more entities one day holds out the same people.

with

source as (

    select * from {{ source('history', 'holdout_salts') }}

)

select distinct salt from source
