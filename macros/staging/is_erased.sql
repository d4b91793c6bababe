{# Whether a person of a source system was erased: kept as a hash under the present key or the one before it, of the id
   in one spelling or, by an earlier release, as it was spelt then. #}
{% macro is_erased(system, own_id) -%}
    {%- set erased = source('history', 'erasures') -%}
    {%- set person = "('" ~ system ~ ":' || " ~ own_id ~ ")" -%}
    (
        {{ own_id }} like '{{ erased_mark() }}%'
        {%- for key in ['present', 'previous'] %}
        or {{ keyed_hash(person, key) }} in (select customer_hash from {{ erased }})
        or case
            when {{ one_spelling(person) }} != {{ person }}
                then {{ keyed_hash(one_spelling(person), key) }} in (select customer_hash from {{ erased }})
            else false
        end
        {%- endfor %}
    )
{%- endmacro %}
