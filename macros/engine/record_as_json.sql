{# The whole row of a relation alias as JSON text: the record as received. #}
{% macro record_as_json(relation_alias) -%}
    {{ return(adapter.dispatch('record_as_json', 'customer_personas')(relation_alias)) }}
{%- endmacro %}

{% macro duckdb__record_as_json(relation_alias) -%}
    cast(to_json({{ relation_alias }}) as varchar)
{%- endmacro %}
