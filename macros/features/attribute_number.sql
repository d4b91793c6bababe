{# The number in a text of an attribute; null where there is none, or none to compute with: infinity, or a quadrillion and
   more, beyond which sums are not exact and whole numbers have no room. #}
{% macro attribute_number(text) -%}
    {%- set number = dbt.safe_cast(text, 'double') -%}
    case when abs({{ number }}) < 1e15 then {{ number }} end
{%- endmacro %}
