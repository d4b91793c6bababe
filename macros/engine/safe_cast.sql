{# What dbt.safe_cast is on DuckDB: null where a text cannot be read as the type. (dbt's own stops there.) #}
{% macro duckdb__safe_cast(field, type) -%}
    try_cast({{ field }} as {{ type }})
{%- endmacro %}
