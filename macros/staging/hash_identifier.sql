{# A direct identifier as keyed hash. It is normalised first, so that two spellings of the same
   address, number or name give the same hash: kind is email, phone or name. #}
{% macro hash_identifier(column, kind) -%}
    {%- if kind == 'phone' -%}
        {{ keyed_hash("nullif(regexp_replace(" ~ column ~ ", '[^0-9]', '', 'g'), '')") }}
    {%- elif kind == 'name' -%}
        {{ keyed_hash("nullif(regexp_replace(lower(trim(" ~ column ~ ")), '\\s+', ' ', 'g'), '')") }}
    {%- elif kind == 'email' -%}
        {{ keyed_hash("nullif(lower(trim(" ~ column ~ ")), '')") }}
    {%- else -%}
        {% do exceptions.raise_compiler_error("hash_identifier: unknown kind '" ~ kind ~ "'") %}
    {%- endif -%}
{%- endmacro %}
