{# Whether a name is that of a target about the future (var targets); there may be none. #}
{% macro is_future_target(name) -%}
    {{ name }} in (
        ''
        {%- for target, kind in var('targets').items() if kind == 'future' %},
        '{{ target }}'
        {%- endfor %}
    )
{%- endmacro %}
