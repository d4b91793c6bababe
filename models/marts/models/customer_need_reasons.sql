-- The three features that speak most for what is predicted of a customer, each with what is usual.

with

contributions as (

    select * from {{ ref('customer_target_contributions') }}

),

catalog as (

    select * from {{ ref('feature_catalog') }}

),

usual as (

    -- of everybody with a persona: medians of numbers, shares of yes and of a level
    select distinct
        feature_name,
        feature_level,
        overall_mean,
        overall_median
    from {{ ref('persona_trait_scores') }}

),

ranked as (

    select
        contributions.customer_id,
        contributions.target,
        contributions.class,
        contributions.feature_name,
        contributions.feature_value,
        contributions.contribution,
        catalog.label,
        catalog.value_type,
        catalog.is_published,
        case catalog.value_type when 'numeric' then catalog.unit else 'share' end as unit,
        {{ dbt.safe_cast('contributions.feature_value', 'double') }} as number,
        case catalog.value_type when 'numeric' then usual.overall_median else usual.overall_mean end
            as usual_number,
        row_number() over (
            partition by contributions.customer_id, contributions.target
            order by contributions.contribution desc, contributions.feature_name asc
        ) as reason_rank
    from contributions
    inner join catalog
        on contributions.feature_name = catalog.feature_name
    left join usual
        on
            contributions.feature_name = usual.feature_name
            and coalesce(contributions.feature_value = usual.feature_level, usual.feature_level is null)

)

select
    customer_id,
    target,
    class as predicted,
    cast(reason_rank as integer) as reason_rank,
    feature_name,
    case when is_published then contribution end as contribution,
    label
    -- a single customer's age, income or occupation is not published
    || case
        when is_published
            then ': ' || {{ feature_value_in_words('feature_value', 'value_type', 'number', 'unit') }}
        else ''
    end
    || case
        when not is_published or feature_value is null or usual_number is null then ''
        when value_type = 'boolean' and feature_value = 'false'
            then ' (' || {{ figure_in_words('(1 - usual_number)', 'unit') }} || ' of all customers)'
        when value_type != 'numeric'
            then ' (' || {{ figure_in_words('usual_number', 'unit') }} || ' of all customers)'
        when number = usual_number then ' (as is usual)'
        else
            case when number > usual_number then ' (high, ' else ' (low, ' end
            || 'usual: ' || {{ figure_in_words('usual_number', 'unit') }} || ')'
    end as reason
from ranked
where reason_rank <= 3
