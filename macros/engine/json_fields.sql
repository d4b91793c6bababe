{# One row for each field of a JSON object: field_name and field_value, both text. #}
{% macro json_fields(json) -%}
    {{ return(adapter.dispatch('json_fields', 'customer_personas')(json)) }}
{%- endmacro %}

{% macro duckdb__json_fields(json) -%}
    {%- set fields = 'cast(cast(' ~ json ~ ' as json) as map(varchar, varchar))' -%}
    unnest(map_keys({{ fields }})) as field_name,
    unnest(map_values({{ fields }})) as field_value
{%- endmacro %}
