{# The names of the canonical entities, in the order in which they are told everywhere. #}
{% macro canonical_entities() %}
    {{ return(['customers', 'order_lines', 'web_events', 'feedback', 'declared_needs']) }}
{% endmacro %}
