{# Whether any of some columns of a relation alias has a sign in it. #}
{% macro any_text_has(sign, relation_alias, columns) -%}
    (
        false
        {%- for column in columns %}
        or cast({{ relation_alias }}.{{ adapter.quote(column) }} as varchar) like '%{{ sign }}%'
        {%- endfor %}
    )
{%- endmacro %}
