{# A text without blanks of any kind around it: spaces, tabs, line ends, no-break and full-width spaces. #}
{% macro trimmed(text) -%}
    {{ return(adapter.dispatch('trimmed', 'customer_personas')(text)) }}
{%- endmacro %}

{% macro duckdb__trimmed(text) -%}
    trim({{ text }}, ' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(12288))
{%- endmacro %}
