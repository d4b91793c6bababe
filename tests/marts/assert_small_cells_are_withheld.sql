-- No published combination of a profile occurs fewer than minimum_cell times (unless there are fewer
-- customers, of whom nothing is told), and no published count is of so few customers, nor what is left of one
-- by another.
{%- set all_customers = '(select count(*) from ' ~ ref('customers') ~ ')' %}
{%- set counts = [
    ('personas', 'customer_count'), ('personas', 'outlier_customer_count'), ('persona_traits', 'known_count'),
    ('persona_rules', 'customer_count'), ('persona_migrations', 'customer_count'),
    ('persona_lifecycle', 'customers_before'), ('persona_lifecycle', 'customers_after'),
    ('persona_lifecycle', 'shared_customers'), ('model_confusion', 'customers'), ('model_gains', 'hits'),
    ('persona_need_drivers', 'customer_count'),
    ('persona_need_drivers', 'round(customer_count * (1 - high_share))'),
    ('persona_need_drivers', 'round(customer_count * (1 - low_share))'),
    ('persona_need_drivers', 'round(customer_count * (1 - high_share - low_share))'),
    ('campaign_results', 'treated_customers'), ('campaign_results', 'holdout_customers'),
    ('campaign_results', 'contacted_customers'),
    ('campaign_results', 'round(treated_customers * contacted_share)'),
    ('campaign_results', 'round(treated_customers * (1 - contacted_share))'),
    ('campaign_results', 'round(contacted_customers * response_rate)'),
    ('campaign_results', 'round(contacted_customers * (1 - response_rate))'),
    ('audiences', 'customer_count'), ('audiences', all_customers ~ ' - customer_count'),
    ('audiences', 'reachable_count'), ('audiences', 'held_out_count'),
    ('audiences', 'without_consent_count'), ('audiences', 'entered_count'), ('audiences', 'left_count'),
    ('audiences', 'customer_count - reachable_count'), ('audiences', 'customer_count - held_out_count'),
    ('audiences', 'customer_count - without_consent_count'), ('audiences', 'customer_count - entered_count'),
    ('audiences', 'customer_count - reachable_count - held_out_count'),
    ('audiences', 'customer_count - reachable_count - without_consent_count'),
    ('audiences', 'reachable_count + held_out_count + without_consent_count - customer_count'),
    ('audience_sizes', 'customer_count'), ('audience_sizes', 'reachable_count'),
    ('audience_sizes', 'customer_count - reachable_count'),
    ('exports', 'added'), ('exports', 'updated'), ('exports', 'removed'),
    ('audience_overlaps', 'shared_customers'), ('audience_traits', 'known_count'),
    ('cohort_retention', 'cohort_customers'), ('cohort_retention', 'customers'),
    ('monthly_metrics', 'active_customers'),
] %}

with

combinations as (

    select
        age_band,
        gender,
        country,
        region,
        count(*) as customers
    from {{ ref('customers') }}
    group by age_band, gender, country, region

),

shares as (
    {%- for relation in ['persona_traits', 'audience_traits'] %}
    select
        '{{ relation }}' as relation,
        traits.feature_name,
        round(traits.known_count * traits.member_mean) as customers,
        traits.known_count - round(traits.known_count * traits.member_mean) as other_customers
    from {{ ref(relation) }} as traits
    inner join {{ ref('feature_catalog') }} as catalog
        on traits.feature_name = catalog.feature_name
    where traits.feature_level is not null or catalog.value_type = 'boolean'
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

metrics as (

    select
        as_of_date,
        metric,
        metric_value,
        max(case when metric = 'customers' then metric_value end) over (partition by as_of_date) as customers
    from {{ ref('metric_history') }}

),

found as (

    select
        'metric_history' as relation,
        metric as cell,
        metric_value as customers
    from metrics
    where metric in ('customers', 'active_customers_365d', 'persona_customers', 'churn_band_customers')
    union all
    select
        'metric_history' as relation,
        'customers less ' || metric as cell,
        customers - metric_value as customers
    from metrics
    where metric = 'active_customers_365d'
    union all
    select
        'metric_history' as relation,
        'satisfaction' as cell,
        count(satisfaction) as customers
    from {{ ref('customers') }}
    where
        exists (
            select 1 from metrics
            inner join {{ ref('current_build') }} as current_build
                on metrics.as_of_date = current_build.as_of_date
            where metrics.metric = 'satisfaction'
        )
    union all
    select
        'customers' as relation,
        coalesce(age_band, '-') || ', ' || coalesce(gender, '-') || ', ' || coalesce(country, '-') || ', '
        || coalesce(region, '-') as cell,
        customers
    from combinations
    where coalesce(age_band, gender, country, region) is not null
    union all
    select
        relation,
        feature_name as cell,
        case when customers > 0 and customers < other_customers then customers else other_customers end
            as customers
    from shares
    {%- for relation, column in counts %}
    union all
    select
        '{{ relation }}' as relation,
        {{ text_literal(column) }} as cell,
        {{ column }} as customers
    from {{ ref(relation) }}
    {%- endfor %}

)

select * from found
where customers > 0 and customers < {{ var('minimum_cell') }}
