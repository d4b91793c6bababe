{# A number of customers to the nearest multiple of minimum_cell. #}
{% macro in_steps(customers) -%}
    round(({{ customers }}) / {{ var('minimum_cell') }}e0) * {{ var('minimum_cell') }}
{%- endmacro %}
