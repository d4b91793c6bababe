-- Five columns per top category: its share of the spend ever, lately, on the last day with a purchase, in the
-- season ahead one year before, and of what still sells of it. Everybody starts with one purchase's worth of
-- everybody's mix, so that no share is zero.

{%- set windows = ['ever', '180d', 'last', 'year_before', 'selling'] %}

with

amounts as (

    select
        *,
        max(last_bought_on) over (partition by customer_id, observation_date) as customer_last_bought_on
    from {{ ref('category_amounts') }}

),

selling as (

    select
        customer_id,
        observation_date,
        {{ column_name('product_category') }} as category_column,
        sum(selling_amount) as amount
    from {{ ref('selling_amounts') }}
    group by customer_id, observation_date, {{ column_name('product_category') }}

),

spent as (

    -- spellings that give one column are one category
    select
        customer_id,
        observation_date,
        {{ column_name('product_category') }} as category_column,
        sum(sale_amount) as amount_ever,
        sum(sale_amount_180d) as amount_180d,
        sum(case when last_bought_on = customer_last_bought_on then last_bought_amount else 0 end)
            as amount_last,
        sum(sale_amount_year_before) as amount_year_before
    from amounts
    group by customer_id, observation_date, {{ column_name('product_category') }}

),

by_column as (

    select
        spent.*,
        -- in all, what still sells counts as much as the spend, so that a purchase is worth the same in both
        cast(
            coalesce(
                selling.amount * {{ ratio(
                    'sum(spent.amount_ever) over (partition by spent.observation_date)',
                    'sum(selling.amount) over (partition by spent.observation_date)'
                ) }},
                0
            ) as decimal(28, 8)
        ) as amount_selling
    from spent
    left join selling
        on
            spent.customer_id = selling.customer_id
            and spent.observation_date = selling.observation_date
            and spent.category_column = selling.category_column

),

customers as (

    select
        customer_id,
        {%- for window in windows %}
        sum(amount_{{ window }}) as amount_{{ window }},
        {%- endfor %}
        observation_date
    from by_column
    group by customer_id, observation_date
    having sum(amount_ever) > 0

),

dates as (

    select
        observation_date,
        sum(amount_ever) as amount_ever,
        {{ exact_mean('amount_last') }} as amount_of_a_purchase
    from customers
    group by observation_date

),

mix as (

    select
        by_column.observation_date,
        by_column.category_column,
        {{ ratio('sum(by_column.amount_ever)', 'max(dates.amount_ever)') }}
        * max(dates.amount_of_a_purchase) as amount
    from by_column
    inner join {{ ref('top_categories') }} as top_categories
        on by_column.category_column = top_categories.category_column
    inner join dates
        on by_column.observation_date = dates.observation_date
    group by by_column.observation_date, by_column.category_column

),

shares as (

    select
        customers.customer_id,
        customers.observation_date,
        {%- for window in windows %}
        (coalesce(by_column.amount_{{ window }}, 0) + mix.amount)
        / (customers.amount_{{ window }} + dates.amount_of_a_purchase) as share_{{ window }},
        {%- endfor %}
        mix.category_column
    from customers
    inner join dates
        on customers.observation_date = dates.observation_date
    inner join mix
        on customers.observation_date = mix.observation_date
    left join by_column
        on
            customers.customer_id = by_column.customer_id
            and customers.observation_date = by_column.observation_date
            and mix.category_column = by_column.category_column
    where mix.amount > 0

),

named as (
    {% for window in windows %}
    select
        customer_id,
        observation_date,
        'habit_{{ window }}_' || category_column as feature_name,
        share_{{ window }} as share
    from shares
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

)

{{ pivot_wider('named', 'feature_name', 'max(share)', ['customer_id', 'observation_date']) }}
