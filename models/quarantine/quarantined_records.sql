{%- set entities = ['customers', 'order_lines', 'web_events', 'feedback', 'declared_needs'] -%}

{% for entity in entities %}
select
    united.source_system,
    '{{ entity }}' as entity,
    united.source_file,
    united.record_number,
    judged.rejection_reason,
    united.read_error,
    united.record
from {{ ref('int_' ~ entity ~ '_united') }} as united
inner join {{ ref('int_' ~ entity ~ '_judged') }} as judged
    on
        united.source_system = judged.source_system
        and united.source_file = judged.source_file
        and united.record_number = judged.record_number
where judged.disposition = 'quarantined'
{% if not loop.last %}
union all
{% endif %}
{%- endfor %}
