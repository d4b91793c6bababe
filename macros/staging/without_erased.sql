{# The end of a staging model: its columns, with nothing left of records of erased customers but their place and the
   hash they are known by, so that they are counted and never come back. Visits without a customer are theirs by the
   visitor id. #}
{% macro without_erased(records, system, entity) %}
{%- set columns = canonical_columns(entity) | map(attribute='name') | list %}
{%- set is_there = 'erased.person is null' %}
select
    records.source_file,
    records.record_number,
    {%- for name in ['record', 'record_hash', 'read_error', 'unreadable_columns'] + columns %}
    case when {{ is_there }} then records.{{ name }} end as {{ name }},
    {%- endfor %}
    erased.erased_customer_hash
from {{ records }} as records
left join (
    select
        person,
        {{ erased_customer_hash(system, 'person') }} as erased_customer_hash
    from (
        select distinct customer_id as person from {{ records }}
        {%- if 'visitor_id' in columns %}
        union distinct
        select distinct {{ visitor_name('visitor_id') }} as person from {{ records }}
        where customer_id is null
        {%- endif %}
    ) as people
    where {{ is_erased(system, 'person') }}
) as erased
    on
        {%- if 'visitor_id' in columns %}
        coalesce(records.customer_id, {{ visitor_name('records.visitor_id') }}) = erased.person
        {%- else %}
        records.customer_id = erased.person
        {%- endif %}
{% endmacro %}
