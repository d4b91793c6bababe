{# A share whose odds are multiplied by a factor; 0 and 1 stay as they are. #}
{% macro odds_times(share, factor) -%}
    {{ share }} * {{ factor }} / (1 - {{ share }} + {{ share }} * {{ factor }})
{%- endmacro %}
