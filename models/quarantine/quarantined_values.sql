-- Values that were set to null because they make no sense; the records they stood in were accepted.
{%- set entities = ['customers', 'order_lines', 'feedback'] %}

{% for entity in entities %}
select
    united.source_system,
    '{{ entity }}' as entity,
    united.source_file,
    united.record_number,
    {{ split_to_rows('judged.value_issues') }} as rejection_reason,
    united.record
from {{ ref('int_' ~ entity ~ '_united') }} as united
inner join {{ ref('int_' ~ entity ~ '_judged') }} as judged
    on
        united.source_system = judged.source_system
        and united.source_file = judged.source_file
        and united.record_number = judged.record_number
where judged.disposition = 'accepted' and judged.value_issues is not null
{% if not loop.last %}
union all
{% endif %}
{%- endfor %}
