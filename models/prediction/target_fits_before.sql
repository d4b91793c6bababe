-- What was learnt of the targets by as_of_date, and is in force until there is a cause to learn again.

select fits.* -- noqa: AM04
from {{ ref('stg_state__target_fits') }} as fits
inner join {{ ref('current_build') }} as current_build
    on fits.fitted_on <= current_build.as_of_date
