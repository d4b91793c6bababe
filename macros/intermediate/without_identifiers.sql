{# The value of a united column without direct identifiers that strayed into it. The id of a record becomes its keyed
   hash, another text [withheld], and an address inside a text is cut out. Ids and names of products are looked at
   for addresses only: many article numbers look like phone numbers. #}
{% macro without_identifiers(column) -%}
    {%- set name = column.name -%}
    {%- if column.private -%}
        case when {{ column.reads }} is not null then true end
    {%- elif column.type != 'varchar' or column.identifier or name == 'customer_id' -%}
        {{ name }}
    {%- elif column.is_key -%}
        case when {{ has_identifier_form(name) }} then {{ keyed_hash(name) }} else {{ name }} end
    {%- elif column.is_of_product -%}
        {{ without_addresses(name) }}
    {%- else -%}
        case when {{ has_identifier_form(name) }} then '[withheld]' else {{ without_addresses(name) }} end
    {%- endif -%}
{%- endmacro %}
