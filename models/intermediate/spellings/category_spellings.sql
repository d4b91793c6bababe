-- Categories that differ in case only are one: the spelling that most records have stands for all. What
-- fewer than minimum_cell customers have or buy stands for nothing: it could tell who they are.

{%- set columns = [
    ('product_category', 'order_lines'), ('product_category', 'web_events'),
    ('need', 'declared_needs'), ('need', 'customers'),
    ('country', 'customers'), ('country', 'order_lines'),
    ('region', 'customers'), ('gender', 'customers'), ('occupation', 'customers'),
] %}

with

spelled as (
    {% for column, entity in columns %}
    select
        '{{ column }}' as category_kind,
        {{ column }} as spelling,
        source_system,
        customer_id
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

shared as (

    select
        category_kind,
        {{ spelling_key('spelling') }} as spelling_key
    from spelled
    group by category_kind, {{ spelling_key('spelling') }}
    having count(distinct source_system || ':' || customer_id) >= {{ var('minimum_cell') }}

),

ranked as (

    select
        counted.*,
        row_number() over (
            partition by counted.category_kind, counted.spelling_key
            order by counted.records desc, counted.spelling asc
        ) as spelling_rank
    from counted
    inner join shared
        on counted.category_kind = shared.category_kind and counted.spelling_key = shared.spelling_key

)

select
    category_kind,
    spelling_key,
    spelling
from ranked
where spelling_rank = 1
