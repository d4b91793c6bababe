{# Whether hits, or misses, are of few customers, or the customers themselves are few. #}
{% macro is_small_side(hits, customers) -%}
    ({{ customers }} < {{ var('minimum_cell') }}
    or ({{ hits }} > 0 and {{ hits }} < {{ var('minimum_cell') }})
    or ({{ hits }} < {{ customers }} and {{ hits }} > {{ customers }} - {{ var('minimum_cell') }}))
{%- endmacro %}
