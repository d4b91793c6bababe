{# The end of a staging model: its columns, with nothing left of records of erased customers but their place and the
   hash they are known by, so that they are counted and never come back. #}
{% macro without_erased(records, system, entity) %}
select
    records.source_file,
    records.record_number,
    {%- for name in ['record', 'record_hash', 'read_error', 'unreadable_columns'] %}
    case when erased.customer_id is null then records.{{ name }} end as {{ name }},
    {%- endfor %}
    {%- for column in canonical_columns(entity) %}
    case when erased.customer_id is null then records.{{ column.name }} end as {{ column.name }},
    {%- endfor %}
    erased.erased_customer_hash
from {{ records }} as records
left join (
    select
        customer_id,
        {{ erased_customer_hash(system, 'customer_id') }} as erased_customer_hash
    from (select distinct customer_id from {{ records }}) as ids
    where {{ is_erased(system, 'customer_id') }}
) as erased
    on records.customer_id = erased.customer_id
{% endmacro %}
