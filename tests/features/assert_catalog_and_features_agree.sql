-- feature_catalog describes every feature in customer_features, and nothing that is not there.

with

actual as (

    {{ column_names_of(ref('customer_features')) }}

),

described as (

    select feature_name from {{ ref('feature_catalog') }}

)

select
    actual.column_name as column_not_described,
    described.feature_name as feature_not_there
from actual
full outer join described
    on actual.column_name = described.feature_name
where
    (actual.column_name is null or described.feature_name is null)
    and coalesce(actual.column_name, '') not in ('customer_id', 'observation_date', 'is_as_of')
