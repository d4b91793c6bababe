{# The hash that an erased person is known by, under the present key. #}
{% macro erased_customer_hash(system, own_id) -%}
    {%- set person = "('" ~ system ~ ":' || " ~ own_id ~ ")" -%}
    case
        when {{ own_id }} like '{{ erased_mark() }}%' then replace({{ own_id }}, '{{ erased_mark() }}', '')
        else {{ keyed_hash(one_spelling(person)) }}
    end
{%- endmacro %}

{# What stands, with that hash behind it, for the id in an emptied row of the demo's seeds. #}
{% macro erased_mark() -%}
    {{ return('(erased) ') }}
{%- endmacro %}
