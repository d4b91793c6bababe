{# Whether a name is that of a target whose labels lie in the future: those of the var targets (there may be none), and
   those made of contacts. #}
{% macro is_future_target(name) -%}
    (
        {{ is_response_target(name) }}
        {%- for target, kind in var('targets').items() if kind == 'future' %}
        or {{ name }} = '{{ target }}'
        {%- endfor %}
    )
{%- endmacro %}
