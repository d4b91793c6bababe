-- Names become columns: lower case, words joined by one underscore, letters and digits of every script kept.
-- depends_on: {{ ref('top_categories') }}

with

cases as (

    select
        'Loyalty Tier' as given,
        'loyalty_tier' as expected
    union all
    select
        '  -- Größe (cm) --' as given,
        'größe_cm' as expected
    union all
    select
        '家庭 人数' as given,
        '家庭_人数' as expected
    union all
    select
        'home/garden & DIY' as given,
        'home_garden_diy' as expected
    union all
    select
        'a__b' as given,
        'a_b' as expected
    union all
    select
        'top10' as given,
        'top10' as expected
    union all
    select
        'किताब' as given,
        'किताब' as expected
    union all
    -- as some systems write it, the letter and its accent apart
    select
        'Cafe' || chr(769) as given,
        'café' as expected
    union all
    select
        '?!' as given,
        '' as expected
    union all
    select
        null as given,
        null as expected

)

select
    given,
    expected,
    {{ column_name('given') }} as actual
from cases
where {{ column_name('given') }} is distinct from expected
