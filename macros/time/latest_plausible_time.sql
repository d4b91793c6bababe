{# The only place where the clock is read: records dated later than now (and some tolerance) are from the future. To the
   end of the hour in which the run began, so that what is built again within it is made from the same. #}
{% macro latest_plausible_time() -%}
    {{ return(adapter.dispatch('latest_plausible_time', 'customer_personas')()) }}
{%- endmacro %}

{% macro duckdb__latest_plausible_time() -%}
    {%- set hours = var('clock_tolerance_hours') | int + 1 -%}
    (timestamp '{{ run_started_at.strftime("%Y-%m-%d %H:00:00") }}' + to_hours({{ hours }}))
{%- endmacro %}
