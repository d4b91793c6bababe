-- The name of each persona that lives or ever lived. One in force goes by the name that people gave it, else
-- the one it had, else one made from its strongest traits; what stands in for personas has its own.

with

traits as (

    select
        traits.persona_id,
        traits.feature_name,
        traits.z_score,
        words.family,
        coalesce(
            words.adjective, upper(left(traits.feature_level, 1)) || substr(traits.feature_level, 2)
        ) as adjective,
        words.clause || coalesce(' ' || traits.feature_level || ' more often than most', '') as clause,
        words.product_category,
        row_number() over (
            partition by traits.persona_id, words.family, words.product_category is not null
            order by abs(traits.z_score) desc, traits.feature_name asc, traits.feature_level asc
        ) as family_rank
    from {{ ref('persona_trait_scores') }} as traits
    inner join {{ ref('feature_words') }} as words
        on
            traits.feature_name = words.feature_name
            and words.direction = case
                when traits.feature_level is not null then 'level'
                when traits.z_score > 0 then 'high'
                else 'low'
            end
    where
        -- less than a quarter of a standard deviation is no trait worth a word
        abs(traits.z_score) >= 0.25
        -- a level is worth a word where most members show it
        and (traits.feature_level is null or (traits.z_score >= 0.5 and traits.mean >= 0.5))

),

ranked as (

    select
        *,
        case
            when is_word
                then row_number() over (
                    partition by persona_id, is_word
                    order by abs(z_score) desc, feature_name asc, adjective asc
                )
        end as word_rank
    from (
        select
            *,
            adjective is not null and (family_rank = 1 or family in ('rfm', 'attributes')) as is_word
        from traits
    ) as worded

),

phrases as (

    select
        persona_id,
        {{ dbt.listagg('case when word_rank <= 2 then adjective end', "', '", 'order by word_rank') }}
            as two_words,
        {{ dbt.listagg('case when word_rank <= 3 then adjective end', "', '", 'order by word_rank') }}
            as three_words,
        {{ dbt.listagg('case when word_rank <= 5 then adjective end', "', '", 'order by word_rank') }}
            as five_words,
        {{ dbt.listagg('case when word_rank <= 4 then clause end', "', '", 'order by word_rank') }}
            as clauses,
        max(case when family_rank = 1 and z_score >= 0.5 then product_category end) as favourite
    from ranked
    group by persona_id

),

described as (

    select
        personas.persona_id,
        {%- for words in ['two_words', 'three_words', 'five_words'] %}
        coalesce(phrases.{{ words }} || ' ', 'Average ')
        || coalesce(phrases.favourite || ' ', '')
        || 'Customers' as {{ words }},
        {%- endfor %}
        'Customers who '
        || coalesce(phrases.clauses, 'are much like everybody else')
        || coalesce('; their favourite is ' || phrases.favourite, '')
        || '.' as persona_description
    from (select distinct persona_id from {{ ref('customer_persona_scores') }}) as personas
    left join phrases
        on personas.persona_id = phrases.persona_id

),

made as (

    select
        persona_id,
        persona_description,
        -- as few words as tell it from the others
        case
            when count(*) over (partition by two_words) = 1 then two_words
            when count(*) over (partition by three_words) = 1 then three_words
            when count(*) over (partition by five_words) = 1 then five_words
            else five_words || ' (' || persona_id || ')'
        end as persona_name
    from described

),

kept as (

    select * from {{ ref('stg_state__persona_names') }}

),

stand_ins as (

    select
        personas.persona_id,
        personas.persona_name,
        'RFM segment, standing in for a persona: '
        || coalesce(min(rfm_segments.description), 'no groups could be told apart')
        || '.' as persona_description
    from (select {{ struct_rows('personas') }} from {{ ref('segmentation_champion') }}) as personas
    left join {{ ref('rfm_segments') }} as rfm_segments
        on personas.persona_name = rfm_segments.rfm_segment
    where personas.persona_name is not null
    group by personas.persona_id, personas.persona_name

),

named as (

    select
        made.persona_id,
        coalesce(
            overrides.persona_name, stand_ins.persona_name, kept.persona_name, made.persona_name
        ) as persona_name,
        coalesce(
            overrides.persona_description, stand_ins.persona_description, kept.persona_description,
            made.persona_description
        ) as persona_description,
        overrides.persona_name is not null as is_override,
        -- also one of an earlier build of this very day: it is not made from the traits of this one
        kept.persona_id is not null as is_kept,
        case
            when kept.named_on < current_build.as_of_date then kept.named_on
            else current_build.as_of_date
        end as named_on
    from made
    cross join {{ ref('current_build') }} as current_build
    left join kept
        on made.persona_id = kept.persona_id
    left join {{ ref('persona_overrides') }} as overrides
        on made.persona_id = overrides.persona_id
    left join stand_ins
        on made.persona_id = stand_ins.persona_id

),

counted as (

    select
        *,
        row_number() over (
            partition by persona_name order by is_override desc, is_kept desc, persona_id asc
        ) as name_rank
    from named

)

select
    persona_id,
    -- a name that is taken goes with the id
    case when name_rank = 1 then persona_name else persona_name || ' (' || persona_id || ')' end
        as persona_name,
    persona_description,
    is_override,
    is_kept,
    named_on,
    true as is_living
from counted
union all
select
    kept.persona_id,
    kept.persona_name,
    kept.persona_description,
    false as is_override,
    true as is_kept,
    kept.named_on,
    false as is_living
from kept
left join made
    on kept.persona_id = made.persona_id
where made.persona_id is null
