{# A record of the landing files, whole as received: its fields, or the line that could not be read. #}
{% macro landed_record(source) -%}
    case
        when {{ source }}.unreadable_line is null then {{ record_as_json(source ~ '.received') }}
        else {{ record_as_json(source ~ '.unreadable_line') }}
    end
{%- endmacro %}
