{# Full years from one date to a later one, as birthdays count them. #}
{% macro years_between(earlier, later) -%}
    (
        extract(year from {{ later }}) - extract(year from {{ earlier }})
        - case
            when
                100 * extract(month from {{ later }}) + extract(day from {{ later }})
                < 100 * extract(month from {{ earlier }}) + extract(day from {{ earlier }})
                then 1
            else 0
        end
    )
{%- endmacro %}
