-- Where product groups are derived from names, the group "other" holds names that say nothing. Needs are
-- learnt by groups, so much of it means that needs say little: give product categories, by a lookup if they
-- are in another file.
{{ config(severity='warn') }}

select
    product_group,
    'of all sale lines' as of_what,
    sale_line_share
from {{ ref('product_groups') }}
where product_group = 'other' and sale_line_share > 0.1
