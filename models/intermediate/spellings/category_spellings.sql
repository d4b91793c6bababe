-- Categories that differ in case only are one: the spelling that most records have stands for all.

with

spelled as (

    select
        'product_category' as category_kind,
        product_category as spelling
    from {{ ref('int_order_lines_judged') }}
    where disposition = 'accepted' and product_category is not null
    union all
    select
        'product_category' as category_kind,
        product_category as spelling
    from {{ ref('int_web_events_judged') }}
    where disposition = 'accepted' and product_category is not null
    union all
    select
        'need' as category_kind,
        need as spelling
    from {{ ref('int_declared_needs_judged') }}
    where disposition = 'accepted' and need is not null
    union all
    select
        'need' as category_kind,
        need as spelling
    from {{ ref('int_customers_judged') }}
    where disposition = 'accepted' and need is not null
    union all
    select
        'country' as category_kind,
        country as spelling
    from {{ ref('int_customers_judged') }}
    where disposition = 'accepted' and country is not null
    union all
    select
        'country' as category_kind,
        country as spelling
    from {{ ref('int_order_lines_judged') }}
    where disposition = 'accepted' and country is not null
    union all
    select
        'region' as category_kind,
        region as spelling
    from {{ ref('int_customers_judged') }}
    where disposition = 'accepted' and region is not null

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
