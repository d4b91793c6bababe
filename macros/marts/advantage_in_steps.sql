{# A bound of an advantage, to as many decimals as score_in_steps tells most of what is compared. #}
{% macro advantage_in_steps(bound, customers) -%}
    round({{ bound }}, case when {{ customers }} >= {{ 40 * var('minimum_cell') }} then 2 else 1 end)
{%- endmacro %}
