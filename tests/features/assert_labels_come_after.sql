-- Labels about the future lie on grid dates whose horizon had passed by as_of_date, and will_purchase
-- says of every customer and such date whether an order was placed from it on within the horizon.

with

labels as (

    select * from {{ ref('target_labels') }}

),

as_of as (

    select observation_date as as_of_date from {{ ref('observation_dates') }}
    where is_as_of

),

unripe as (

    select
        labels.customer_id,
        labels.observation_date,
        labels.target,
        labels.label
    from labels
    cross join as_of
    where
        labels.target in (
            ''
            {%- for target, kind in var('targets').items() if kind == 'future' %},
            '{{ target }}'
            {%- endfor %}
        )
        and (
            {{ add_days('labels.observation_date', var('horizon_days')) }} > as_of.as_of_date
            or {{ days_between("cast('2000-01-01' as date)", 'labels.observation_date') }}
            % {{ var('observation_step_days') }} != 0
        )

),

purchases as (

    select
        observations.customer_id,
        observations.observation_date,
        case when count(orders.order_key) > 0 then 'yes' else 'no' end as label
    from {{ ref('label_observations') }} as observations
    left join {{ ref('int_orders') }} as orders
        on
            observations.customer_id = orders.customer_id
            and observations.observation_date <= orders.ordered_at
            and orders.ordered_at
            < {{ add_days('observations.observation_date', var('horizon_days')) }}
    group by observations.customer_id, observations.observation_date

),

wrong as (

    select
        coalesce(purchases.customer_id, will_purchase.customer_id) as customer_id,
        coalesce(purchases.observation_date, will_purchase.observation_date) as observation_date,
        'will_purchase' as target,
        will_purchase.label
    from purchases
    full outer join {{ ref('target_will_purchase') }} as will_purchase
        on
            purchases.customer_id = will_purchase.customer_id
            and purchases.observation_date = will_purchase.observation_date
    where purchases.label is distinct from will_purchase.label

)

select * from unripe
union all
select * from wrong
