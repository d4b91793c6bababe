{# HMAC-SHA256 of a text under the identifier key, as lower-case hex; null stays null. which: 'previous' for the key
   before the present one; without one that is null.
   The keys are held in session variables (src/customer_personas/identifier_keys.py). #}
{% macro keyed_hash(text, which='present') -%}
    {{ return(adapter.dispatch('keyed_hash', 'customer_personas')(text, which)) }}
{%- endmacro %}

{% macro duckdb__keyed_hash(text, which) -%}
    {%- set key = 'identifier_key' if which == 'present' else 'identifier_key_' ~ which -%}
    sha256(
        getvariable('{{ key }}_outer')
        || unhex(sha256(getvariable('{{ key }}_inner') || encode({{ text }})))
    )
{%- endmacro %}
