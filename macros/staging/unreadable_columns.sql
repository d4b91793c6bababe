{# Names, comma-separated, of the columns that hold a text which cannot be read as their type; null if none.
   columns: a list of dicts with name, type and optionally reads (the source's column). #}
{% macro unreadable_columns(columns) -%}
    nullif(concat_ws(
        ','
        {%- for column in columns if column.type != 'varchar' %}
        {%- set text = clean_text(column.get('reads', column.name)) %}
        , case
            when {{ text }} is not null and {{ dbt.safe_cast(text, column.type) }} is null
                then '{{ column.name }}'
        end
        {%- endfor %}
    ), '')
{%- endmacro %}
