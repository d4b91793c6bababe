{# A share of customers as it is told where few have it, or lack it: as if of a multiple of minimum_cell customers, and
   of all of them at most, since the nearest multiple may lie above. #}
{% macro share_in_steps(share, customers) -%}
    {%- set told = in_steps('(' ~ share ~ ') * (' ~ customers ~ ')') -%}
    case when {{ told }} > {{ customers }} then 1e0 else {{ told }} / ({{ customers }}) end
{%- endmacro %}
