{# A text with [withheld] in place of each e-mail address in it. Hardly any text has the sign: the others are not
   looked at closely. #}
{% macro without_addresses(text) -%}
    {{ return(adapter.dispatch('without_addresses', 'customer_personas')(text)) }}
{%- endmacro %}

{% macro duckdb__without_addresses(text) -%}
    case
        when {{ text }} like '%@%'
            then regexp_replace({{ text }}, '[^@ ,;<>\"]+@[^@ ,;<>\"]+[.][A-Za-z]{2,}', '[withheld]', 'g')
        else {{ text }}
    end
{%- endmacro %}
