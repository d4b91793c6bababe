{# The target that asks who answers campaigns of a type; those without a type are of one. #}
{% macro response_target(campaign_type) -%}
    'response:' || coalesce({{ campaign_type }}, 'any')
{%- endmacro %}
