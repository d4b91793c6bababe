-- Each band holds its lower bound and ends just below the next one; an unknown age has none.
-- depends_on: {{ ref('customers') }}

with

cases as (
    {% for years, band in [
        (0, 'under 18'), (17, 'under 18'), (18, '18-24'), (24, '18-24'), (25, '25-34'), (34, '25-34'),
        (35, '35-44'), (44, '35-44'), (45, '45-54'), (54, '45-54'), (55, '55-64'), (64, '55-64'),
        (65, '65+'), (110, '65+'),
    ] %}
    select
        {{ years }} as years,
        '{{ band }}' as expected
    union all
    {%- endfor %}
    select
        null as years,
        null as expected

)

select
    years,
    expected,
    {{ age_band('years') }} as actual
from cases
where {{ age_band('years') }} is distinct from expected
