select
    entity,
    bool_or(is_provided) as is_provided,
    count(distinct feature) as missing_features
from monitoring.source_coverage
left join lateral (select unnest(string_split(missing_feature_names, ', ')) as feature) as missing
    on true
group by entity
order by entity
