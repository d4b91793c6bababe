-- No feature rests on a record of the observation date or later: whatever counts days counts at least one,
-- and frequency and monetary value are those of the order lines strictly before the date.

with

features as (

    select
        customer_id,
        observation_date,
        tenure_days,
        recency_days,
        days_since_first_order,
        days_since_last_visit,
        days_since_last_feedback,
        days_since_last_response,
        frequency,
        monetary_value
    from {{ ref('customer_features') }}

),

earlier as (

    select
        features.customer_id,
        features.observation_date,
        -- the same number on another day is another order
        count(distinct case when lines.line_type = 'sale' then lines.order_key || ' ' || lines.ordered_on end)
            as frequency,
        sum(lines.net_amount) as monetary_value
    from features
    inner join {{ ref('int_order_lines') }} as lines
        on
            features.customer_id = lines.customer_id
            and features.observation_date > lines.ordered_at
    group by features.customer_id, features.observation_date

),

expected as (

    select
        features.*,
        {{ zero_where_provided('order_lines', 'earlier.frequency') }} as expected_frequency,
        {{ zero_where_provided('order_lines', 'earlier.monetary_value', 'decimal(18, 2)') }}
            as expected_monetary_value
    from features
    left join earlier
        on
            features.customer_id = earlier.customer_id
            and features.observation_date = earlier.observation_date

)

select *
from expected
where
    tenure_days < 1
    or recency_days < 1
    or days_since_first_order < recency_days
    or days_since_last_visit < 1
    or days_since_last_feedback < 1
    or days_since_last_response < 1
    or frequency is distinct from expected_frequency
    or monetary_value is distinct from expected_monetary_value
