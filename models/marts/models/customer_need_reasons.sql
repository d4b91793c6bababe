-- The three features that speak most for what is predicted of a customer.

with

contributions as (

    select * from {{ ref('customer_target_contributions') }}

),

catalog as (

    select * from {{ ref('feature_catalog') }}

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
        row_number() over (
            partition by contributions.customer_id, contributions.target
            order by contributions.contribution desc, contributions.feature_name asc
        ) as reason_rank
    from contributions
    inner join catalog
        on contributions.feature_name = catalog.feature_name

)

select
    customer_id,
    target,
    class as predicted,
    cast(reason_rank as integer) as reason_rank,
    feature_name,
    contribution,
    label
    -- a single customer's age, income or occupation is not published
    || case
        when is_published
            then ': ' || {{ feature_value_in_words('feature_value', 'value_type', 'number', 'unit') }}
        else ''
    end as reason
from ranked
where reason_rank <= 3
