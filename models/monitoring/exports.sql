-- What was exported up to this build. Counts of few customers are withheld.

select
    audience,
    export_number,
    destination,
    as_of_date,
    exported_at,
    file_name,
    {%- for count in ['added', 'updated', 'removed'] %}
    case when {{ count }} = 0 or {{ count }} >= {{ var('minimum_cell') }} then {{ count }} end as {{ count }}
    {{- ',' if not loop.last }}
    {%- endfor %}
from {{ ref('stg_state__exports') }}
