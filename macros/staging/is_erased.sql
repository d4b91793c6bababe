{# Whether a customer of a source system was erased: kept as a hash under the present key or the one before it. #}
{% macro is_erased(system, customer_id) -%}
    {%- set erased = source('history', 'erasures') -%}
    {%- set person = "'" ~ system ~ ":' || " ~ customer_id -%}
    (
        {{ customer_id }} like '{{ erased_mark() }}%'
        or {{ keyed_hash(person) }} in (select customer_hash from {{ erased }})
        or {{ keyed_hash(person, 'previous') }} in (select customer_hash from {{ erased }})
    )
{%- endmacro %}
