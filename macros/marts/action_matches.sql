{#
    Each customer who gave consent and is not held out, with each rule of next_best_actions that fits, once without where
    none does. action_rank 1 is the action to take, unless it is blocked_by something, as all others are then.
    A macro, since both the audience and the report on the rules rest on it, and a model of its own would make the
    longest chain of models longer.
#}
{% macro action_matches() %}
    with

    consents as (

        -- where consents speak of marketing, one of them has to allow it
        select
            customer_id,
            count(case when status = 'granted' then 1 end) > 0 as is_granted
        from {{ ref('int_consents') }}
        where purpose in ('marketing', 'any')
        group by customer_id

    ),

    customers as (

        select customers_mart.*
        from {{ ref('customers') }} as customers_mart
        left join consents
            on customers_mart.customer_id = consents.customer_id
        inner join {{ ref('int_holdout') }} as holdout
            on customers_mart.customer_id = holdout.customer_id and not holdout.is_held_out
        where coalesce(consents.is_granted, customers_mart.marketing_consent = 'granted')

    ),

    needs as (

        select
            *,
            row_number() over (partition by customer_id order by lift desc, target asc) as lift_rank
        from {{ ref('customer_declared_needs') }}

    ),

    drivers as (

        select
            customer_id,
            '|' || {{ dbt.listagg("level || ' ' || measure", "'|'", "order by measure") }} || '|' as levels
        from {{ ref('need_drivers') }}
        where level in ('high', 'low')
        group by customer_id

    ),

    actions as (

        select * from {{ ref('next_best_actions') }}

    ),

    -- what the customer last said about the channel of a rule, or about all of them, was no
    refused as (

        select
            consents.customer_id,
            actions.priority
        from {{ ref('int_consents') }} as consents
        inner join actions
            on consents.channel in ('any', actions.channel) and consents.purpose in ('any', 'marketing')
        group by consents.customer_id, actions.priority
        having
            count(case when consents.status in ('denied', 'withdrawn') then 1 end)
            > count(case when consents.status in ('denied', 'withdrawn') then consents.recorded_at end)
            or max(case when consents.status in ('denied', 'withdrawn') then consents.recorded_at end)
            >= coalesce(
                max(case when consents.status = 'granted' then consents.recorded_at end),
                max(case when consents.status in ('denied', 'withdrawn') then consents.recorded_at end)
            )

    ),

    -- contacts after as_of_date count, unless the build looks back: they have been made
    cooling as (

        select distinct
            contacts.customer_id,
            actions.priority
        from {{ ref('int_contacts') }} as contacts
        inner join customers
            on contacts.customer_id = customers.customer_id
        inner join actions
            on
                contacts.channel in ('unknown', coalesce(actions.channel, contacts.channel))
                and coalesce(contacts.campaign_type, '') = coalesce(
                    lower(actions.campaign_type), contacts.campaign_type, ''
                )
                and {{ dbt.datediff('contacts.sent_on', 'customers.as_of_date', 'day') }}
                <= actions.cool_down_days
        where
            contacts.response_kind != 'held_out'
            and ({{ as_of_date() }} is null or contacts.sent_on < customers.as_of_date)

    ),

    fitting as (

        select
            customers.*,
            needs.target as need_target,
            coalesce(needs.positive_need, needs.likely_need) as need,
            coalesce(needs.positive_need_probability, needs.likely_need_probability) as need_probability,
            needs.lift as need_lift,
            needs.declared_need as need_declared,
            actions.priority as action_priority,
            actions.next_best_action,
            actions.channel as action_channel,
            actions.driver as action_driver
        from customers
        left join needs
            on customers.customer_id = needs.customer_id and needs.lift_rank = 1
        left join drivers
            on customers.customer_id = drivers.customer_id
        -- no condition: an empty field, or a star
        left join actions
            on
                coalesce(actions.persona, '*') in ('*', customers.persona_id, customers.persona_name)
                and coalesce(actions.rfm_segment, '*') in ('*', customers.rfm_segment)
                and coalesce(actions.need, '*')
                in ('*', customers.next_need, coalesce(needs.positive_need, needs.likely_need))
                and coalesce(needs.lift, 0) >= coalesce(actions.need_lift_min, 0)
                and (
                    coalesce(actions.driver, '*') = '*'
                    or drivers.levels like '%|' || actions.driver || '|%'
                )
                {%- for column, figure in [
                    ('churn', 'customers.churn_probability'), ('spend', 'customers.spend_365d'),
                    ('satisfaction', 'customers.satisfaction'),
                ] %}
                and (actions.{{ column }}_min is null or {{ figure }} >= actions.{{ column }}_min)
                and (actions.{{ column }}_max is null or {{ figure }} <= actions.{{ column }}_max)
                {%- endfor %}

    ),

    judged as (

        select
            fitting.*,
            case
                when refused.customer_id is not null then 'no consent'
                when cooling.customer_id is not null then 'cool-down'
            end as blocked_by
        from fitting
        left join refused
            on fitting.customer_id = refused.customer_id and fitting.action_priority = refused.priority
        left join cooling
            on fitting.customer_id = cooling.customer_id and fitting.action_priority = cooling.priority

    )

    select
        *,
        row_number() over (
            partition by customer_id
            order by case when blocked_by is null then 0 else 1 end, action_priority asc
        ) as action_rank
    from judged
{% endmacro %}
