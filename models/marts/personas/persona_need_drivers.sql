-- What needs the members of each persona have. Shares of high and low are told where so many have it, so many
-- have not, and so many are neither, or nobody; else only the larger of both is.
{%- set cell = var('minimum_cell') %}

with

drivers as (

    select need_drivers.*
    from {{ ref('need_drivers') }} as need_drivers
    inner join {{ ref('personas') }} as personas
        on need_drivers.persona_id = personas.persona_id
    -- a persona that keeps its size to itself is told in no other way either
    where personas.customer_count is not null

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
    having count(*) >= {{ cell }}

),

safe as (

    select
        *,
        least(high_count, customer_count - high_count) >= {{ cell }} as is_high_safe,
        least(low_count, customer_count - low_count) >= {{ cell }} as is_low_safe,
        -- with both shares who is neither
        customer_count - high_count - low_count {{ of_few() }} as is_rest_few
    from summed

),

told as (

    select
        *,
        is_high_safe and not (is_rest_few and is_low_safe and high_count <= low_count) as is_high_told,
        is_low_safe and not (is_rest_few and is_high_safe and low_count < high_count) as is_low_told
    from safe

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
    case when is_high_told then {{ ratio('high_count', 'customer_count') }} end as high_share,
    case when is_low_told then {{ ratio('low_count', 'customer_count') }} end as low_share
from told
