{# Whether a customer is looked at on a date: once they are known; an undated customer on as_of_date only, since
   nobody knows when they became one. #}
{% macro is_observed_on(customers, dates) -%}
    (
        {{ customers }}.known_on < {{ dates }}.observation_date
        or ({{ customers }}.known_on is null and {{ dates }}.is_as_of)
    )
{%- endmacro %}
