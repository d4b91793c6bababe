{# Names of columns whose whole numbers name something and measure nothing, as a pattern: zip, area_code, branch,
   store_number, plz. #}
{% macro code_names() -%}
    '(.*_)?(zip|zip3|plz|postal|post|postcode|zipcode|postleitzahl|cep|pincode|code|prefix|branch|filiale|store|shop|'
    || 'outlet|region|district)(_(code|id|no|nr|num|number|prefix))?|(.*_)?(id|nr)'
{%- endmacro %}
