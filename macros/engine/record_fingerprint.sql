{# 128 bits that stand for a record as received: equal records have equal fingerprints. #}
{% macro record_fingerprint(record) -%}
    {{ return(adapter.dispatch('record_fingerprint', 'customer_personas')(record)) }}
{%- endmacro %}

{% macro duckdb__record_fingerprint(record) -%}
    md5({{ record }})
{%- endmacro %}
