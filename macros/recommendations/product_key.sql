{# The id of an order line's product; with the system in front where several systems provide order lines: two systems
   may use the same id for two products. #}
{% macro product_key(lines) -%}
    {%- if active_systems('order_lines') | length > 1 -%}
        {{ lines }}.source_system || ':' || {{ lines }}.product_id
    {%- else -%}
        {{ lines }}.product_id
    {%- endif -%}
{%- endmacro %}
