-- Every audience with its definition and its size. Counts of few customers are withheld, and so are those
-- that leave few of another one, of all customers, or of the personas that it has members of.

{%- do audience_inputs() %}

with

current_build as (

    select * from {{ ref('current_build') }}

),

declared as (
    {% for node in audience_nodes() %}
    {%- set settings = audience_settings(node.name, node.config.meta) %}
    select
        '{{ node.name }}' as audience,
        {%- for setting in ['label', 'owner', 'channel', 'purpose'] %}
        {{ text_literal(settings[setting]) }} as {{ setting }},
        {%- endfor %}
        {%- set valid_until = text_literal(settings.valid_until) if settings.valid_until else 'null' %}
        cast({{ valid_until }} as date) as valid_until,
        cast({{ settings.holdout_share }} as double) as holdout_share,
        {{ text_literal(render(node.raw_code) | trim) }} as definition
    union all
    {%- endfor %}
    select
        cast(null as varchar) as audience,
        cast(null as varchar) as label,
        cast(null as varchar) as owner,
        cast(null as varchar) as channel,
        cast(null as varchar) as purpose,
        cast(null as date) as valid_until,
        cast(null as double) as holdout_share,
        cast(null as varchar) as definition
    where false

),

members as (

    select
        audience,
        count(*) as customer_count,
        count(case when is_reachable then 1 end) as reachable_count,
        count(case when is_held_out then 1 end) as held_out_count,
        count(case when not has_consent then 1 end) as without_consent_count,
        -- the same for the same customers
        sum({{ customer_hash('customer_id') }}) as fingerprint
    from {{ ref('audience_members') }}
    group by audience

),

placed as (

    select
        customer_id,
        persona_id,
        count(*) over () as all_customers,
        count(*) over (partition by persona_id) as persona_customers
    from {{ ref('customers') }}

),

-- who is not in it: of all customers, and of the personas that its definition may say it is of
outside as (

    select
        audience,
        max(all_customers) - sum(customer_count) as outside_count,
        sum(persona_customers) - sum(customer_count) as outside_its_personas_count
    from (
        select
            audience_members.audience,
            placed.persona_id,
            placed.all_customers,
            placed.persona_customers,
            count(*) as customer_count
        from {{ ref('audience_members') }} as audience_members
        inner join placed
            on audience_members.customer_id = placed.customer_id
        group by
            audience_members.audience,
            placed.persona_id,
            placed.all_customers,
            placed.persona_customers
    ) as by_persona
    group by audience

),

changes as (

    select
        memberships.audience,
        count(case when memberships.valid_from = current_build.as_of_date then 1 end) as entered_count,
        count(case when memberships.valid_to = current_build.as_of_date then 1 end) as left_count
    from {{ ref('audience_memberships') }} as memberships
    cross join current_build
    group by memberships.audience

),

counted as (

    select
        declared.*,
        current_build.as_of_date,
        coalesce(members.customer_count, 0) as customer_count,
        coalesce(members.reachable_count, 0) as reachable_count,
        coalesce(members.held_out_count, 0) as held_out_count,
        coalesce(members.without_consent_count, 0) as without_consent_count,
        coalesce(changes.entered_count, 0) as entered_count,
        coalesce(changes.left_count, 0) as left_count,
        coalesce(outside.outside_count, 0) as outside_count,
        coalesce(outside.outside_its_personas_count, 0) as outside_its_personas_count,
        members.fingerprint,
        min(declared.audience) over (partition by members.customer_count, members.fingerprint) as first_alike
    from declared
    cross join current_build
    left join members
        on declared.audience = members.audience
    left join outside
        on declared.audience = outside.audience
    left join changes
        on declared.audience = changes.audience

),

sized as (

    select
        *,
        customer_count not {{ of_few() }}
        and outside_count not {{ of_few() }}
        and outside_its_personas_count not {{ of_few() }} as is_size_told
    from counted

),

reached as (

    select
        *,
        is_size_told
        and reachable_count not {{ of_few() }}
        and customer_count - reachable_count not {{ of_few() }} as is_reachable_told
    from sized

),

-- With the reachable ones, those without consent leave the held out who have consent, and those held out
-- leave the others without consent. All three leave the held out without consent.
judged as (

    select
        *,
        is_reachable_told
        and without_consent_count not {{ of_few() }}
        and customer_count - without_consent_count not {{ of_few() }}
        and customer_count - without_consent_count - reachable_count not {{ of_few() }}
            as is_without_consent_told,
        is_reachable_told
        and held_out_count not {{ of_few() }}
        and customer_count - held_out_count not {{ of_few() }}
        and customer_count - held_out_count - reachable_count not {{ of_few() }} as is_held_out_safe,
        held_out_count + without_consent_count + reachable_count - customer_count not {{ of_few() }}
            as is_rest_safe,
        -- two sizes tell how many more came than went: both are told, or neither
        entered_count not {{ of_few() }}
        and left_count not {{ of_few() }}
        and customer_count - entered_count not {{ of_few() }} as are_changes_told
    from reached

)

select
    audience,
    as_of_date,
    label,
    owner,
    channel,
    purpose,
    valid_until,
    holdout_share,
    definition,
    case when is_size_told then customer_count end as customer_count,
    case when is_reachable_told then reachable_count end as reachable_count,
    case when is_held_out_safe and (is_rest_safe or not is_without_consent_told) then held_out_count end
        as held_out_count,
    case when is_without_consent_told then without_consent_count end as without_consent_count,
    case when are_changes_told then entered_count end as entered_count,
    case when are_changes_told then left_count end as left_count,
    case
        when valid_until < as_of_date then 'expired'
        when customer_count = 0 then 'empty'
        when first_alike != audience then 'equals ' || first_alike
        when reachable_count = 0 then 'nobody reachable'
        else 'in use'
    end as status
from judged
