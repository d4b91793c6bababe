{# Hits of customers as they are told of a model some of whose cells are of few: in steps of minimum_cell, so
   that neither totals nor other tables of the same ranking tell one; of fewer customers than that nothing. #}
{% macro hits_in_steps(hits, customers, is_coarse) -%}
    case
        when {{ customers }} < {{ var('minimum_cell') }} then null
        -- a tenth of so few in steps tells, with that of another class, which count it is
        when {{ is_coarse }} and {{ customers }} < {{ 2 * var('minimum_cell') }} then null
        -- of no known hits least would give all customers
        when {{ hits }} is null then null
        when {{ is_coarse }} then least({{ in_steps(hits) }}, {{ customers }})
        else {{ hits }}
    end
{%- endmacro %}
