{# A campaign's name as the name of an audience is written, so that Next category 3 begins with next_category. #}
{% macro audience_key(campaign) -%}
    lower({{ replace_pattern(campaign, "'[^A-Za-z0-9]+'", "'_'") }})
{%- endmacro %}
