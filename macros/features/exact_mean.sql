{# A mean over rows that is the same in every run: sums of doubles depend on the order of the rows, sums of decimals do not. #}
{% macro exact_mean(column) -%}
    {{ ratio('sum(cast(' ~ column ~ ' as decimal(28, 8)))', 'count(' ~ column ~ ')') }}
{%- endmacro %}
