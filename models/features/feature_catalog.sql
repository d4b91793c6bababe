-- Every feature: those of the seed feature_definitions, and those that follow from the records.

{%- set declared = ["''"] %}
{%- for attribute in var('published_attributes') %}
{%- do declared.append(text_literal(attribute)) %}
{%- endfor %}
{%- set declared = declared | join(', ') %}
{%- set for_personas, not_for_personas = ["''"], ["''"] %}
{%- for feature, is_in in var('in_personas').items() %}
{%- do (for_personas if is_in else not_for_personas).append(text_literal(feature)) %}
{%- endfor %}

with

defined as (

    select * from {{ ref('feature_definitions') }}

),

profile_history as (

    -- Where the file keeps only a row's latest state, a profile is unknown on every date before its last
    -- change: then its absence says that the customer was still to come back.
    select count(case when not profile.is_profile_known then 1 end) > 0.01 * count(*) as is_overwritten
    from {{ ref('profile_features') }} as profile
    inner join {{ ref('observation_dates') }} as dates
        on profile.observation_date = dates.observation_date
    -- the others are observed on the newest dates at most, on which fewer profiles are missing
    inner join {{ ref('int_fit_sample') }} as int_fit_sample
        on profile.customer_id = int_fit_sample.customer_id and int_fit_sample.is_for_targets
    inner join {{ ref('int_customer_versions') }} as versions
        on profile.customer_id = versions.customer_id
    where
        not dates.is_as_of
        and versions.is_current
        and versions.known_from is not null
        -- somebody who signed up later had no profile then
        and coalesce(versions.signed_up_at < profile.observation_date, true)

),

groups as (

    select distinct product_category from {{ ref('product_categories') }}
    where is_derived

),

top_categories as (

    select
        top_categories.product_category,
        top_categories.category_column,
        groups.product_category is not null as is_derived
    from {{ ref('top_categories') }} as top_categories
    left join groups
        on top_categories.product_category = groups.product_category

),

category_shares as (

    select
        'category_share_' || category_column as feature_name,
        'categories' as family,
        'share' as unit,
        'Share of all spend that went to ' || product_category as description,
        'Share of spend on ' || product_category as label,
        'numeric' as value_type,
        'none' as transform,
        -- personas are formed on the shares of interest below, which also know what was only looked at
        false as in_segmentation,
        true as in_classification,
        true as is_dated,
        case when is_derived then 'order_lines.product_name' else 'order_lines.product_category' end
            as comes_from,
        product_category,
        true as is_published,
        cast(null as varchar) as no_trait_because
    from top_categories

),

interest_shares as (

    select
        'interest_share_' || category_column as feature_name,
        'interests' as family,
        'share' as unit,
        'Share of lines bought and views (three tenths each) ever that were about ' || product_category
        || ', drawn to the mix of everybody by one line' as description,
        'Interest in ' || product_category as label,
        'numeric' as value_type,
        'sqrt' as transform,
        -- personas do not rest on groups that were only read out of names
        not exists (select 1 from groups) as in_segmentation,
        true as in_classification,
        true as is_dated,
        case when is_derived then 'order_lines.product_name' else 'order_lines.product_category' end
            as comes_from,
        product_category,
        true as is_published,
        cast(null as varchar) as no_trait_because
    from top_categories

),

habits as (

    {%- set windows = {
        'ever': ['Share of all spend', 'Habit of buying'],
        '180d': ['Share of the spend of the last 180 days', 'Recent habit of buying'],
        'last': ['Share of the spend on the last day with a purchase', 'Last purchase of'],
        'year_before': ['Share of the spend in the coming season one year before', 'Purchases a year ago of'],
        'selling': ['Share of the purchases of the last year, as far as they sell now,', 'Products that sell now of'],
    } %}
    {%- for window, texts in windows.items() %}
    select
        'habit_{{ window }}_' || category_column as feature_name,
        'habits' as family,
        'share' as unit,
        '{{ texts[0] }} that went to ' || product_category
        || ', drawn to the mix of everybody by one purchase' as description,
        '{{ texts[1] }} ' || product_category as label,
        'numeric' as value_type,
        'log' as transform,
        false as in_segmentation,
        -- they repeat the shares above: only the model that weighs all categories alike reads them
        false as in_classification,
        true as is_dated,
        case when is_derived then 'order_lines.product_name' else 'order_lines.product_category' end
            as comes_from,
        product_category,
        true as is_published,
        cast(null as varchar) as no_trait_because
    from top_categories
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),
{%- if active_systems('web_events') %}

