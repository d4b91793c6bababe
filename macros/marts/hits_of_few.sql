{# Hits of customers as a rate of theirs tells them: few hits, or misses, count as half of minimum_cell, so that a rate
   is neither a count of few nor a false zero; of fewer customers than minimum_cell nothing. #}
{% macro hits_of_few(hits, customers) -%}
    case
        when {{ customers }} < {{ var('minimum_cell') }} then null
        when {{ hits }} {{ of_few() }} then {{ var('minimum_cell') / 2 }}
        when {{ customers }} - ({{ hits }}) {{ of_few() }}
            then {{ customers }} - {{ var('minimum_cell') / 2 }}
        else {{ hits }}
    end
{%- endmacro %}
