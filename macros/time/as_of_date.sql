{# The var as_of_date as a date, or null where it is not set. #}
{% macro as_of_date() -%}
    {%- if var('as_of_date') is none -%}
        cast(null as date)
    {%- else -%}
        cast('{{ var("as_of_date") }}' as date)
    {%- endif -%}
{%- endmacro %}
