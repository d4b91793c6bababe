{# A date so many days later (earlier where negative): a date again, where dbt's dateadd gives a time on some engines. #}
{% macro add_days(date, days) -%}
    cast({{ dbt.dateadd('day', days, date) }} as date)
{%- endmacro %}
