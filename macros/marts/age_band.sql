{# Years of age as a band of ten years; the ends are open, so that nobody stands out. #}
{% macro age_band(years) -%}
    case
        when {{ years }} < 18 then 'under 18'
        when {{ years }} < 25 then '18-24'
        when {{ years }} < 35 then '25-34'
        when {{ years }} < 45 then '35-44'
        when {{ years }} < 55 then '45-54'
        when {{ years }} < 65 then '55-64'
        when {{ years }} >= 65 then '65+'
    end
{%- endmacro %}
