-- One column per top category and measure; which columns there are follows from the records.

with

shares as (

    select
        amounts.customer_id,
        amounts.observation_date,
        amounts.product_category,
        {{ ratio(
            'amounts.sale_amount',
            'sum(amounts.sale_amount) over (partition by amounts.customer_id, amounts.observation_date)'
        ) }} as category_share,
        {{ ratio(
            'amounts.views_90d',
            'sum(amounts.views_90d) over (partition by amounts.customer_id, amounts.observation_date)'
        ) }} as view_share
    from {{ ref('category_amounts') }} as amounts

),

named as (

    select
        shares.customer_id,
        shares.observation_date,
        'category_share_' || top_categories.category_column as feature_name,
        shares.category_share as feature_value
    from shares
    inner join {{ ref('top_categories') }} as top_categories
        on shares.product_category = top_categories.product_category
    where shares.category_share is not null
    union all
    select
        shares.customer_id,
        shares.observation_date,
        'view_share_' || top_categories.category_column as feature_name,
        shares.view_share as feature_value
    from shares
    inner join {{ ref('top_categories') }} as top_categories
        on shares.product_category = top_categories.product_category
    where shares.view_share is not null

)

{{ pivot_wider('named', 'feature_name', 'max(feature_value)', ['customer_id', 'observation_date']) }}
