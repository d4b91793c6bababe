{#
    The query that says how far order records reach: one row with first_order_on and day_after_last_order, both null
    without any. What looks ahead at orders is complete only up to there, whatever else arrived since.
#}
{% macro order_coverage() -%}
    select
        cast(min(ordered_at) as date) as first_order_on,
        {{ add_days('cast(max(ordered_at) as date)', 1) }} as day_after_last_order
    from {{ ref('int_order_lines_judged') }}
    where disposition = 'accepted'
{%- endmacro %}
