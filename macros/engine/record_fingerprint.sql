{# 128 bits that stand for a record as received: equal records have equal fingerprints. A number, because the
   engine partitions by numbers faster than by texts. #}
{% macro record_fingerprint(record) -%}
    {{ return(adapter.dispatch('record_fingerprint', 'customer_personas')(record)) }}
{%- endmacro %}

{% macro duckdb__record_fingerprint(record) -%}
    cast(md5_number({{ record }}) as uhugeint)
{%- endmacro %}

{# The type of a fingerprint. #}
{% macro fingerprint_type() -%}
    {{ return(adapter.dispatch('fingerprint_type', 'customer_personas')()) }}
{%- endmacro %}

{% macro duckdb__fingerprint_type() -%}
    {{ return('uhugeint') }}
{%- endmacro %}
