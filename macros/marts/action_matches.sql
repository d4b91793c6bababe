{#
    Each consenting customer with each rule of next_best_actions that fits, once without where none does; action_rank 1 is
    the action to take.
    A macro, since both the audience and the report on the rules rest on it, and a model of its own would make the
    longest chain of models longer.
#}
{% macro action_matches() %}
    with

    customers as (

        select * from {{ ref('customers') }}
        where marketing_consent = 'granted'

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

    )

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
        actions.driver as action_driver,
        row_number() over (partition by customers.customer_id order by actions.priority asc) as action_rank
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
            and (coalesce(actions.driver, '*') = '*' or drivers.levels like '%|' || actions.driver || '|%')
            {%- for column, figure in [
                ('churn', 'customers.churn_probability'), ('spend', 'customers.spend_365d'),
                ('satisfaction', 'customers.satisfaction'),
            ] %}
            and (actions.{{ column }}_min is null or {{ figure }} >= actions.{{ column }}_min)
            and (actions.{{ column }}_max is null or {{ figure }} <= actions.{{ column }}_max)
            {%- endfor %}
{% endmacro %}
