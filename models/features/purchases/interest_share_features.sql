-- One column per top category: its share of what the customer bought and looked at. A view counts three
-- tenths of a line bought, and everybody starts with one line's worth of everybody's mix: one purchase says
-- little about interests.

with

by_column as (

    -- spellings that give one column are one category; counted in tenths, so that every sum is exact
    select
        customer_id,
        observation_date,
        {{ column_name('product_category') }} as category_column,
        sum(10 * sale_lines + 3 * views) as activity
    from {{ ref('category_amounts') }}
    group by customer_id, observation_date, {{ column_name('product_category') }}

),

everybody as (

    select
        by_column.observation_date,
        top_categories.category_column,
        sum(by_column.activity) as activity
    from by_column
    inner join {{ ref('top_categories') }} as top_categories
        on by_column.category_column = top_categories.category_column
    group by by_column.observation_date, top_categories.category_column

),

totals as (

    select
        observation_date,
        sum(activity) as activity
    from by_column
    group by observation_date

),

everybody_shares as (

    select
        everybody.observation_date,
        everybody.category_column,
        {{ ratio('everybody.activity', 'totals.activity') }} as share
    from everybody
    inner join totals
        on everybody.observation_date = totals.observation_date

),

customers as (

    select
        customer_id,
        observation_date,
        sum(activity) as activity
    from by_column
    group by customer_id, observation_date

),

named as (

    select
        customers.customer_id,
        customers.observation_date,
        'interest_share_' || everybody_shares.category_column as feature_name,
        (coalesce(by_column.activity, 0) + 10 * everybody_shares.share) / (customers.activity + 10) as share
    from customers
    inner join everybody_shares
        on customers.observation_date = everybody_shares.observation_date
    left join by_column
        on
            customers.customer_id = by_column.customer_id
            and customers.observation_date = by_column.observation_date
            and everybody_shares.category_column = by_column.category_column

)

{{ pivot_wider('named', 'feature_name', 'max(share)', ['customer_id', 'observation_date']) }}
