-- The two strongest reasons, in words, why a customer is in a persona: in what the customer is like its
-- members and unlike customers as a whole.

with

contributions as (

    select * from {{ ref('customer_persona_contributions') }}

),

scores as (

    select * from {{ ref('customer_persona_scores') }}

),

catalog as (

    select * from {{ ref('feature_catalog') }}

),

traits as (

    select * from {{ ref('persona_trait_scores') }}

),

beside_personas as (

    select
        contributions.customer_id,
        contributions.reason_rank as contribution_rank,
        catalog.label,
        catalog.value_type,
        catalog.is_published,
        contributions.feature_value,
        case catalog.value_type when 'numeric' then catalog.unit else 'share' end as unit,
        {{ dbt.safe_cast('contributions.feature_value', 'double') }} as number,
        coalesce(own.known_count < 4 * {{ var('minimum_cell') }}, false) as is_of_few,
        -- what is typical: medians of numbers, shares of yes and of the customer's own level
        case catalog.value_type when 'numeric' then own.median else own.mean end as own_typical,
        case catalog.value_type when 'numeric' then own.overall_median else own.overall_mean end
            as overall_typical
    from contributions
    inner join scores
        on contributions.customer_id = scores.customer_id
    inner join catalog
        on contributions.feature_name = catalog.feature_name
    left join traits as own
        on
            scores.persona_id = own.persona_id
            and contributions.feature_name = own.feature_name
            and coalesce(contributions.feature_value = own.feature_level, own.feature_level is null)

),

judged as (

    select
        *,
        -- distances are measured on other scales: what would read as its own contrary is no reason to show
        case
            when value_type = 'numeric' then abs(number - own_typical) < abs(number - overall_typical)
            when value_type = 'boolean' and feature_value = 'true' then own_typical > overall_typical
            when value_type = 'boolean' then own_typical < overall_typical
            else own_typical > overall_typical
        end as reads_well
    from beside_personas

),

ranked as (

    select
        *,
        {{ figure_in_words('own_typical', 'unit') }} as own_figure,
        {{ figure_in_words('overall_typical', 'unit') }} as overall_figure,
        row_number() over (
            partition by customer_id order by coalesce(reads_well, false) desc, contribution_rank asc
        ) as reason_rank
    from judged

)

select
    customer_id,
    cast(reason_rank as integer) as reason_rank,
    case
        when is_published
            then
                label || ': '
                || {{ feature_value_in_words('feature_value', 'value_type', 'number', 'unit') }}
        -- a single customer's age, income or occupation is not published
        else label
    end
    || case
        -- the share of a level that is not published would tell the level, the median of few one of their
        -- figures
        when reads_well and (is_published or (value_type = 'numeric' and not is_of_few))
            then ' (members ' || own_figure || ', all customers ' || overall_figure || ')'
        else ''
    end as reason
from ranked
where reason_rank = 1 or (reason_rank = 2 and reads_well)
