{# Names of months in lower case, whole or short, in English, German, French, Spanish, Italian, Dutch and Portuguese, as a
   pattern; 2024-05 is one, too. #}
{% macro month_names() -%}
    '(jan|ene|gen|feb|fév|fev|mar|mär|maa|mrt|apr|abr|avr|may|mai|mei|mag|maio|jun|jui|giu|jul|lug|aug|aoû|aou|ago|sep|set|'
    || 'oct|okt|out|ott|nov|dec|dez|dic|déc)[a-zäçéû]*[.]?( [0-9]{2,4})?|(19|20)[0-9]{2}[-/](0[1-9]|1[0-2])'
{%- endmacro %}
