with

drivers as (

    select * from {{ ref('need_drivers') }}
    where persona_id is not null

),

summed as (

    select
        persona_id,
        persona_name,
        driver,
        measure,
        count(*) as customer_count,
        sum(occurrences) as occurrences,
        sum(opportunities) as opportunities,
        max(company_share) as company_share,
        count(case when level = 'high' then 1 end) as high_count,
        count(case when level = 'low' then 1 end) as low_count
    from drivers
    group by persona_id, persona_name, driver, measure

)

select
    persona_id,
    persona_name,
    driver,
    measure,
    customer_count,
    {{ ratio('occurrences', 'opportunities') }} as share,
    company_share,
    100 * {{ ratio('occurrences', 'opportunities') }} / company_share as share_index,
    case
        when least(high_count, customer_count - high_count) >= {{ var('minimum_cell') }}
            then {{ ratio('high_count', 'customer_count') }}
    end as high_share,
    case
        when least(low_count, customer_count - low_count) >= {{ var('minimum_cell') }}
            then {{ ratio('low_count', 'customer_count') }}
    end as low_share
from summed
where customer_count >= {{ var('minimum_cell') }}
