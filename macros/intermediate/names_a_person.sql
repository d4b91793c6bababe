{# Whether a column's name is somebody's address, number or name. people: a relation joined by the name's hash. #}
{% macro names_a_person(name, people) -%}
    ({{ has_identifier_form(name) }} or ({{ people }}.full_name_hash is not null and {{ name }} like '_% _%'))
{%- endmacro %}
