{# A date so many days later (earlier where negative), as a date. #}
{% macro add_days(date, days) -%}
    {{ return(adapter.dispatch('add_days', 'customer_personas')(date, days)) }}
{%- endmacro %}

{% macro duckdb__add_days(date, days) -%}
    cast({{ date }} + to_days(cast({{ days }} as integer)) as date)
{%- endmacro %}
