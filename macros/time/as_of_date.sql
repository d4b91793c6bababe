{# The var as_of_date as a date, or null where it is not set; a text that is no date stops the build. #}
{% macro as_of_date() -%}
    {%- set given = var('as_of_date') -%}
    {%- if not given -%}
        cast(null as date)
    {%- elif modules.re.fullmatch('\d{4}-\d{2}-\d{2}', given | string) -%}
        cast('{{ given }}' as date)
    {%- else -%}
        {%- do exceptions.raise_compiler_error(
            "as_of_date is '" ~ given ~ "', which is no date. Give it as YYYY-MM-DD, for example "
            ~ "--vars '{as_of_date: 2011-12-10}', or leave it out for the day after the last record."
        ) -%}
    {%- endif -%}
{%- endmacro %}
