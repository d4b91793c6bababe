-- Direct identifiers stay in raw and, as part of the record as received, in staging and quarantine: no table
-- elsewhere has a column for them, and no text of what is learnt from or published holds an e-mail address.
{%- set checked = [
    'int_customers_judged', 'int_customer_versions', 'attribute_category_features', 'int_web_events',
    'int_declared_needs', 'declared_labels', 'observations', 'attribute_catalog', 'feature_catalog',
    'customer_persona_scores', 'customers', 'personas', 'persona_rules', 'persona_typical_members',
    'persona_memberships', 'persona_migrations', 'persona_lifecycle', 'segmentation_candidates',
    'segmentation_champion', 'product_groups', 'customer_needs', 'customer_need_reasons',
    'customer_recommendations', 'crm_audience', 'record_reconciliation', 'rejected_records',
    'source_formats', 'source_coverage', 'cancellations', 'feature_drift', 'persona_drift', 'persona_traits',
    'model_evaluations', 'model_comparisons', 'model_gains', 'model_calibration', 'model_confusion',
    'feature_importances', 'feature_selection', 'prediction_outcomes', 'prediction_outcomes_by_bin',
    'customer_features', 'outlook_evaluations', 'value_meanings',
    'audiences', 'audience_members', 'audience_memberships', 'audience_sizes', 'audience_overlaps',
    'audience_traits', 'exports', 'need_drivers', 'persona_need_drivers', 'action_rules', 'campaign_results',
    'customer_months', 'monthly_metrics', 'metric_history', 'cohort_retention', 'dates',
] %}
{%- set columns = text_columns() %}

with

named as (

    select
        columns_of_all.table_schema || '.' || columns_of_all.table_name as relation,
        'column ' || columns_of_all.column_name as problem
    from information_schema.columns as columns_of_all
    where
        columns_of_all.table_schema in (
            'staging', 'intermediate', 'quarantine', 'features', 'ml', 'marts', 'monitoring'
        )
        and lower(columns_of_all.column_name) in ('email', 'phone', 'full_name')

),

texts as (
    {% for name in checked %}
    select
        '{{ name }}' as relation,
        {{ record_as_json('checked_rows') }} as content
    from {{ ref(name) }} as checked_rows -- noqa: AL05
    -- hardly any row has the sign, so that hardly any is looked at closely
    where {{ any_text_has('@', 'checked_rows', columns.get(name, [])) }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

held as (

    select distinct
        relation,
        'holds an e-mail address' as problem
    from texts
    where {{ matches_pattern('content', "'(?s).*[^@ \"]@[^@ \"]+[.][A-Za-z]{2,}.*'") }}

)

select * from named
union all
select * from held
