{# Whether a text holds what looks like a direct identifier: an e-mail address, a phone number, an IBAN or card
   number, a national number, a street address, whichever way it is disguised (full-width, %40, "(at)", Base64).
   kind: what the text is. 'text' says something about a person, where all forms count. In an 'id' a bare number is
   none, however long, nor a short code. In a 'product', whose article numbers look like phone numbers, only
   certain forms count; in a 'product_name' also numbers set apart and street addresses. #}
{% macro has_identifier_form(text, kind='text') -%}
    {%- set patterns = identifier_patterns() -%}
    {%- set kinds = {
        'product': ['certain'],
        'product_name': ['certain', 'apart', 'address'],
        'id': ['certain', 'apart', 'address'],
        'text': ['certain', 'apart', 'address', 'free'],
    } -%}
    {%- set forms = [] -%}
    {%- for each in kinds[kind] -%}
        {%- do forms.append(patterns[each] | join('|')) -%}
    {%- endfor -%}
    {{ holds_identifier(text, forms, kind) }}
{%- endmacro %}
