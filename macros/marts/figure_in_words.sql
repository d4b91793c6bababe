{# A number as a person would write it: shares in per cent, small numbers with a digit or two, large ones whole. #}
{% macro figure_in_words(number, unit) -%}
    case
        when {{ unit }} = 'share' then cast(cast(round(100 * {{ number }}) as integer) as varchar) || ' %'
        when abs({{ number }}) >= 20 then cast(cast(round({{ number }}) as bigint) as varchar)
        else cast(cast({{ number }} as decimal(18, 1)) as varchar)
    end
{%- endmacro %}
