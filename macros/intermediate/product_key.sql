{# The id that a record's product has downstream: the source's own, with the system in front where several provide
   order lines, since two systems may use the same id for two products. The only place where that is decided. #}
{% macro product_key(records) -%}
    {%- if active_systems('order_lines') | length > 1 -%}
        {{ records }}.source_system || ':' || {{ records }}.product_id
    {%- else -%}
        {{ records }}.product_id
    {%- endif -%}
{%- endmacro %}
