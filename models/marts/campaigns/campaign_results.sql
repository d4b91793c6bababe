-- What campaigns brought: who was in for them against who was left out by lot, from the first contact on. All
-- who were in count, contacted or not: only so are both groups alike. The difference is then given for each
-- customer contacted. A campaign is one of an audience where its name begins with the audience's.
{%- set earlier_days = 90 %}
{%- set outcomes = [
    ('order_lines', 'ordered', true), ('order_lines', 'orders', false), ('order_lines', 'spend', false),
    ('web_events', 'visits', false),
] %}
{%- set sums = [
    ('n', '1'), ('y', 'y'), ('yy', 'y * y'), ('x', 'x'), ('xx', 'x * x'), ('xy', 'x * y'),
    ('contacted', 'is_contacted'), ('some', 'case when y != 0 then 1 else 0 end'),
    ('again', 'case when y > 1 then 1 else 0 end'), ('earlier', 'case when x != 0 then 1 else 0 end'),
] %}
{%- set contact_counts = [
    'summed.contacted_treated', 'summed.n_treated - summed.contacted_treated',
    'summed.contacted_holdout', 'summed.n_holdout - summed.contacted_holdout',
] %}
{#- beside those of the treated, in the row of the whole campaign -#}
{%- set others_contacted = 'case when not summed.is_of_persona'
    ~ ' then drawn.contacted_customers - summed.contacted_treated end' %}
{%- set daily = {
    'order_days': {'orders': 'orders', 'spend': 'net_amount'}, 'web_days': {'visits': 'sessions'},
} %}

with

as_of as (

    select observation_date as as_of_date from {{ ref('observation_dates') }}
    where is_as_of

),

contacts as (

    select
        contacts.campaign,
        contacts.customer_id,
        min(contacts.sent_on) as sent_on,
        max(contacts.campaign_type) as campaign_type,
        max(case when contacts.response_kind = 'held_out' then 1 else 0 end) as is_left_out,
        max(case when contacts.has_responded then 1 else 0 end) as has_responded
    from {{ ref('int_contacts') }} as contacts
    inner join as_of
        on contacts.sent_on < as_of.as_of_date
    group by contacts.campaign, contacts.customer_id

),

campaigns as (

    select
        contacts.campaign,
        -- a name that few share may be anything
        case
            when
                min(contacts.campaign_type) = max(contacts.campaign_type)
                and count(contacts.campaign_type) >= {{ var('minimum_cell') }}
                then min(contacts.campaign_type)
        end as campaign_type,
        min(contacts.sent_on) as began_on,
        {{ add_days('min(contacts.sent_on)', var('campaign_days')) }} as ends_on,
        max(contacts.is_left_out) as has_own_holdout,
        count(case when contacts.is_left_out = 0 then 1 end) as contacted_customers,
        sum(case when contacts.is_left_out = 0 then contacts.has_responded end) as responded_customers,
        max(as_of.as_of_date) as as_of_date
    from contacts
    cross join as_of
    group by contacts.campaign
    having count(*) >= {{ var('minimum_cell') }}

),

named as (

    select
        campaigns.campaign,
        audiences.audience,
        audiences.holdout_share,
        row_number() over (
            partition by campaigns.campaign order by length(audiences.audience) desc
        ) as nearness
    from campaigns
    inner join {{ ref('audiences') }} as audiences
        on
            left({{ audience_key('campaigns.campaign') }} || '_', length(audiences.audience) + 1)
            = lower(audiences.audience) || '_'
    where campaigns.has_own_holdout = 0

),

-- who was in the audience on the day that the campaign began, and whom its own lot leaves out
audience_lots as (

    select
        named.campaign,
        memberships.customer_id,
        {{ holdout_number('holdout.salt', 'named.audience', 'holdout.own_id') }} < named.holdout_share
            as is_held_out
    from named
    inner join campaigns
        on named.campaign = campaigns.campaign
    inner join {{ ref('audience_memberships') }} as memberships
        on
            named.audience = memberships.audience
            and campaigns.began_on >= memberships.valid_from
            and campaigns.began_on < coalesce(memberships.valid_to, {{ add_days('campaigns.began_on', 1) }})
    inner join {{ ref('int_holdout') }} as holdout
        on memberships.customer_id = holdout.customer_id
    where named.nearness = 1

),

drawn as (

    select
        campaigns.*,
        case
            when campaigns.has_own_holdout = 1 then 'campaign'
            when campaigns.campaign in (select audience_lots.campaign from audience_lots)
                then 'audience'
            else 'company'
        end as holdout_of
    from campaigns

),

-- by the campaign's own lot where its contacts tell it, else by that of its audience, else of the company
members as (

    select
        drawn.campaign,
        drawn.began_on,
        drawn.ends_on,
        known.customer_id,
        case
            when drawn.holdout_of = 'campaign' then contacts.is_left_out = 0
            else not (holdout.is_held_out or coalesce(audience_lots.is_held_out, false))
        end as is_treated,
        case when contacts.sent_on < drawn.ends_on and contacts.is_left_out = 0 then 1 else 0 end
            as is_contacted
    from drawn
    inner join {{ ref('int_customers_known') }} as known
        on drawn.began_on > known.known_on
    inner join {{ ref('int_holdout') }} as holdout
        on known.customer_id = holdout.customer_id
    left join contacts
        on drawn.campaign = contacts.campaign and known.customer_id = contacts.customer_id
    left join audience_lots
        on drawn.campaign = audience_lots.campaign and known.customer_id = audience_lots.customer_id
    where
        case drawn.holdout_of
            when 'campaign' then contacts.customer_id is not null
            when 'audience' then audience_lots.customer_id is not null
            else true
        end

),
{% for relation, figures in daily.items() %}
{{ relation }} as (

    select
        members.campaign,
        {%- for figure, column in figures.items() %}
        sum(case when days.activity_date >= members.began_on then days.{{ column }} else 0 end)
            as {{ figure }},
        sum(case when days.activity_date < members.began_on then days.{{ column }} else 0 end)
            as earlier_{{ figure }},
        {%- endfor %}
        members.customer_id
    from members
    inner join {{ ref('int_customer_' ~ relation) }} as days
        on
            members.customer_id = days.customer_id
            and days.activity_date >= {{ add_days('members.began_on', -earlier_days) }}
            and members.ends_on > days.activity_date
    inner join as_of
        on days.activity_date < as_of.as_of_date
    group by members.campaign, members.customer_id

),
{% endfor %}
facts as (

    select
        members.campaign,
        members.is_treated,
        members.is_contacted,
        -- the persona of before: a campaign may change it
        coalesce(memberships.persona_id, '') as persona_id,
        case when order_days.orders > 0 then 1 else 0 end as ordered,
        coalesce(order_days.orders, 0) as orders,
        coalesce(order_days.spend, 0) as spend,
        coalesce(web_days.visits, 0) as visits,
        coalesce(order_days.earlier_orders, 0) as earlier_ordered,
        coalesce(order_days.earlier_orders, 0) as earlier_orders,
        coalesce(order_days.earlier_spend, 0) as earlier_spend,
        coalesce(web_days.earlier_visits, 0) as earlier_visits
    from members
    left join order_days
        on members.campaign = order_days.campaign and members.customer_id = order_days.customer_id
    left join web_days
        on members.campaign = web_days.campaign and members.customer_id = web_days.customer_id
    left join {{ ref('persona_memberships') }} as memberships
        on
            members.customer_id = memberships.customer_id
            and members.began_on > memberships.valid_from
            and members.began_on <= coalesce(memberships.valid_to, members.began_on)

),

listed as (
    {%- for entity, outcome, is_share in outcomes if active_systems(entity) %}
    {%- for persona in ['cast(null as varchar)', 'persona_id'] %}
    select
        campaign,
        {{ persona }} as persona_id,
        {{ loop.last | lower }} as is_of_persona,
        '{{ outcome }}' as outcome,
        {{ is_share | lower }} as is_share,
        is_treated,
        is_contacted,
        cast({{ outcome }} as decimal(28, 2)) as y,
        cast(earlier_{{ outcome }} as decimal(28, 2)) as x
    from facts
    union all
    {%- endfor %}
    {%- endfor %}
    -- where neither orders nor visits are provided there is nothing to judge by
    select
        campaign,
        persona_id,
        false as is_of_persona,
        'ordered' as outcome,
        true as is_share,
        is_treated,
        is_contacted,
        cast(null as decimal(28, 2)) as y,
        cast(null as decimal(28, 2)) as x
    from facts
    where 1 = 0

),

summed as (

    select
        campaign,
        persona_id,
        is_of_persona,
        outcome,
        is_share,
        sum(case when is_of_persona then 1 else 0 end) over (partition by campaign, outcome) as personas,
        {%- for group, condition in [('treated', 'is_treated'), ('holdout', 'not is_treated')] %}
        {%- for name, term in sums %}
        sum(case when {{ condition }} then {{ term }} else 0 end) as {{ name }}_{{ group }},
        {%- endfor %}
        {%- endfor %}
        count(*) as customers
    from listed
    group by campaign, persona_id, is_of_persona, outcome, is_share

),

-- few who were contacted, or were not, or were contacted who are not of the treated: of personas nothing is
-- told, of the campaign the nearest multiple of minimum_cell
contacts_judged as (

    select
        summed.*,
        max(case
            {%- for count in contact_counts %}
            when {{ count }} {{ of_few() }} then 1
            {%- endfor %}
            else 0
        end) over (partition by summed.campaign, summed.is_of_persona) as has_few_contacts,
        max(case
            {%- for count in contact_counts + ['drawn.contacted_customers', others_contacted] %}
            when {{ count }} {{ of_few() }} then 1
            {%- endfor %}
            else 0
        end) over (partition by summed.campaign) = 1 as is_contact_coarse
    from summed
    inner join drawn
        on summed.campaign = drawn.campaign

),

comparisons as (

    select
        summed.*,
        campaigns.campaign_type,
        campaigns.began_on,
        campaigns.ends_on,
        campaigns.as_of_date,
        campaigns.holdout_of,
        campaigns.contacted_customers,
        campaigns.responded_customers,
        campaigns.ends_on <= campaigns.as_of_date as is_over,
        {{ interval_error_rate(
            'campaigns.ends_on <= campaigns.as_of_date',
            'case when summed.is_of_persona then summed.personas else 1 end'
        ) }} as error_rate,
        {%- for group, share in [('treated', 'contacted_share'), ('holdout', 'contacted_share_of_holdout')] %}
        {%- set contacted, size = 'summed.contacted_' ~ group, 'summed.n_' ~ group %}
        case
            when summed.is_contact_coarse then {{ ratio(smaller_side_in_steps(contacted, size), size) }}
            else {{ ratio(contacted, size) }}
        end as {{ share }},
        {%- endfor %}
        -- small counts, and what they could be worked out from: all personas of the campaign
        max(case
            {%- for group in ['treated', 'holdout'] %}
            {#- who ordered again is orders less customers who ordered #}
            {%- for count in [
                'n_' ~ group, 'some_' ~ group, 'n_' ~ group ~ ' - some_' ~ group, 'again_' ~ group,
            ] %}
            when summed.{{ count | replace('- ', '- summed.') }} {{ of_few() }}
                then 1
            {%- endfor %}
            {%- endfor %}
            when summed.is_of_persona then summed.has_few_contacts
            else 0
        end) over (partition by summed.campaign, summed.outcome, summed.is_of_persona) = 1 as is_hidden,
        -- of few with an earlier figure, or without, an exact effect tells how many they are
        max(case
            {%- for group in ['treated', 'holdout'] %}
            when summed.earlier_{{ group }} {{ of_few() }}
                then 1
            when summed.n_{{ group }} - summed.earlier_{{ group }} {{ of_few() }}
                then 1
            {%- endfor %}
            else 0
        end) over (partition by summed.campaign, summed.outcome, summed.is_of_persona) = 0 as is_adjusted
    from contacts_judged as summed
    inner join drawn as campaigns
        on summed.campaign = campaigns.campaign

),

effects as (

    select
        *,
        coalesce(contacted_share_of_holdout, 0) as contacted_holdout_share
    from ({{ treatment_effects('comparisons') }}) as estimated

),

-- For each customer contacted. A holdout that was contacted a quarter as often or more is none, and where it
-- would have had fewer than ten contacts hardly anything of the difference is owed to the campaign.
judged as (

    select
        *,
        n_holdout > 0 and contacted_share > 4 * contacted_holdout_share as is_left_out,
        contacted_share * n_holdout >= 10 as is_enough,
        case
            when
                contacted_share > 4 * contacted_holdout_share
                and contacted_share * n_holdout >= 10
                and not is_hidden
                then 1 / (contacted_share - contacted_holdout_share)
        end as scale
    from effects

),

scaled as (

    select
        *,
        -- a share can change by its whole at most
        {%- for figure, name in [
            ('effect', 'effect_of_contact'), ('effect_low', 'low'), ('effect_high', 'high'),
        ] %}
        case
            when not is_share then {{ figure }} * scale
            when {{ figure }} * scale is not null then least(greatest({{ figure }} * scale, -1), 1)
        end as {{ name }},
        {%- endfor %}
        case
            when effect_low * scale > 0 then 'works'
            when effect_high * scale < {{ var('worthwhile_lift') }} * holdout_mean then 'does not work'
            else 'too little to tell'
        end as verdict
    from judged
    where persona_id is null or persona_id != ''

)

select
    scaled.campaign,
    scaled.campaign_type,
    scaled.persona_id,
    persona_names.persona_name,
    scaled.outcome,
    scaled.outcome = 'ordered' and not scaled.is_of_persona as is_primary,
    scaled.began_on,
    scaled.ends_on,
    scaled.is_over,
    scaled.holdout_of,
    case when not scaled.is_hidden then cast(scaled.n_treated as bigint) end as treated_customers,
    case when not scaled.is_hidden then cast(scaled.n_holdout as bigint) end as holdout_customers,
    case
        when
            scaled.is_of_persona
            or scaled.contacted_customers {{ of_few() }}
            then null
        when scaled.is_contact_coarse then cast({{ in_steps('scaled.contacted_customers') }} as bigint)
        else scaled.contacted_customers
    end as contacted_customers,
    case
        when
            not scaled.is_of_persona
            and (
                scaled.responded_customers = 0
                or least(scaled.responded_customers, scaled.contacted_customers - scaled.responded_customers)
                >= {{ var('minimum_cell') }}
            )
            then
                case
                    when scaled.is_contact_coarse
                        then {{ ratio(
                            in_steps('scaled.responded_customers'), in_steps('scaled.contacted_customers')
                        ) }}
                    else {{ ratio('scaled.responded_customers', 'scaled.contacted_customers') }}
                end
    end as response_rate,
    case when not scaled.is_hidden then scaled.contacted_share end as contacted_share,
    case when not scaled.is_hidden then scaled.treated_mean end as treated_mean,
    case when not scaled.is_hidden then scaled.holdout_mean end as holdout_mean,
    scaled.effect_of_contact as effect,
    scaled.low as effect_low,
    scaled.high as effect_high,
    1 - scaled.error_rate as confidence_level,
    (scaled.standard_errors + 0.8416e0) * scaled.standard_error * scaled.scale as detectable_effect,
    scaled.verdict,
    case
        when not scaled.is_left_out then 'Too little to tell: nobody was left out of it by lot'
        when not scaled.is_enough then 'Too little to tell: few were contacted of those who could have been'
        when scaled.is_hidden then 'Too little to tell: too few customers'
        when scaled.low is null then 'Too little to tell: too few customers, or all alike'
        else
            case scaled.verdict
                when 'works' then 'Works: '
                when 'does not work' then 'Does not work: '
                else 'Too little to tell: '
            end
            || case scaled.outcome
                when 'ordered'
                    then
                        cast(cast(100 * scaled.effect_of_contact as decimal(18, 1)) as varchar)
                        || ' more of 100 customers contacted ordered (between '
                        || cast(cast(100 * scaled.low as decimal(18, 1)) as varchar) || ' and '
                        || cast(cast(100 * scaled.high as decimal(18, 1)) as varchar) || ')'
                else
                    cast(cast(scaled.effect_of_contact as decimal(18, 3)) as varchar)
                    || ' more ' || replace(scaled.outcome, 'spend', 'spent')
                    || ' for each customer contacted (between '
                    || cast(cast(scaled.low as decimal(18, 3)) as varchar) || ' and '
                    || cast(cast(scaled.high as decimal(18, 3)) as varchar) || ')'
            end
            || case
                when scaled.is_over then ''
                else '; until ' || cast(scaled.ends_on as varchar) || ' only what is beyond doubt counts'
            end
    end as result
from scaled
left join {{ ref('persona_names') }} as persona_names
    on scaled.persona_id = persona_names.persona_id
