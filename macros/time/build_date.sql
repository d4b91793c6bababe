{# The day on which the run began (UTC), the same in all of its nodes: what a company without a dated record is looked
   at as of, so that its birth dates give the ages of today. #}
{% macro build_date() -%}
    cast('{{ run_started_at.strftime("%Y-%m-%d") }}' as date)
{%- endmacro %}
