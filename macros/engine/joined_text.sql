{# The texts of a group joined in order, of the rows that meet a condition. #}
{% macro joined_text(text, separator, ordering, condition) -%}
    {{ return(adapter.dispatch('joined_text', 'customer_personas')(text, separator, ordering, condition)) }}
{%- endmacro %}

{% macro duckdb__joined_text(text, separator, ordering, condition) -%}
    string_agg({{ text }}, '{{ separator }}' order by {{ ordering }}) filter (where {{ condition }})
{%- endmacro %}
