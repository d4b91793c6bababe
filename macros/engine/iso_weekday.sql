{# The day of the week of a time: 1 for Monday to 7 for Sunday. #}
{% macro iso_weekday(time) -%}
    {{ return(adapter.dispatch('iso_weekday', 'customer_personas')(time)) }}
{%- endmacro %}

{% macro duckdb__iso_weekday(time) -%}
    extract(isodow from {{ time }})
{%- endmacro %}
