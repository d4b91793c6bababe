{# How alike two names are spelt, from 0 to 1. #}
{% macro spelling_likeness(one, other) -%}
    {{ return(adapter.dispatch('spelling_likeness', 'customer_personas')(one, other)) }}
{%- endmacro %}

{% macro duckdb__spelling_likeness(one, other) -%}
    jaro_winkler_similarity({{ one }}, {{ other }})
{%- endmacro %}