view_shares as (

    select
        'view_share_' || category_column as feature_name,
        'interests' as family,
        'share' as unit,
        'Share of the web events of the last 90 days that were about ' || product_category as description,
        'Share of recent web events about ' || product_category as label,
        'numeric' as value_type,
        'none' as transform,
        false as in_segmentation,
        true as in_classification,
        true as is_dated,
        case when is_derived then 'web_events.product_id' else 'web_events.product_category' end
            as comes_from,
        product_category,
        true as is_published,
        cast(null as varchar) as no_trait_because
    from top_categories

),
{%- endif %}

attributes as (

    select
        attribute_catalog.feature_name,
        'attributes' as family,
        case attribute_catalog.value_type
            when 'category' then 'category'
            when 'boolean' then 'yes/no'
            when 'date' then 'days'
            else 'as received'
        end as unit,
        case attribute_catalog.value_type
            when 'date'
                then
                    'Days from ' || attribute_catalog.attribute
                    || ', a column of the customers file, to as_of_date'
            else 'Column ' || attribute_catalog.attribute || ' of the customers file, undated'
        end || ', read as ' || attribute_catalog.value_type as description,
        upper(left(attribute_catalog.label, 1)) || substr(attribute_catalog.label, 2) as label,
        case attribute_catalog.value_type when 'date' then 'numeric' else attribute_catalog.value_type end
            as value_type,
        'none' as transform,
        circumstances.evidence is null as in_segmentation,
        true as in_classification,
        false as is_dated,
        'customers.' || attribute_catalog.attribute as comes_from,
        cast(null as varchar) as product_category,
        attribute_catalog.attribute in ({{ declared }}) as is_published,
        circumstances.evidence as no_trait_because
    from {{ ref('attribute_catalog') }} as attribute_catalog
    left join {{ ref('attribute_circumstances') }} as circumstances
        on attribute_catalog.attribute = circumstances.attribute
    where attribute_catalog.is_feature

),

features as (

    select
        defined.feature_name,
        defined.family,
        defined.unit,
        defined.description,
        upper(left(defined.label, 1)) || substr(defined.label, 2) as label,
        defined.value_type,
        defined.transform,
        defined.in_segmentation,
        defined.in_classification,
        defined.is_dated
        and not (
            profile_history.is_overwritten
            and (defined.family in ('demographics', 'profile') or defined.feature_name = 'tenure_days')
        ) as is_dated,
        defined.comes_from,
        cast(null as varchar) as product_category,
        defined.family != 'demographics' as is_published,
        cast(null as varchar) as no_trait_because
    from defined
    cross join profile_history
    union all
    select * from category_shares
    union all
    select * from interest_shares
    union all
    select * from habits
    union all
    {%- if active_systems('web_events') %}
    select * from view_shares
    union all
    {%- endif %}
    select * from attributes

)

select
    feature_name,
    family,
    unit,
    description,
    label,
    value_type,
    transform,
    -- people have the last word
    feature_name in ({{ for_personas | join(', ') }})
    or (in_segmentation and feature_name not in ({{ not_for_personas | join(', ') }})) as in_segmentation,
    in_classification,
    is_dated,
    comes_from,
    product_category,
    is_published,
    case
        when feature_name in ({{ for_personas | join(', ') }}) then null
        when feature_name in ({{ not_for_personas | join(', ') }}) then 'the var in_personas says so'
        else no_trait_because
    end as no_trait_because
from features
