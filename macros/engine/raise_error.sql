{# Stop the build with a message; the value makes it an expression that is only reached where it applies. #}
{% macro raise_error(message) -%}
    {{ return(adapter.dispatch('raise_error', 'customer_personas')(message)) }}
{%- endmacro %}

{% macro duckdb__raise_error(message) -%}
    error({{ message }})
{%- endmacro %}
