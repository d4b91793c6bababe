-- One column per top category: its share of the customer's web events of the last 90 days.
-- Nothing at all is unknown (no row); nothing in one category is zero.

with

shares as (

    select
        customer_id,
        observation_date,
        product_category,
        {{ ratio('views_90d', 'sum(views_90d) over (partition by customer_id, observation_date)') }}
            as share
    from {{ ref('category_amounts') }}

),

named as (

    select
        shares.customer_id,
        shares.observation_date,
        'view_share_' || top_categories.category_column as feature_name,
        shares.share
    from shares
    inner join {{ ref('top_categories') }} as top_categories
        on shares.product_category = top_categories.product_category
    where shares.share is not null

)

{{ pivot_wider('named', 'feature_name', 'coalesce(max(share), 0)', ['customer_id', 'observation_date']) }}
