{# So many days rounded up to whole steps of the observation grid. #}
{% macro whole_steps(days) -%}
    {%- set step_days = var('observation_step_days') | int -%}
    {{ return(((days | int + step_days - 1) // step_days) * step_days) }}
{%- endmacro %}
