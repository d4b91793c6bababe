{# A number that puts customers in an arbitrary order that is the same in every run, on every machine: samples are the
   first customers in it. customer_personas.features.sampling has the same one. #}
{% macro customer_hash(customer_id) -%}
    {{ return(adapter.dispatch('customer_hash', 'customer_personas')(customer_id)) }}
{%- endmacro %}

{% macro duckdb__customer_hash(customer_id) -%}
    md5_number_lower({{ customer_id }} || ':{{ var("random_seed") }}')
{%- endmacro %}
