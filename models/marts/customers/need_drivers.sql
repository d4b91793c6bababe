-- What a customer's purchases depend on beside the product: counted, and compared with all customers.
{%- set least_opportunities = 3 %}
{%- set follow_days = 90 %}
{#- driver, measure, what it is called in words, what is counted, of what, relation #}
{%- set measures = [
    ('price', 'discounted_orders', 'a discount', 'discounted_days', 'order_days', 'order_counts'),
    ('service', 'problems', 'a complaint or bad rating', 'problem_days', 'order_days', 'problem_counts'),
    ('service', 'returns', 'something sent back', 'return_days', 'order_days', 'order_counts'),
    ('variety', 'new_products', 'something new', 'new_products', 'later_products', 'product_counts'),
    ('convenience', 'evening_orders', 'the evening or night', 'evening_orders', 'timed_orders', 'order_counts'),
    ('convenience', 'weekend_orders', 'the weekend', 'weekend_orders', 'orders', 'order_counts'),
    ('convenience', 'mobile_visits', 'a mobile phone', 'mobile_sessions', 'sessions', 'visit_counts'),
    ('convenience', 'visited_orders', 'a visit to the web shop', 'visited_days', 'order_days', 'visit_counts'),
] %}

with

-- not from the mart customers: what reads this table would lie one model deeper
customers as (

    select
        features.customer_id,
        features.observation_date as as_of_date,
        persona_scores.persona_id,
        persona_names.persona_name
    from {{ ref('customer_features') }} as features
    left join {{ ref('customer_persona_scores') }} as persona_scores
        on features.customer_id = persona_scores.customer_id
    left join {{ ref('persona_names') }} as persona_names
        on persona_scores.persona_id = persona_names.persona_id
    where features.is_as_of

),

as_of as (

    select observation_date as as_of_date from {{ ref('observation_dates') }}
    where is_as_of

),

days as (

    select
        order_days.*,
        cast({{ dbt.date_trunc('week', 'order_days.activity_date') }} as date) as week_starts_on
    from {{ ref('int_customer_order_days') }} as order_days
    inner join as_of
        on order_days.activity_date < as_of.as_of_date

),

problems as (

    select distinct
        feedback.customer_id,
        feedback.submitted_on as problem_on
    from {{ ref('int_feedback') }} as feedback
    inner join as_of
        on feedback.submitted_on < as_of.as_of_date
    where feedback.feedback_type = 'complaint' or feedback.satisfaction <= 40

),

order_counts as (

    select
        customer_id,
        count(case when orders > 0 then 1 end) as order_days,
        count(case when orders > 0 and discount_amount > 0 then 1 end) as discounted_days,
        count(case when return_amount > 0 then 1 end) as return_days,
        sum(orders) as orders,
        sum(timed_orders) as timed_orders,
        sum(weekend_orders) as weekend_orders,
        sum(evening_orders + night_orders) as evening_orders
    from days
    group by customer_id

),

problem_counts as (

    select
        order_counts.customer_id,
        order_counts.order_days,
        count(problems.problem_on) as problem_days
    from order_counts
    left join problems
        on order_counts.customer_id = problems.customer_id
    group by order_counts.customer_id, order_counts.order_days

),

product_counts as (

    select
        bought.customer_id,
        count(*) as later_products,
        count(case when bought.activity_date = bought.product_first_on then 1 end) as new_products
    from (
        select
            products.customer_id,
            products.activity_date,
            min(products.activity_date) over (partition by products.customer_id, products.product_id)
                as product_first_on,
            min(products.activity_date) over (partition by products.customer_id) as first_on
        from {{ ref('int_customer_product_days') }} as products
        inner join as_of
            on products.activity_date < as_of.as_of_date
        where products.product_id is not null and products.sold_quantity > 0
    ) as bought
    -- what is bought first is always new
    where bought.activity_date > bought.first_on
    group by bought.customer_id

),

visit_counts as (

    select
        coalesce(visits.customer_id, days.customer_id) as customer_id,
        coalesce(sum(visits.sessions), 0) as sessions,
        coalesce(sum(visits.mobile_sessions), 0) as mobile_sessions,
        count(case when days.orders > 0 then 1 end) as order_days,
        count(case when days.orders > 0 and visits.sessions > 0 then 1 end) as visited_days
    from (
        select web_days.* from {{ ref('int_customer_web_days') }} as web_days
        inner join as_of
            on web_days.activity_date < as_of.as_of_date
    ) as visits
    full outer join days
        on visits.customer_id = days.customer_id and visits.activity_date = days.activity_date
    group by coalesce(visits.customer_id, days.customer_id)

),

-- a week of promotion: half as many days with a discount again as on the whole, by more than chance (three
-- standard errors), so that a few customers who bought anyway make none
weeks as (

    select
        week_starts_on,
        is_promotion,
        sum(case when is_promotion then 1 else 0 end) over from_here_on as promotions_from_here,
        count(*) over from_here_on as weeks_from_here
    from (
        select
            week_starts_on,
            2 * discounted_days * sum(order_days) over ()
            > 3 * order_days * sum(discounted_days) over ()
            and
            discounted_days * sum(order_days) over () - order_days * sum(discounted_days) over ()
            > 3 * sqrt(
                cast(order_days as double) * sum(discounted_days) over ()
                * (sum(order_days) over () - sum(discounted_days) over ())
            ) as is_promotion
        from (
            select
                week_starts_on,
                count(case when orders > 0 then 1 end) as order_days,
                count(case when orders > 0 and discount_amount > 0 then 1 end) as discounted_days
            from days
            group by week_starts_on
        ) as sold
    ) as compared_weeks
    window from_here_on as (order by week_starts_on desc rows between unbounded preceding and current row)

),

first_weeks as (

    select
        customer_id,
        min(week_starts_on) as first_week
    from days
    where orders > 0
    group by customer_id

),

-- orders in weeks of promotions and in others, after the week of the first order
promotion_orders as (

    select
        days.customer_id,
        sum(case when weeks.is_promotion then days.orders else 0 end) as promotion_orders,
        sum(case when weeks.is_promotion then 0 else days.orders end) as other_orders,
        max(firsts.promotions_from_here - case when firsts.is_promotion then 1 else 0 end) as promotion_weeks,
        max(
            firsts.weeks_from_here - firsts.promotions_from_here
            - case when firsts.is_promotion then 0 else 1 end
        ) as other_weeks
    from days
    inner join first_weeks
        on days.customer_id = first_weeks.customer_id and days.week_starts_on > first_weeks.first_week
    inner join weeks
        on days.week_starts_on = weeks.week_starts_on
    inner join weeks as firsts
        on first_weeks.first_week = firsts.week_starts_on
    group by days.customer_id

),

-- orders in the days after a problem and in as many days before, where those after it are over
problem_orders as (

    select
        problems.customer_id,
        sum(case when days.activity_date > problems.problem_on then days.orders else 0 end) as orders_after,
        sum(case when days.activity_date < problems.problem_on then days.orders else 0 end) as orders_before
    from problems
    inner join as_of
        on {{ add_days('problems.problem_on', follow_days) }} < as_of.as_of_date
    inner join days
        on
            problems.customer_id = days.customer_id
            and days.activity_date >= {{ add_days('problems.problem_on', -follow_days) }}
            and days.activity_date <= {{ add_days('problems.problem_on', follow_days) }}
    group by problems.customer_id

),

responses as (

    select
        customer_id,
        'discounted_orders' as measure,
        case
            when promotion_orders + other_orders >= {{ least_opportunities }}
                then {{ ratio('promotion_orders * other_weeks', 'other_orders * promotion_weeks') }}
        end as response_ratio
    from promotion_orders
    union all
    select
        customer_id,
        'problems' as measure,
        case
            when orders_before + orders_after >= {{ least_opportunities }}
                then {{ ratio('orders_after', 'orders_before') }}
        end as response_ratio
    from problem_orders

),

counted as (
    {%- for driver, measure, words, occurrences, opportunities, relation in measures %}
    select
        customer_id,
        '{{ driver }}' as driver,
        '{{ measure }}' as measure,
        '{{ words }}' as words,
        cast({{ occurrences }} as bigint) as occurrences,
        cast({{ opportunities }} as bigint) as opportunities
    from {{ relation }}
    where {{ opportunities }} > 0
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

compared as (

    select
        counted.*,
        {{ ratio('counted.occurrences', 'counted.opportunities') }} as share,
        {{ ratio('sum(counted.occurrences) over measures', 'sum(counted.opportunities) over measures') }}
            as company_share
    from counted
    inner join customers
        on counted.customer_id = customers.customer_id
    window measures as (partition by counted.measure)

),

-- each count once, however many customers have it
levels as (

    select
        *,
        case
            when
                {{ chance_of_at_least('occurrences', 'opportunities', 'company_share')
                    | indent(16) }} <= 0.05e0
                then 'high'
            when
                {{ chance_of_at_least('opportunities - occurrences', 'opportunities', '(1 - company_share)')
                    | indent(16) }} <= 0.05e0
                then 'low'
            else 'usual'
        end as level
    from (
        select distinct
            measure,
            occurrences,
            opportunities,
            company_share
        from compared
        where opportunities >= {{ least_opportunities }} and company_share > 0 and company_share < 1
    ) as counts

)

select
    customers.customer_id,
    customers.as_of_date,
    customers.persona_id,
    customers.persona_name,
    compared.driver,
    compared.measure,
    compared.occurrences,
    compared.opportunities,
    compared.share,
    compared.company_share,
    levels.level,
    responses.response_ratio,
    compared.words || ': ' || cast(compared.occurrences as varchar) || ' of '
    || cast(compared.opportunities as varchar) || ' ('
    || cast(cast(round(100 * compared.share) as integer) as varchar) || ' %, all customers '
    || cast(cast(round(100 * compared.company_share) as integer) as varchar) || ' %)' as reason
from compared
inner join customers
    on compared.customer_id = customers.customer_id
left join levels
    on
        compared.measure = levels.measure
        and compared.occurrences = levels.occurrences
        and compared.opportunities = levels.opportunities
left join responses
    on compared.customer_id = responses.customer_id and compared.measure = responses.measure
-- what nobody ever did is not known, rather than never done
where compared.company_share > 0
