-- Five columns per top category: its share of the spend ever, lately, on the last day with a purchase, in the
-- season ahead one year before, and of what still sells of it. Everybody starts with one purchase's worth of
-- everybody's mix, so that no share is zero.

{%- set windows = ['ever', '180d', 'last', 'year_before', 'selling'] %}
{%- set columns = top_category_columns() %}

with

categories as (

    {{ category_columns() }}

),

bought as (

    select
        amounts.customer_id,
        amounts.observation_date,
        categories.category_column,
        amounts.sale_amount as amount_ever,
        amounts.sale_amount_180d as amount_180d,
        case
            when
                amounts.last_bought_on = max(amounts.last_bought_on) over (
                    partition by amounts.customer_id, amounts.observation_date
                )
                then amounts.last_bought_amount
            else 0
        end as amount_last,
        amounts.sale_amount_year_before as amount_year_before,
        selling.selling_amount
    from {{ ref('category_amounts') }} as amounts
    inner join categories
        on amounts.product_category = categories.product_category
    left join {{ ref('selling_amounts') }} as selling
        on
            amounts.customer_id = selling.customer_id
            and amounts.observation_date = selling.observation_date
            and amounts.product_category = selling.product_category

),

everybody as (

    select
        observation_date,
        {%- for column in columns %}
        {{ ratio(sum_of_category('amount_ever', column), 'sum(amount_ever)') }} as share_{{ loop.index }},
        {%- endfor %}
        sum(amount_ever) as amount_ever,
        sum(selling_amount) as selling_amount
    from bought
    group by observation_date

),

valued as (

    select
        bought.*,
        -- in all, what still sells counts as much as the spend, so that a purchase is worth the same in both
        cast(
            coalesce(
                bought.selling_amount * {{ ratio('everybody.amount_ever', 'everybody.selling_amount') }}, 0
            ) as decimal(28, 8)
        ) as amount_selling
    from bought
    inner join everybody
        on bought.observation_date = everybody.observation_date

),

customers as (

    select
        customer_id,
        observation_date,
        {%- for window in windows %}
        {%- for column in columns %}
        cast({{ sum_of_category('amount_' ~ window, column) }} as double) as amount_{{ window }}_{{ loop.index }},
        {%- endfor %}
        cast(sum(amount_{{ window }}) as double) as amount_{{ window }},
        {%- endfor %}
        sum(amount_last) as amount_of_a_purchase
    from valued
    group by customer_id, observation_date
    having sum(amount_ever) > 0

),

purchases as (

    select
        observation_date,
        {{ exact_mean('amount_of_a_purchase') }} as amount
    from customers
    group by observation_date

)

select
    customers.customer_id,
    {%- for window in windows %}
    {%- for column in columns %}
    case
        when everybody.share_{{ loop.index }} > 0
            then
                (customers.amount_{{ window }}_{{ loop.index }} + everybody.share_{{ loop.index }} * purchases.amount)
                / (customers.amount_{{ window }} + purchases.amount)
    end as {{ adapter.quote('habit_' ~ window ~ '_' ~ column) }},
    {%- endfor %}
    {%- endfor %}
    customers.observation_date
from customers
inner join everybody
    on customers.observation_date = everybody.observation_date
inner join purchases
    on customers.observation_date = purchases.observation_date
