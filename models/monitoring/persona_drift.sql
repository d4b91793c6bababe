-- How the shares of the personas in force have changed since these were fitted. One row per persona. The
-- shares of one that has, or had, very few customers are withheld, with those of the smallest other one.

{%- set cell = var('minimum_cell') %}

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

    select {{ struct_rows('persona_drift') }}
    from {{ ref('segmentation_decision') }}

),

everybody as (

    select count(*) as customers from {{ ref('customer_features') }}
    where is_as_of

),

counted as (

    select
        *,
        -- the count that is small, or else the larger one: of two that are not small both may be hidden
        case
            when customers_at_fit > 0 and customers_at_fit < {{ cell }} then customers_at_fit
            when customers_now > 0 and customers_now < {{ cell }} then customers_now
            else greatest(customers_at_fit, customers_now)
        end as customers
    from (
        select
            champion.champion_id,
            champion.fitted_on,
            champion.as_of_date,
            scores.*,
            round(scores.share_at_fit * champion.customer_count) as customers_at_fit,
            round(scores.customer_share * everybody.customers) as customers_now
        from scores
        cross join champion
        cross join everybody
    ) as sized

)

select
    champion_id,
    fitted_on,
    as_of_date,
    persona_id,
    case when not is_hidden then share_at_fit end as share_at_fit,
    case when not is_hidden then customer_share end as customer_share,
    case when not is_hidden then customer_share - share_at_fit end as share_change,
    is_drifted
from ({{ hide_small_cells('counted', 'customers', 'champion_id', 'persona_id') }}) as hidden
