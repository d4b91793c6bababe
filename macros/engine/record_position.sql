{# Position, from 1, of a row in a table that was loaded in the order of its file and not changed since. #}
{% macro record_position(relation_alias) -%}
    {{ return(adapter.dispatch('record_position', 'customer_personas')(relation_alias)) }}
{%- endmacro %}

{% macro duckdb__record_position(relation_alias) -%}
    {{ relation_alias }}.rowid + 1
{%- endmacro %}
