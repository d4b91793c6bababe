{# A direct identifier as keyed hash. It is normalised first, so that two spellings of the same
   address, number or name give the same hash: kind is email, phone or name. What stands there for
   nothing ("none", "-", 000000) is no identifier: its hash would make strangers one person. #}
{% macro hash_identifier(column, kind) -%}
    {%- set text = 'lower(' ~ composed(clean_text(column)) ~ ')' -%}
    {%- if kind == 'email' -%}
        {{ keyed_hash("case when " ~ text ~ " like '%_@_%' then " ~ text ~ " end") }}
    {%- elif kind == 'phone' -%}
        {%- set digits = replace_pattern(text, "'[^0-9]'", "''") -%}
        {{ keyed_hash(
            "case when length(" ~ digits ~ ") >= 5 and replace(" ~ digits ~ ", left(" ~ digits ~ ", 1), '') != '' then "
            ~ digits ~ " end"
        ) }}
    {%- elif kind == 'name' -%}
        {%- set name = replace_pattern(text, "'\\s+'", "' '") -%}
        {{ keyed_hash(
            "case when " ~ name ~ " not in ('n/a', 'na', 'none', 'null', 'unknown', 'anonymous', '-', '.', '?') then "
            ~ name ~ " end"
        ) }}
    {%- else -%}
        {% do exceptions.raise_compiler_error("hash_identifier: unknown kind '" ~ kind ~ "'") %}
    {%- endif -%}
{%- endmacro %}
