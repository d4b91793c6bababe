{# The hash that an erased customer is known by, under the present key. #}
{% macro erased_customer_hash(system, customer_id) -%}
    case
        when {{ customer_id }} like '{{ erased_mark() }}%' then replace({{ customer_id }}, '{{ erased_mark() }}', '')
        else {{ keyed_hash("'" ~ system ~ ":' || " ~ customer_id) }}
    end
{%- endmacro %}

{# What stands, with that hash behind it, for the id in an emptied row of the demo's seeds. #}
{% macro erased_mark() -%}
    {{ return('(erased) ') }}
{%- endmacro %}
