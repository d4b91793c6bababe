{# Position, from 1, of a row in a table that was loaded in the order of its file and not changed since.
   (Row ids themselves go on counting where a seed is emptied and loaded again.) #}
{% macro record_position(relation_alias) -%}
    {{ return(adapter.dispatch('record_position', 'customer_personas')(relation_alias)) }}
{%- endmacro %}

{% macro duckdb__record_position(relation_alias) -%}
    row_number() over (order by {{ relation_alias }}.rowid)
{%- endmacro %}
