{# Whether a text has the form of an e-mail address or of a phone number that is written as one: with a plus sign,
   a trunk zero or an area code set apart. A bare number, however long, is none: it may be any id.
   One pattern, since most texts of all records are held against it. #}
{% macro has_identifier_form(text) -%}
    {%- set forms = [
        '[^@ ]+@[^@ ]+[.][^@ ]+',
        '[+][0-9][0-9 ()./-]{6,18}',
        '[(]?0[0-9]{1,5}[) /-]+[0-9][0-9 /-]{4,12}',
        '([(][0-9]{3}[)] ?|[0-9]{3}[-. ])[0-9]{3}[-. ][0-9]{4}',
    ] -%}
    coalesce({{ matches_pattern(text, "'" ~ forms | join('|') ~ "'") }}, false)
{%- endmacro %}
