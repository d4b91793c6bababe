-- The name of each persona that lives or ever lived. One in force goes by the name that people gave it, else
-- the one it had, else one made from its strongest traits; what stands in for personas has its own.

with

words as (

    select
        *,
        -- an adjective stands before "Customers", a phrase behind
        case when adjective is null then phrase end as said_behind
    from {{ ref('persona_words') }}

),

phrases as (

    select
        persona_id,
        {%- for count in [2, 3, 5] %}
        {{ dbt.listagg(
            "case when kind = 'word' and word_rank <= " ~ count ~ " then adjective end", "', '",
            'order by word_rank'
        ) }} as adjectives_{{ count }},
        {{ dbt.listagg(
            "case when kind = 'word' and word_rank <= " ~ count ~ " then said_behind end", "', '",
            'order by word_rank'
        ) }} as phrases_{{ count }},
        {{ dbt.listagg(
            "case when kind = 'word' and word_rank <= " ~ count ~ " then coalesce(adjective, said_behind) end",
            "', '", 'order by coalesce(adjective, said_behind)'
        ) }} as words_{{ count }},
        {%- endfor %}
        {{ dbt.listagg(
            "case when kind = 'word' and word_rank <= 4 then clause end", "', '", 'order by word_rank'
        ) }} as clauses,
        max(case when kind = 'favourite' then product_category end) as favourite
    from words
    group by persona_id

),

described as (

    select
        personas.persona_id,
        {%- for count in [2, 3, 5] %}
        case
            when phrases.persona_id is null then 'Average Customers'
            else
                coalesce(phrases.adjectives_{{ count }} || ' ', '')
                || coalesce(phrases.favourite || ' ', '')
                || 'Customers'
                || coalesce(
                    ' with '
                    || {{ replace_pattern('phrases.phrases_' ~ count, "', ([^,]*)$'", "' and \\1'") }},
                    ''
                )
        end as {{ {2: 'two_words', 3: 'three_words', 5: 'five_words'}[count] }},
        -- the same words in another order tell nobody apart
        coalesce(phrases.words_{{ count }}, '') || coalesce(phrases.favourite, '') as words_{{ count }},
        {%- endfor %}
        'Customers who '
        || coalesce(phrases.clauses, 'are much like everybody else')
        || coalesce('; their favourite is ' || phrases.favourite, '')
        || '.' as persona_description
    from (select distinct persona_id from {{ ref('customer_persona_scores') }}) as personas
    left join phrases
        on personas.persona_id = phrases.persona_id

),

told as (

    select
        *,
        -- further words of one that two suffice for are not said: another may say them
        count(*) over (partition by words_2) = 1 as is_told_by_two
    from described

),

made as (

    select
        persona_id,
        persona_description,
        -- as few words as tell it from the others
        case
            when is_told_by_two then two_words
            when count(*) over (partition by is_told_by_two, words_3) = 1 then three_words
            when count(*) over (partition by words_5) = 1 then five_words
            else five_words || ' (' || persona_id || ')'
        end as persona_name
    from told

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
            overrides.persona_name,
            stand_ins.persona_name,
            -- one made today is made anew with the words of today
            case when kept.named_on < current_build.as_of_date then kept.persona_name end,
            made.persona_name
        ) as persona_name,
        coalesce(
            overrides.persona_description,
            stand_ins.persona_description,
            case when kept.named_on < current_build.as_of_date then kept.persona_description end,
            made.persona_description
        ) as persona_description,
        overrides.persona_name is not null as is_override,
        coalesce(kept.named_on < current_build.as_of_date, false) as is_kept,
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
