{# A direct identifier as keyed hash. It is normalised first, so that two spellings of the same
   address, number or name give the same hash: kind is email, phone or name. #}
{% macro hash_identifier(column, kind) -%}
    {%- set text = 'lower(' ~ composed(clean_text(column)) ~ ')' -%}
    {%- if kind == 'email' -%}
        {{ keyed_hash(text) }}
    {%- elif kind == 'phone' -%}
        {{ keyed_hash("nullif(regexp_replace(" ~ text ~ ", '[^0-9]', '', 'g'), '')") }}
    {%- elif kind == 'name' -%}
        {{ keyed_hash("regexp_replace(" ~ text ~ ", '\\s+', ' ', 'g')") }}
    {%- else -%}
        {% do exceptions.raise_compiler_error("hash_identifier: unknown kind '" ~ kind ~ "'") %}
    {%- endif -%}
{%- endmacro %}
