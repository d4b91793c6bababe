{# The body of a model with one column per category: its share of an amount of category_amounts. Nothing at all,
   or nothing but categories without a column, is unknown (no row); nothing in one category is zero. #}
{% macro shares_by_category(amount, prefix, columns) %}
with

categories as (

    {{ category_columns() }}

),

amounts as (

    select
        amounts.customer_id,
        amounts.observation_date,
        categories.category_column,
        amounts.{{ amount }} as amount
    from {{ ref('category_amounts') }} as amounts
    inner join categories
        on amounts.product_category = categories.product_category

)

select
    customer_id,
    {%- for column in columns %}
    {{ ratio(sum_of_category('amount', column), 'sum(amount)') }} as {{ adapter.quote(prefix ~ column) }},
    {%- endfor %}
    observation_date
from amounts
group by customer_id, observation_date
having
    sum(amount) != 0
    and count(
        case when category_column in (null{% for column in columns %}, '{{ column }}'{% endfor %}) then 1 end
    ) > 0
{% endmacro %}
