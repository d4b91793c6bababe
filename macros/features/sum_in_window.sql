{# The sum of an amount over the days of a window (see in_window). #}
{% macro sum_in_window(amount, day, days, years_before=0) -%}
    sum(case when {{ in_window(day, days, years_before) }} then {{ amount }} else 0 end)
{%- endmacro %}
