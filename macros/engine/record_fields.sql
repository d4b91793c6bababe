{# Text columns picked out of a JSON record; a field it does not have is null. One parse per record. #}
{% macro record_fields(record, columns) -%}
    {{ return(adapter.dispatch('record_fields', 'customer_personas')(record, columns)) }}
{%- endmacro %}

{% macro duckdb__record_fields(record, columns) -%}
    {%- set structure = {} -%}
    {%- for column in columns %}{% do structure.update({column: 'VARCHAR'}) %}{% endfor -%}
    unnest(json_transform({{ record }}, '{{ tojson(structure) }}'))
{%- endmacro %}
