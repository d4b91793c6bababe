-- What may be said of a persona that lies high or low in a feature, or has a level of it more or less often
-- than others: an adjective before "Customers", or a phrase after "Customers with". The project's features
-- have their words in the vocabulary; a company's own columns are called by their labels.

with

catalog as (

    select * from {{ ref('feature_catalog') }}

),

own_columns as (

    select
        feature_name,
        value_type,
        -- has_garden: "no garden"; member, is_member, wants_garden: "member: no"
        {{ replace_pattern('label', "'^(has|is|was) '", "''") }} as label,
        label like 'has %' as is_possession,
        -- visits, calls per month, e-mails opened, children; not: household size, access, bonus, nps
        {{ matches_pattern(
            'label',
            "'(.* )?([^ ]*[aeiouy][^ ]*[^isu ]s|children|people)"
            "( ([^ ]+ed|active|bought|left|lost|made|online|overdue|paid|read|seen|sent|sold|spent|taken"
            "|won))?"
            "( (a|after|at|before|by|each|every|for|from|in|last|of|on|per|since|this|to|with|within) .*)?'"
        ) }} as is_plural,
        -- of money and scores nobody has many
        {{ matches_pattern(
            'label',
            "'.*(charges|costs|debts|earnings|expenses|fees|incomes|levels|losses|margins|prices|profits"
            "|ratings|rates|revenues|sales|savings|scores|shares|taxes|values|wages)( .*)?'"
        ) }} as is_amount,
        is_year
    from {{ ref('attribute_catalog') }}

),

directions as (
    {% for direction in ['high', 'low', 'more', 'less', 'level', 'other', 'more_level', 'less_level'] %}
    select '{{ direction }}' as direction
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

described as (

    select
        catalog.feature_name,
        directions.direction,
        catalog.family,
        catalog.value_type = 'category' as is_category,
        case when own_columns.value_type in ('boolean', 'date') then own_columns.value_type else 'numeric' end
            as own_type,
        coalesce(own_columns.is_possession, false) as is_possession,
        own_columns.label as own_label,
        own_columns.is_year,
        own_columns.is_plural,
        own_columns.is_plural and not own_columns.is_amount as is_counted,
        coalesce(own_columns.label, replace(catalog.feature_name, '_', ' ')) as label,
        vocabulary.adjective,
        vocabulary.clause as vocabulary_clause,
        top_categories.product_category
    from catalog
    cross join directions
    left join own_columns
        on catalog.feature_name = own_columns.feature_name
    left join {{ ref('persona_vocabulary') }} as vocabulary
        on
            catalog.feature_name = vocabulary.feature_name
            and directions.direction = vocabulary.direction
    left join {{ ref('top_categories') }} as top_categories
        on
            catalog.feature_name = 'interest_share_' || top_categories.category_column
            -- what personas are not formed on does not name them
            and catalog.in_segmentation

),

worded as (

    select
        feature_name,
        direction,
        family,
        adjective,
        case
            -- the level follows
            when is_category and direction = 'other' then label || ' other than '
            when is_category and direction in ('level', 'more_level', 'less_level') then label || ': '
            when is_category or direction in ('level', 'other', 'more_level', 'less_level') then null
            when product_category is not null and direction = 'low'
                then 'little interest in ' || product_category
            when own_label is null then null
            when own_type = 'boolean' and is_possession and direction = 'high' then label
            when own_type = 'boolean' and is_possession and direction = 'low' then 'no ' || label
            when own_type = 'boolean' and direction = 'high' then label || ': yes'
            when own_type = 'boolean' and direction = 'low' then label || ': no'
            when own_type = 'boolean'
                then
                    label || case when is_possession then ' ' else ': yes ' end || direction
                    || ' often than most'
            when direction in ('more', 'less') then null
            when own_type = 'date' and direction = 'high' then 'early ' || label
            when own_type = 'date' then 'recent ' || label
            when is_year and direction = 'high' then 'a late ' || label
            when is_year then 'an early ' || label
            when is_counted and direction = 'high' then 'many ' || label
            when is_counted then 'few ' || label
            when is_plural then direction || ' ' || label
            else 'a ' || direction || ' ' || label
        end as phrase,
        case
            when is_category and direction in ('level', 'more_level', 'other', 'less_level')
                then 'have ' || label || ': '
            when is_category or direction in ('level', 'other', 'more_level', 'less_level') then null
            when product_category is not null and direction = 'low'
                then 'care little for ' || product_category
            when vocabulary_clause is not null then vocabulary_clause
            when own_label is null then null
            when own_type = 'boolean' and direction in ('high', 'more')
                then 'say yes to ' || label || ' more often than most'
            when own_type = 'boolean' then 'say yes to ' || label || ' less often than most'
            when direction in ('more', 'less') then null
            when own_type = 'date' and direction = 'high' then 'have an earlier ' || label || ' than most'
            when own_type = 'date' then 'have a later ' || label || ' than most'
            when is_year and direction = 'high' then 'have a later ' || label || ' than most'
            when is_year then 'have an earlier ' || label || ' than most'
            when direction = 'high' then 'are above the average in ' || label
            else 'are below the average in ' || label
        end as clause,
        case
            when direction = 'high'
                then upper(left(product_category, 1)) || substr(product_category, 2)
        end as product_category
    from described
    where not is_category or family in ('demographics', 'attributes')

)

select *
from worded
where adjective is not null or phrase is not null or product_category is not null
