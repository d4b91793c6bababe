-- Where no record is dated, everything is as of the day of the build: ages are those of today, and no record
-- stands behind as_of_date. Set the var as_of_date to the day of the export.
{{ config(severity='warn') }}

select
    'no record is dated' as problem,
    'as_of_date is the day of the build' as consequence
from {{ ref('int_customers_known') }}
having max(last_activity_on) is null and {{ as_of_date() }} is null
