{# Whether a day lies in the `days` days before the observation date, or in the same window `years_before` years earlier
   (a year is 364 days here, so that weekdays stay comparable). #}
{% macro in_window(day, days, years_before=0) -%}
    ({{ day }} >= {{ add_days('observation_date', -(days + 364 * years_before)) }}
    {%- if years_before %} and {{ day }} < {{ add_days('observation_date', -364 * years_before) }}{% endif %})
{%- endmacro %}
