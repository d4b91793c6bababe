{# What an erasure of a customer's visitor id is kept of: no customer id looks like it. #}
{% macro visitor_name(visitor_id) -%}
    'visitor_id:' || {{ visitor_id }}
{%- endmacro %}
