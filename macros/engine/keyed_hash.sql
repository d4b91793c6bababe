{# HMAC-SHA256 of a text under the identifier key, as lower-case hex; null stays null.
   The key is held in two session variables (src/customer_personas/identifier_keys.py). #}
{% macro keyed_hash(text) -%}
    {{ return(adapter.dispatch('keyed_hash', 'customer_personas')(text)) }}
{%- endmacro %}

{% macro duckdb__keyed_hash(text) -%}
    sha256(
        getvariable('identifier_key_outer')
        || unhex(sha256(getvariable('identifier_key_inner') || encode({{ text }})))
    )
{%- endmacro %}
