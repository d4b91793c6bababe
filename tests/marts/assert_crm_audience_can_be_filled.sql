-- Warns where nobody may be written to, since no record says who agreed to it: the audience is empty then.

{{ config(severity='warn') }}

select
    'crm_audience is empty: of none of ' || cast(count(*) as varchar) || ' customers a consent to marketing'
    || ' is known. Deliver marketing_consent (yes or no) in the customers file, or say in mapping.yml which'
    || ' column it is: entities: customers: columns: marketing_consent.' as what_is_missing
from {{ ref('customers') }}
having count(*) > 0 and count(case when marketing_consent != 'unknown' then 1 end) = 0
