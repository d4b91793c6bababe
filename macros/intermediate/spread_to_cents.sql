{# What falls on a part of an amount that is spread in proportion, to the cent: the parts add up to the amount exactly,
   and none gets more than it is worth. amount: at most the whole; up_to: the parts up to this one, itself included. #}
{% macro spread_to_cents(amount, part, up_to, whole) -%}
    coalesce(
        {{ part_of_cents(amount, up_to, whole) }} - {{ part_of_cents(amount, '(' ~ up_to ~ ' - ' ~ part ~ ')', whole) }}, 0
    )
{%- endmacro %}

{% macro part_of_cents(amount, up_to, whole) -%}
    cast(round(cast({{ amount }} as double) * {{ up_to }} / nullif({{ whole }}, 0), 2) as decimal(18, 2))
{%- endmacro %}
