-- Categories that differ in case only are one: the spelling that most records have stands for all.

{%- set columns = [
    ('product_category', 'order_lines'), ('product_category', 'web_events'),
    ('need', 'declared_needs'), ('need', 'customers'),
    ('country', 'customers'), ('country', 'order_lines'),
    ('region', 'customers'),
] %}

with

spelled as (
    {% for column, entity in columns %}
    select
        '{{ column }}' as category_kind,
        {{ column }} as spelling
    from {{ ref('int_' ~ entity ~ '_judged') }}
    where disposition = 'accepted' and {{ column }} is not null
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

counted as (

    select
        category_kind,
        {{ spelling_key('spelling') }} as spelling_key,
        spelling,
        count(*) as records
    from spelled
    group by category_kind, spelling

),

ranked as (

    select
        *,
        row_number() over (
            partition by category_kind, spelling_key
            order by records desc, spelling asc
        ) as spelling_rank
    from counted

)

select
    category_kind,
    spelling_key,
    spelling
from ranked
where spelling_rank = 1
