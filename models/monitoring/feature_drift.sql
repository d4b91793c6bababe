-- How the features of the personas in force have drifted since these were fitted. One row per feature. How
-- many lack a value is withheld where they, or those who have one, are very few, then or now.

with

champion as (

    select
        champion_id,
        fitted_on,
        as_of_date,
        customer_count
    from {{ ref('champion_before') }}

),

scores as (

    select {{ struct_rows('feature_drift') }}
    from {{ ref('segmentation_decision') }}

),

everybody as (

    select count(*) as customers from {{ ref('customer_features') }}
    where is_as_of

),

judged as (

    select
        champion.champion_id,
        champion.fitted_on,
        champion.as_of_date,
        scores.*,
        {%- for share, customers in [
            ('missing_share_at_fit', 'champion.customer_count'), ('missing_share', 'everybody.customers')
        ] %}
        {{ 'or ' if not loop.first -}}
        round(least(scores.{{ share }}, 1 - scores.{{ share }}) * {{ customers }})
        {{ of_few() }}
        {%- endfor %} as is_hidden
    from scores
    cross join champion
    cross join everybody

)

select
    champion_id,
    fitted_on,
    as_of_date,
    feature_name,
    -- of small companies more decimals would be an equation for the counts that it rests on
    round(psi, 2) as psi,
    case when not is_hidden then missing_share_at_fit end as missing_share_at_fit,
    case when not is_hidden then missing_share end as missing_share,
    case when not is_hidden then missing_share - missing_share_at_fit end as missing_change,
    is_drifted
from judged
