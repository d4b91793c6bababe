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

totals as (

    select * from {{ ref('population_purchases') }}

),

valued as (

    select
        bought.*,
        -- in all, what still sells counts as much as the spend, so that a purchase is worth the same in both
        cast(
            coalesce(bought.selling_amount * {{ ratio('totals.sale_amount', 'totals.selling_amount') }}, 0)
            as decimal(28, 8)
        ) as amount_selling
    from bought
    inner join totals
        on bought.observation_date = totals.observation_date

),

customers as (

    select
        customer_id,
        {%- for window in windows %}
        {%- for column in columns %}
        {{ sum_of_category('amount_' ~ window, column) }} as amount_{{ window }}_{{ loop.index }},
        {%- endfor %}
        sum(amount_{{ window }}) as amount_{{ window }},
        {%- endfor %}
        observation_date
    from valued
    group by customer_id, observation_date
    having sum(amount_ever) > 0

),

everybody as (

    -- what everybody starts with: one purchase, of everybody's mix
    select
        mix.observation_date,
        {%- for column in columns %}
        max(case when mix.category_column = '{{ column }}' and mix.sale_share > 0 then mix.sale_share end)
        * max(totals.purchase_amount) as amount_{{ loop.index }},
        {%- endfor %}
        max(totals.purchase_amount) as amount
    from {{ ref('population_categories') }} as mix
    inner join totals
        on mix.observation_date = totals.observation_date
    group by mix.observation_date

)

select
    customers.customer_id,
    {%- for window in windows %}
    {%- for column in columns %}
    {%- set amount = 'amount_' ~ window ~ '_' ~ loop.index %}
    (customers.{{ amount }} + everybody.amount_{{ loop.index }})
    / nullif(customers.amount_{{ window }} + everybody.amount, 0)
        as {{ adapter.quote('habit_' ~ window ~ '_' ~ column) }},
    {%- endfor %}
    {%- endfor %}
    customers.observation_date
from customers
inner join everybody
    on customers.observation_date = everybody.observation_date
