{# The value of a united column without direct identifiers that strayed into it. The id of a record or a
   product becomes its keyed hash, another text [withheld]; of a product's name an e-mail address alone is cut out.
   The id of a customer stays, and assert_customer_ids_are_no_identifiers looks at it. #}
{% macro without_identifiers(column) -%}
    {%- set name = column.name -%}
    {%- if column.private -%}
        case when {{ column.reads }} is not null then true end
    {%- elif column.type != 'varchar' or column.identifier or name == 'customer_id' -%}
        {{ name }}
    {%- elif column.is_key or name == 'product_id' -%}
        case
            when {{ has_identifier_form(name, 'id' if column.is_key else 'product') }} then {{ keyed_hash(name) }}
            else {{ name }}
        end
    {%- elif name == 'product_name' -%}
        case
            when {{ has_identifier_form(without_addresses(name), 'product_name') }} then '[withheld]'
            else {{ without_addresses(name) }}
        end
    {%- else -%}
        case when {{ has_identifier_form(name) }} then '[withheld]' else {{ name }} end
    {%- endif -%}
{%- endmacro %}
