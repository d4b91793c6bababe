{# What a purchase of a product counts by a later date: the square root of its amount times the customers who bought it
   in the 30 days before that date, halved for every 180 days that have passed. Exact, so that sums are the same in
   every run. #}
{% macro selling_amount(purchase, selling) -%}
    cast(
        sqrt({{ purchase }}.sale_amount * {{ selling }}.customers_30d)
        * power(
            0.5, {{ dbt.datediff(purchase ~ '.activity_date', selling ~ '.observation_date', 'day') }} / 180e0
        )
        as decimal(18, 8)
    )
{%- endmacro %}
