-- Every sound version of a customer's profile, so that a feature can use what was known at its time.

with

judged as (

    select * from {{ ref('int_customers_judged') }}

),

customer_identities as (

    select * from {{ ref('customer_identities') }}

),

category_spellings as (

    select * from {{ ref('category_spellings') }}

),

yes_no_spellings as (

    select * from {{ ref('yes_no_spellings') }}

)

select
    customer_identities.customer_id,
    judged.email_hash,
    judged.phone_hash,
    judged.full_name_hash,
    case
        when coalesce(',' || judged.value_issues || ',' like '%,implausible_birth_date,%', false)
            then null
        else judged.birth_date
    end as birth_date,
    case when judged.age between 0 and 110 then judged.age end as age,
    lower(genders.spelling) as gender,
    lower(occupations.spelling) as occupation,
    case when judged.annual_income >= 0 then judged.annual_income end as annual_income,
    countries.spelling as country,
    regions.spelling as region,
    judged.plausible_signed_up_at as signed_up_at,
    case yes_no_spellings.meaning
        when 'yes' then 'granted'
        when 'no' then 'denied'
        else 'unknown'
    end as marketing_consent,
    needs.spelling as need,
    judged.source_system,
    judged.source_file,
    judged.record_number,
    judged.known_from,
    judged.disposition = 'accepted' as is_current,
    judged.is_oldest
from judged
inner join customer_identities
    on
        judged.source_system = customer_identities.source_system
        and judged.customer_id = customer_identities.source_customer_id
left join yes_no_spellings
    on {{ spelling_key('judged.marketing_consent') }} = yes_no_spellings.spelling
{%- for alias, kind in [
    ('countries', 'country'), ('regions', 'region'), ('needs', 'need'), ('genders', 'gender'),
    ('occupations', 'occupation'),
] %}
left join category_spellings as {{ alias }}
    on
        {{ alias }}.category_kind = '{{ kind }}'
        and {{ spelling_key('judged.' ~ kind) }} = {{ alias }}.spelling_key
{%- endfor %}
where judged.disposition in ('accepted', 'superseded')
