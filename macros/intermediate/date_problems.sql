{# The rules that every dated entity has for its dates: missing, unreadable, from the future, long before its time. #}
{% macro date_problems(column) %}
    {{ return([
        ('unreadable_' ~ column, is_unreadable(column)),
        ('missing_' ~ column, column ~ ' is null'),
        ('future_' ~ column, column ~ ' > ' ~ latest_plausible_time()),
        ('future_updated_at', 'updated_at > ' ~ latest_plausible_time()),
        ('implausible_' ~ column, column ~ " < cast('" ~ var('earliest_plausible_date') ~ "' as timestamp)"),
    ]) }}
{% endmacro %}
