-- In what does each persona differ most from everybody? Its five strongest traits.

select
    persona_name,
    trait_rank,
    feature_name,
    unit,
    round(member_mean, 2) as member_mean,
    round(overall_mean, 2) as overall_mean,
    round(index_to_overall) as index_to_overall,
    round(z_score, 2) as z_score
from {{ ref('persona_traits') }}
where trait_rank <= 5
order by persona_name asc, trait_rank asc
