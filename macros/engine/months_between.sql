{# A relation of month_start and next_month_start: the months from that of a first date to that of a last one. #}
{% macro months_between(first_date, last_date) -%}
    {{ return(adapter.dispatch('months_between', 'customer_personas')(first_date, last_date)) }}
{%- endmacro %}

{% macro duckdb__months_between(first_date, last_date) -%}
    select
        cast(month_start as date) as month_start,
        cast(month_start + to_months(1) as date) as next_month_start
    from (
        select
            unnest(
                generate_series(date_trunc('month', {{ first_date }}), {{ last_date }}, to_months(1))
            ) as month_start
    )
{%- endmacro %}
