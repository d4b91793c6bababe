{# Whether a name is that of a target made of contacts (response_target). #}
{% macro is_response_target(name) -%}
    {{ name }} like 'response:%'
{%- endmacro %}
