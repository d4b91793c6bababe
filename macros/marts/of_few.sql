{# As it stands behind a count: of some customers, but fewer than are told of. #}
{% macro of_few() -%}
    between 1 and {{ var('minimum_cell') - 1 }}
{%- endmacro %}
