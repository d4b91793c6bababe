-- Metrics of each date that was published, and of today: what a dashboard plots over time and no record of
-- the past would tell. What is of few customers, or of all but few, has no row, also where an earlier build
-- told it.

{%- set cell = var('minimum_cell') %}
{%- set bands = [('low', 0, 0.333333), ('medium', 0.333333, 0.666667), ('high', 0.666667, 2)] %}

with

current_build as (

    select * from {{ ref('current_build') }}

),

customers as (

    select * from {{ ref('customers') }}

),

personas as (

    select * from {{ ref('personas') }}

),

bands as (

    {%- for band, low, high in bands %}
    select
        'churn' as metric,
        '{{ loop.index }}' as subject,
        '{{ band }}' as subject_name,
        count(case when churn_probability >= {{ low }} and churn_probability < {{ high }} then 1 end)
            as customers
    from customers
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

today as (

    {%- for metric, value, customers_in_it in [
        ('customers', 'count(*)', 'count(*)'),
        (
            'active_customers_365d', 'count(case when recency_days <= 365 then 1 end)',
            'count(case when recency_days <= 365 then 1 end)',
        ),
        ('revenue_365d', 'sum(spend_365d)', 'count(case when spend_365d != 0 then 1 end)'),
        ('satisfaction', exact_mean('satisfaction'), 'count(satisfaction)'),
        ('expected_churn_rate', exact_mean('churn_probability'), 'count(churn_probability)'),
    ] %}
    select
        '{{ metric }}' as metric,
        cast(null as varchar) as subject,
        cast(null as varchar) as subject_name,
        case
            when
                {{ customers_in_it }} not {{ of_few() }}
                {%- if metric == 'active_customers_365d' %}
                and count(*) - {{ customers_in_it }} not {{ of_few() }}
                {%- endif %}
                then cast({{ value }} as double)
        end as metric_value
    from customers
    union all
    {%- endfor %}
    select
        'persona_customers' as metric,
        persona_id as subject,
        persona_name as subject_name,
        cast(customer_count as double) as metric_value
    from personas
    union all
    select
        'persona_share' as metric,
        persona_id as subject,
        persona_name as subject_name,
        customer_share as metric_value
    from personas
    union all
    select
        'churn_band_customers' as metric,
        subject,
        subject_name,
        case when not is_hidden then cast(customers as double) end as metric_value
    from ({{ hide_small_cells('bands', 'customers', 'metric', 'subject') }}) as hidden
    union all
    select
        'roc_auc' as metric,
        target as subject,
        target as subject_name,
        metric_value
    from {{ ref('model_evaluations') }}
    where is_published and evaluation_split = 'test' and metric = 'roc_auc'
    union all
    select
        'largest_feature_psi' as metric,
        cast(null as varchar) as subject,
        cast(null as varchar) as subject_name,
        max(psi) as metric_value
    from {{ ref('feature_drift') }}
    union all
    select
        'quarantined_share' as metric,
        source_system || ' ' || entity as subject,
        source_system || ' ' || entity as subject_name,
        {{ ratio('quarantined', 'received') }} as metric_value
    from {{ ref('record_reconciliation') }}

),

history as (

    select
        *,
        max(case when metric = 'customers' then metric_value end) over (partition by as_of_date) as customers,
        max(case when metric = 'active_customers_365d' then metric_value end)
            over (partition by as_of_date) as active_customers
    from {{ ref('stg_state__metric_history') }}

)

select
    history.as_of_date,
    history.metric,
    history.subject,
    history.subject_name,
    history.metric_value
from history
inner join current_build
    on history.as_of_date < current_build.as_of_date
-- how many rated then is not known
where
    case history.metric
        when 'customers' then history.customers >= {{ cell }}
        when 'revenue_365d' then coalesce(history.active_customers, 0) not {{ of_few() }}
        when 'active_customers_365d'
            then
                history.active_customers not {{ of_few() }}
                and history.customers - history.active_customers not {{ of_few() }}
        else true
    end
union all
select
    current_build.as_of_date,
    today.metric,
    today.subject,
    today.subject_name,
    today.metric_value
from today
cross join current_build
where today.metric_value is not null
