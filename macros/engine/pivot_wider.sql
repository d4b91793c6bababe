{# A long relation as a wide one: a column for each value of `names`. #}
{% macro pivot_wider(relation, names, value, keys) -%}
    {{ return(adapter.dispatch('pivot_wider', 'customer_personas')(relation, names, value, keys)) }}
{%- endmacro %}

{% macro duckdb__pivot_wider(relation, names, value, keys) -%}
    pivot {{ relation }} on {{ names }} using {{ value }} group by {{ keys | join(', ') }}
{%- endmacro %}
