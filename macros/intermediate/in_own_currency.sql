{# An amount in the company's own currency: as it is where no rate says otherwise. #}
{% macro in_own_currency(amount, rate, type) -%}
    case when {{ rate }} is null then {{ amount }} else cast(cast({{ amount }} as double) * {{ rate }} as {{ type }}) end
{%- endmacro %}
