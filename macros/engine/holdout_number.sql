{# A number from 0 to below 1 that a customer has in a holdout, the same in every build with the same salt: those below
   the share are held out. scope: an SQL text that sets holdouts apart. #}
{% macro holdout_number(salt, scope, own_id) -%}
    {{ return(adapter.dispatch('holdout_number', 'customer_personas')(salt, scope, own_id)) }}
{%- endmacro %}

{% macro duckdb__holdout_number(salt, scope, own_id) -%}
    cast(md5_number_lower({{ salt }} || ':' || {{ scope }} || ':' || {{ own_id }}) % 1000000 as double) / 1000000
{%- endmacro %}
