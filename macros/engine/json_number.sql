{# A number out of a JSON object, null where it is not there. #}
{% macro json_number(json, field) -%}
    {{ return(adapter.dispatch('json_number', 'customer_personas')(json, field)) }}
{%- endmacro %}

{% macro duckdb__json_number(json, field) -%}
    cast(json_extract_string({{ json }}, '$.{{ field }}') as double)
{%- endmacro %}
