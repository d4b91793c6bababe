{# Of customers those who did something, the fewer of them and of the others to the nearest multiple of minimum_cell:
   so all are all, and none are none. Of customers of whom both may be few, nothing. #}
{% macro smaller_side_in_steps(hits, customers) -%}
    case
        when {{ customers }} < {{ 2 * var('minimum_cell') }} then null
        when 2 * ({{ hits }}) <= {{ customers }} then {{ in_steps(hits) }}
        else {{ customers }} - {{ in_steps(customers ~ ' - ' ~ hits) }}
    end
{%- endmacro %}
