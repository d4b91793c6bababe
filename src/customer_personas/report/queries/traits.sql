select
    traits.persona_id, traits.feature_name, traits.feature_level, traits.feature_label,
    traits.family, traits.unit, traits.member_mean, traits.overall_mean, traits.z_score,
    coalesce(catalog.product_category, traits.feature_level) as about
from marts.persona_traits as traits
left join features.feature_catalog as catalog
    on traits.feature_name = catalog.feature_name
where traits.z_score is not null and catalog.no_trait_because is null and traits.trait_rank <= 40
order by traits.persona_id, traits.trait_rank, traits.feature_name
