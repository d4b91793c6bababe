{# What the build would make of a draft of an audience, as rows of (what, other, customers): the command `audience` asks it.
   query: of the draft; name: that of its file, by which an audience of that name is the one before. #}
{% macro preview_of_audience(name, query) %}
    with

    draft as (

        {{ members_of_audience(name, query, audience_settings(name, model.config.meta or {})) }}

    ),

    others as (

        select
            audience,
            customer_id
        from {{ ref('audience_members') }}

    )

    select 'size' as what, null as other, count(*) as customers from draft
    union all
    select 'reachable', null, count(case when has_consent and not is_held_out then 1 end) from draft
    union all
    select 'held out', null, count(case when is_held_out then 1 end) from draft
    union all
    select 'without consent', null, count(case when not has_consent then 1 end) from draft
    union all
    select 'enters', null, count(*) from draft
    where customer_id not in (select customer_id from others where audience = '{{ name }}')
    union all
    select 'leaves', null, count(*) from others
    where audience = '{{ name }}' and customer_id not in (select customer_id from draft)
    union all
    select 'shared', others.audience, count(*) from draft
    inner join others on draft.customer_id = others.customer_id
    where others.audience != '{{ name }}'
    group by others.audience
{% endmacro %}
