-- The segmentations of this company that were fitted by as_of_date: a later one would know what nobody knew
-- then.

select
    champions.*, -- noqa: AM04
    current_build.as_of_date,
    row_number() over (order by champions.fitted_on desc, champions.champion_id desc) as newness
from {{ ref('stg_state__segmentation_champions') }} as champions
inner join {{ ref('current_build') }} as current_build
    on champions.fitted_on <= current_build.as_of_date
