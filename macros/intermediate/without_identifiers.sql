{# The value of a united column without direct identifiers that strayed into it. The id of a record or a
   product becomes its keyed hash, another text [withheld]; of a product's name an e-mail address alone is cut out.
   The id of a customer stays, and assert_customer_ids_are_no_identifiers looks at it. records: the relation that
   the column is of. #}
{% macro without_identifiers(column, records) -%}
    {%- set name = column.name -%}
    {%- if column.private -%}
        case when {{ column.reads }} is not null then true end
    {%- elif column.type != 'varchar' or column.identifier or name == 'customer_id' -%}
        {{ name }}
    {%- elif column.is_key -%}
        case when {{ has_identifier_form(name, 'id') }} then {{ keyed_hash(name) }} else {{ name }} end
    {%- elif name == 'product_id' -%}
        case
            when {{ is_among_identifiers(name, records, 'product') }} then {{ keyed_hash(name) }}
            else {{ name }}
        end
    {%- elif name == 'product_name' -%}
        case
            when {{ is_among_identifiers(name, records, 'product_name') }} then '[withheld]'
            else {{ without_addresses(name) }}
        end
    {%- else -%}
        case when {{ is_among_identifiers(name, records) }} then '[withheld]' else {{ name }} end
    {%- endif -%}
{%- endmacro %}

{# Whether a column has one of those of its values that have the form of an identifier. Each value is looked at once:
   a product is named in thousands of lines. kind: as in has_identifier_form, where a product's name is looked at
   without the e-mail addresses that are cut out of it. #}
{% macro is_among_identifiers(column, records, kind='text') -%}
    {#- a filter of the key alone would be pushed down to all rows -#}
    {%- set value = 'max(' ~ column ~ ')' -%}
    {{ column }} in (
            select {{ column }}
            from {{ records }}
            group by {{ column }}
            having {{ has_identifier_form(without_addresses(value) if kind == 'product_name' else value, kind) }}
        )
{%- endmacro %}
