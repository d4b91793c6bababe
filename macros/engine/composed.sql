{# A text in Unicode's composed form (NFC), so that one letter is written in one way. #}
{% macro composed(text) -%}
    {{ return(adapter.dispatch('composed', 'customer_personas')(text)) }}
{%- endmacro %}

{% macro duckdb__composed(text) -%}
    nfc_normalize({{ text }})
{%- endmacro %}
