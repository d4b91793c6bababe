-- One column per top category: its share of what the customer bought and looked at. A view counts three
-- tenths of a line bought, and everybody starts with one line's worth of everybody's mix: one purchase says
-- little about interests.

{%- set columns = top_category_columns() %}

with

categories as (

    {{ category_columns() }}

),

amounts as (

    select
        amounts.customer_id,
        amounts.observation_date,
        categories.category_column,
        {{ activity_in_tenths('amounts') }} as activity
    from {{ ref('category_amounts') }} as amounts
    inner join categories
        on amounts.product_category = categories.product_category

),

customers as (

    select
        customer_id,
        observation_date,
        {%- for column in columns %}
        {{ sum_of_category('activity', column) }} as activity_{{ loop.index }},
        {%- endfor %}
        sum(activity) as activity
    from amounts
    group by customer_id, observation_date

),

everybody as (

    select
        observation_date,
        {%- for column in columns %}
        max(case when category_column = '{{ column }}' then activity_share end) as share_{{ loop.index }},
        {%- endfor %}
        count(*) as categories
    from {{ ref('population_categories') }}
    group by observation_date

)

select
    customers.customer_id,
    {%- for column in columns %}
    (customers.activity_{{ loop.index }} + 10 * everybody.share_{{ loop.index }}) / (customers.activity + 10)
        as {{ adapter.quote('interest_share_' ~ column) }},
    {%- endfor %}
    customers.observation_date
from customers
inner join everybody
    on customers.observation_date = everybody.observation_date
