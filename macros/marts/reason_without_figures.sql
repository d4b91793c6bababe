{# A reason without what it says of metrics of test rows: beside a metric in steps, or beside none, a difference and its
   interval to four decimals would tell it. Which way it went stays. #}
{% macro reason_without_figures(reason) -%}
    {{ replace_pattern(reason, "'( by [0-9]+[.][0-9]+| [(](AUC|95 % interval) [^)]*[)])'", "''") }}
{%- endmacro %}
