{# A time that somebody may mean: null where it lies before earliest_plausible_date, which systems write for a time that
   they lack. #}
{% macro plausible_time(column) -%}
    case when {{ column }} >= cast('{{ var("earliest_plausible_date") }}' as timestamp) then {{ column }} end
{%- endmacro %}
