{# A relation of one column, grid_date: every so many days from a first date up to and with a last one. #}
{% macro dates_between(first_date, last_date, step_days) -%}
    {{ return(adapter.dispatch('dates_between', 'customer_personas')(first_date, last_date, step_days)) }}
{%- endmacro %}

{% macro duckdb__dates_between(first_date, last_date, step_days) -%}
    select
        cast(
            unnest(generate_series({{ first_date }}, {{ last_date }}, to_days({{ step_days }}))) as date
        ) as grid_date
{%- endmacro %}
