{# The sum of an amount over the rows of one category. #}
{% macro sum_of_category(amount, column) -%}
    sum(case when category_column = '{{ column }}' then {{ amount }} else 0 end)
{%- endmacro %}
