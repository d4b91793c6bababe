-- Why these personas? The one chosen, what it was held against, and the most useful of the others.

select
    role,
    feature_set,
    algorithm,
    cluster_count,
    round(usefulness, 3) as usefulness,
    round(silhouette, 2) as silhouette,
    round(smallest_jaccard, 2) as smallest_jaccard,
    round(inertia_to_shuffled, 2) as inertia_to_shuffled,
    is_champion,
    reason
from {{ ref('segmentation_candidates') }}
order by is_champion desc, role desc, usefulness desc nulls last, silhouette desc
limit 15
