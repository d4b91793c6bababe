{# The only place where the clock is read: records dated later than now (and some tolerance) are from the future. #}
{% macro latest_plausible_time() -%}
    {{ return(adapter.dispatch('latest_plausible_time', 'customer_personas')()) }}
{%- endmacro %}

{% macro duckdb__latest_plausible_time() -%}
    (cast(now() as timestamp) + to_hours({{ var('clock_tolerance_hours') }}))
{%- endmacro %}
