-- The two strongest reasons, in words, why a customer is in a persona and not in the second nearest.

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
        contributions.reason_rank,
        catalog.label,
        catalog.unit,
        catalog.value_type,
        contributions.feature_value,
        own.mean as own_mean,
        second.mean as second_mean
    from contributions
    inner join scores
        on contributions.customer_id = scores.customer_id
    inner join catalog
        on contributions.feature_name = catalog.feature_name
    left join traits as own
        on
            scores.persona_id = own.persona_id
            and contributions.feature_name = own.feature_name
            and (own.feature_level is null or contributions.feature_value = own.feature_level)
    left join traits as second
        on
            scores.second_persona_id = second.persona_id
            and contributions.feature_name = second.feature_name
            and (second.feature_level is null or contributions.feature_value = second.feature_level)

)

select
    customer_id,
    reason_rank,
    label || ': ' || case
        when feature_value is null then 'unknown'
        when value_type = 'category' then feature_value
        when value_type = 'boolean' and feature_value = 'true' then 'yes'
        when value_type = 'boolean' then 'no'
        else {{ figure_in_words(try_cast('feature_value', 'double'), 'unit') }}
    end
    || coalesce(
        ' (members '
        || {{ figure_in_words('own_mean', "case value_type when 'numeric' then unit else 'share' end") }}
        || ', next persona '
        || {{ figure_in_words('second_mean', "case value_type when 'numeric' then unit else 'share' end") }}
        || ')',
        ''
    ) as reason
from beside_personas
