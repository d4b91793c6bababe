{# A number of customers as a reason may tell it: not how few, where they are few. #}
{% macro customers_in_words(count) -%}
    case
        when {{ count }} {{ of_few() }} then 'fewer than {{ var("minimum_cell") }}'
        else cast({{ count }} as varchar)
    end
{%- endmacro %}
