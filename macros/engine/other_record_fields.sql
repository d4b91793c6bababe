{# A JSON record without the named fields. (A merge patch removes the keys it sets to null.) #}
{% macro other_record_fields(record, fields) -%}
    {{ return(adapter.dispatch('other_record_fields', 'customer_personas')(record, fields)) }}
{%- endmacro %}

{% macro duckdb__other_record_fields(record, fields) -%}
    {%- set removals = {} -%}
    {%- for field in fields %}{% do removals.update({field: none}) %}{% endfor -%}
    cast(json_merge_patch({{ record }}, '{{ tojson(removals) }}') as varchar)
{%- endmacro %}
