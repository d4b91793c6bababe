{# A number as a person would write it: shares in per cent, whole and large numbers without decimals, others with one. #}
{% macro figure_in_words(number, unit) -%}
    case
        when {{ unit }} = 'share' then cast(cast(round(100 * {{ number }}) as integer) as varchar) || ' %'
        when abs({{ number }}) >= 20 or {{ number }} = floor({{ number }})
            then cast(cast(round({{ number }}) as bigint) as varchar)
        else cast(cast({{ number }} as decimal(18, 1)) as varchar)
    end
{%- endmacro %}
