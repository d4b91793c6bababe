-- Whether personas are fitted in this build, and why: one row.
{%- if var('refit') not in ('auto', 'always', 'never') %}
{% do exceptions.raise_compiler_error(
    "The var refit is '" ~ var('refit') ~ "', but can only be one of: auto, always, never."
) %}
{%- endif %}
{%- if not 2 <= var('personas_min') | int <= var('personas_max') | int %}
{% do exceptions.raise_compiler_error(
    'The vars personas_min and personas_max are ' ~ var('personas_min') ~ ' and ' ~ var('personas_max')
    ~ '; the first has to be 2 at least, and not above the second.'
) %}
{%- endif %}

with

champion as (

    select * from {{ ref('champion_before') }}

),

as_of as (

    select observation_date as as_of_date from {{ ref('observation_dates') }}
    where is_as_of

),

available as (

    select * from {{ ref('available_features') }}

),

used_features as (

    select {{ json_texts('features') }} as feature_name from champion

),

gone_features as (

    select min(feature_name) as feature_name from used_features
    where feature_name not in (select available.column_name from available)

),

drifted_features as (

    select
        feature_name,
        psi,
        missing_share - missing_share_at_fit as missing_change,
        row_number() over (order by psi desc, feature_name asc) as drift_rank
    from {{ ref('feature_drift_scores') }}
    where
        psi > {{ var('drift_psi') }}
        or abs(missing_share - missing_share_at_fit) > {{ var('drift_missing') }}

),

drifted_personas as (

    select
        persona_id,
        customer_share,
        share_at_fit,
        row_number() over (
            order by abs(customer_share - share_at_fit) desc, persona_id asc
        ) as drift_rank
    from {{ ref('persona_drift_scores') }}
    where abs(customer_share - share_at_fit) > {{ var('drift_persona_share') }}

),

facts as (

    select
        as_of.as_of_date,
        champion.champion_id,
        champion.fitted_on,
        {{ dbt.datediff('champion.fitted_on', 'as_of.as_of_date', 'day') }}
            as age_days,
        {{ dbt.datediff('champion.checked_on', 'as_of.as_of_date', 'day') }}
            as unchecked_days,
        gone_features.feature_name as gone_feature,
        drifted_features.feature_name as drifted_feature,
        drifted_features.psi,
        drifted_features.missing_change,
        drifted_personas.persona_id as drifted_persona,
        drifted_personas.share_at_fit,
        drifted_personas.customer_share
    from as_of
    left join champion
        on as_of.as_of_date >= champion.fitted_on
    cross join gone_features
    left join drifted_features
        on drifted_features.drift_rank = 1
    left join drifted_personas
        on drifted_personas.drift_rank = 1

)

select
    '{{ company_key() }}' as source_systems,
    as_of_date,
    champion_id,
    -- what is gone cannot be scored: then even `never` fits anew
    champion_id is not null and gone_feature is null as can_be_kept,
    case
        when champion_id is null then 'no personas of these source systems from before as_of_date'
        when
            gone_feature is not null
            then 'the feature ' || gone_feature || ' of the personas in force is gone'
        {%- if var('refit') == 'always' %}
        else 'the var refit is always'
        {%- elif var('refit') == 'auto' %}
        when unchecked_days >= {{ var('refit_after_days') }}
            then 'the personas in force were looked at ' || unchecked_days || ' days ago'
        -- drift that personas have withstood is no cause to look at them again every day
        when unchecked_days < {{ var('drift_recheck_days') }} then null
        when drifted_feature is not null
            then
                'the feature ' || drifted_feature || ' has drifted (PSI '
                || cast(round(psi, 2) as varchar) || ', missing values '
                || cast(round(100 * missing_change, 1) as varchar) || ' points more)'
        when drifted_persona is not null
            then
                'the share of ' || drifted_persona || ' went from '
                || cast(round(100 * share_at_fit, 1) as varchar) || ' to '
                || cast(round(100 * customer_share, 1) as varchar) || ' %'
        {%- endif %}
    end as refit_cause,
    'Kept: fitted ' || age_days || ' days ago, all features there.' as reason_to_keep
from facts
