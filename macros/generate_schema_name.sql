{# Schemas carry exactly the names given in dbt_project.yml, whatever the target. dbt asks for each node as it reads it, so
   this is where vars are checked before anything is computed with them. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {%- do check_vars() -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
