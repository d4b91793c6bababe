{# A record of the landing files, whole as received: its fields, or the line that could not be read. #}
{% macro landed_record() -%}
    case
        when erased_customer_hash is not null then null
        when unreadable_line is null then {{ record_as_json('received') }}
        else {{ record_as_json('unreadable_line') }}
    end
{%- endmacro %}
