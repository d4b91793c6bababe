{#
    Who an audience's query gives, each once, and who of them may be sent something.

    name, query: of the audience; settings: as audience_settings gives them. A member is reachable where the latest
    consent that speaks of the channel and the purpose, else marketing_consent, is granted, and who is not held out, of
    everything or of this audience alone. An audience that has expired has no members.
#}
{% macro members_of_audience(name, query, settings) %}
    {#- the database of the linter is empty #}
    {%- set is_built = execute and target.name != 'lint' %}
    {%- set columns = get_columns_in_query(query) | map('lower') | list if is_built else ['customer_id'] %}
    {%- if 'customer_id' not in columns %}
        {%- do exceptions.raise_compiler_error(
            "The audience " ~ name ~ " gives " ~ columns | join(', ') ~ "; it has to give customer_id, and may give priority."
            ~ " Mend models/audiences/" ~ name ~ ".sql."
        ) %}
    {%- endif %}
    select
        '{{ name }}' as audience,
        members.customer_id,
        members.priority,
        coalesce(consents.status, customers.marketing_consent) = 'granted' as has_consent,
        holdout.is_held_out
        {%- if settings.holdout_share %}
        or {{ holdout_number('holdout.salt', "'" ~ name ~ "'", 'holdout.own_id') }} < {{ settings.holdout_share }}
        {%- endif %} as is_held_out
    from (
        select
            cast(customer_id as varchar) as customer_id,
            cast(min({{ 'priority' if 'priority' in columns else 'null' }}) as double) as priority
        from (
            {{ query }}
        ) as chosen
        group by cast(customer_id as varchar)
    ) as members
    inner join {{ ref('customers') }} as customers
        on members.customer_id = customers.customer_id
    inner join {{ ref('int_holdout') }} as holdout
        on members.customer_id = holdout.customer_id
    left join (
        select
            customer_id,
            status,
            row_number() over (
                partition by customer_id
                order by
                    case when recorded_at is null and status in ('denied', 'withdrawn') then 0 else 1 end,
                    recorded_at desc nulls last,
                    case when status = 'granted' then 1 else 0 end
            ) as newness
        from {{ ref('int_consents') }}
        where channel in ({{ text_literal(settings.channel) }}, 'any') and purpose in ({{ text_literal(settings.purpose) }}, 'any')
    ) as consents
        on members.customer_id = consents.customer_id and consents.newness = 1
    {%- if settings.valid_until %}
    where customers.as_of_date <= cast('{{ settings.valid_until }}' as date)
    {%- endif %}
{% endmacro %}
