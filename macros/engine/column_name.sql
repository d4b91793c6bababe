{# A text as a column name: lower case, words joined by underscores, letters of every script kept, with the marks that
   are part of them (vowels of Hindi and Thai). #}
{% macro column_name(text) -%}
    {{ return(adapter.dispatch('column_name', 'customer_personas')(text)) }}
{%- endmacro %}

{% macro duckdb__column_name(text) -%}
    trim(regexp_replace({{ spelling_key(text) }}, '[^\p{L}\p{M}\p{N}]+', '_', 'g'), '_')
{%- endmacro %}
