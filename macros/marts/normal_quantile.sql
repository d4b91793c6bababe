{# The standard normal value that is exceeded with the given probability (0 to 0.5): the rational approximation of
   Abramowitz and Stegun (1964), 26.2.23, which errs by less than 0.00045. #}
{% macro normal_quantile(tail) -%}
    {%- set root = 'sqrt(-2 * ln(' ~ tail ~ '))' -%}
    {{ root }} - (2.515517e0 + {{ root }} * (0.802853e0 + {{ root }} * 0.010328e0))
    / (1 + {{ root }} * (1.432788e0 + {{ root }} * (0.189269e0 + {{ root }} * 0.001308e0)))
{%- endmacro %}
