-- The profile as it was known on the observation date: the newest version from before it.

with

observations as (

    select * from {{ ref('observations') }}

),

known_versions as (

    select
        observations.customer_id,
        observations.observation_date,
        versions.birth_date,
        versions.age,
        versions.gender,
        versions.occupation,
        versions.annual_income,
        versions.country,
        versions.region,
        cast(versions.signed_up_at as date) as signed_up_on,
        versions.marketing_consent,
        versions.email_hash,
        versions.phone_hash,
        row_number() over (
            partition by observations.customer_id, observations.observation_date
            order by
                versions.known_from desc nulls last,
                versions.is_current desc,
                versions.source_file desc,
                versions.record_number desc
        ) as version_rank
    from observations
    inner join {{ ref('int_customer_versions') }} as versions
        on
            observations.customer_id = versions.customer_id
            and (
                versions.known_from < observations.observation_date
                -- an undated profile may hold what was only learnt later: it counts today only
                or (versions.known_from is null and observations.is_as_of)
            )

),

country_days as (

    select distinct
        customer_id,
        country,
        ordered_on
    from {{ ref('int_order_lines') }}
    where line_type = 'sale' and country is not null

),

order_countries as (

    select
        observations.customer_id,
        observations.observation_date,
        lines.country,
        row_number() over (
            partition by observations.customer_id, observations.observation_date
            order by lines.ordered_on desc, lines.country asc
        ) as country_rank
    from observations
    inner join country_days as lines
        on
            observations.customer_id = lines.customer_id
            and observations.observation_date > lines.ordered_on

)

select
    observations.customer_id,
    observations.observation_date,
    {{ dbt.datediff(
        'least('
        ~ 'case when versions.signed_up_on < observations.observation_date then versions.signed_up_on end, '
        ~ 'case when observations.first_seen_on < observations.observation_date'
        ~ ' then observations.first_seen_on end)',
        'observations.observation_date', 'day'
    ) }} as tenure_days,
    coalesce(
        case
            when versions.birth_date < observations.observation_date
                then cast(
                    {{ years_between('versions.birth_date', 'observations.observation_date') }} as integer
                )
        end,
        versions.age
    ) as age_years,
    versions.gender,
    versions.occupation,
    versions.annual_income,
    coalesce(versions.country, order_countries.country) as country,
    versions.region,
    versions.marketing_consent,
    versions.email_hash is not null as has_email,
    versions.phone_hash is not null as has_phone,
    versions.customer_id is not null as is_profile_known
from observations
left join known_versions as versions
    on
        observations.customer_id = versions.customer_id
        and observations.observation_date = versions.observation_date
        and versions.version_rank = 1
left join order_countries
    on
        observations.customer_id = order_countries.customer_id
        and observations.observation_date = order_countries.observation_date
        and order_countries.country_rank = 1
