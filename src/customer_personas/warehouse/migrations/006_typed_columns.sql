-- What was JSON text gets types: metrics by name, so that one more needs no migration, and what is
-- known of each persona side by side. Of candidates that were not chosen only the metrics are kept.

alter table history.segmentation_champions rename to segmentation_champions_as_text;

create table history.segmentation_champions (
    source_systems varchar,
    champion_id varchar,
    fitted_on date,
    checked_on date,
    model_id varchar,
    role varchar,
    feature_set varchar,
    algorithm varchar,
    cluster_count integer,
    input_count integer,
    customer_count integer,
    metrics map(varchar, double),
    is_continuum boolean,
    features varchar[],
    parameters varchar,
    scoring_sql varchar,
    personas struct(persona_id varchar, persona_name varchar, customer_share double, jaccard double)[],
    feature_profiles struct(
        feature_name varchar, bounds double[], levels varchar[], shares double[], missing_share double
    )[],
    lifecycle struct(
        event varchar, persona_id varchar, related_persona_id varchar, customers_before integer,
        customers_after integer, shared_customers integer, jaccard double
    )[],
    reason varchar,
    status varchar
);

insert into history.segmentation_champions by name
select
    * exclude (
        inertia, silhouette, davies_bouldin, calinski_harabasz, smallest_share, surrogate_fidelity,
        own_assignment_agreement, seed_adjusted_rand_index, later_spend_explained,
        later_categories_explained, usefulness, inertia_to_shuffled, silhouette_over_shuffled,
        inertia_to_correlated, silhouette_over_correlated, bootstrap_adjusted_rand_index,
        smallest_jaccard, jaccards, features, persona_ids, persona_names, persona_shares,
        feature_profiles, lifecycle
    ),
    map_from_entries(list_filter([
        {'key': 'inertia', 'value': inertia},
        {'key': 'silhouette', 'value': silhouette},
        {'key': 'davies_bouldin', 'value': davies_bouldin},
        {'key': 'calinski_harabasz', 'value': calinski_harabasz},
        {'key': 'smallest_share', 'value': smallest_share},
        {'key': 'surrogate_fidelity', 'value': surrogate_fidelity},
        {'key': 'own_assignment_agreement', 'value': own_assignment_agreement},
        {'key': 'seed_adjusted_rand_index', 'value': seed_adjusted_rand_index},
        {'key': 'later_spend_explained', 'value': later_spend_explained},
        {'key': 'later_categories_explained', 'value': later_categories_explained},
        {'key': 'usefulness', 'value': usefulness},
        {'key': 'inertia_to_shuffled', 'value': inertia_to_shuffled},
        {'key': 'silhouette_over_shuffled', 'value': silhouette_over_shuffled},
        {'key': 'inertia_to_correlated', 'value': inertia_to_correlated},
        {'key': 'silhouette_over_correlated', 'value': silhouette_over_correlated},
        {'key': 'bootstrap_adjusted_rand_index', 'value': bootstrap_adjusted_rand_index},
        {'key': 'smallest_jaccard', 'value': smallest_jaccard}
    ], lambda each: each.value is not null)) as metrics,
    json_transform(features, '["varchar"]') as features,
    list_transform(
        list_zip(
            json_transform(persona_ids, '["varchar"]'),
            json_transform(coalesce(persona_names, '[]'), '["varchar"]'),
            json_transform(coalesce(persona_shares, '[]'), '["double"]'),
            json_transform(coalesce(jaccards, '[]'), '["double"]')
        ),
        lambda each: {
            'persona_id': each[1], 'persona_name': each[2], 'customer_share': each[3], 'jaccard': each[4]
        }
    ) as personas,
    json_transform(
        feature_profiles,
        '[{"feature_name": "varchar", "bounds": ["double"], "levels": ["varchar"], "shares": ["double"],
        "missing_share": "double"}]'
    ) as feature_profiles,
    json_transform(
        lifecycle,
        '[{"event": "varchar", "persona_id": "varchar", "related_persona_id": "varchar",
        "customers_before": "integer", "customers_after": "integer", "shared_customers": "integer",
        "jaccard": "double"}]'
    ) as lifecycle
from history.segmentation_champions_as_text;

drop table history.segmentation_champions_as_text;

alter table history.segmentation_candidates rename to segmentation_candidates_as_text;

create table history.segmentation_candidates (
    source_systems varchar,
    fitted_on date,
    model_id varchar,
    role varchar,
    feature_set varchar,
    algorithm varchar,
    cluster_count integer,
    input_count integer,
    customer_count integer,
    metrics map(varchar, double),
    is_continuum boolean,
    is_champion boolean,
    reason varchar
);

insert into history.segmentation_candidates by name
select
    source_systems,
    fitted_on,
    model_id,
    role,
    feature_set,
    algorithm,
    cluster_count,
    input_count,
    customer_count,
    is_continuum,
    is_champion,
    reason,
    map_from_entries(list_filter([
        {'key': 'inertia', 'value': inertia},
        {'key': 'silhouette', 'value': silhouette},
        {'key': 'davies_bouldin', 'value': davies_bouldin},
        {'key': 'calinski_harabasz', 'value': calinski_harabasz},
        {'key': 'smallest_share', 'value': smallest_share},
        {'key': 'surrogate_fidelity', 'value': surrogate_fidelity},
        {'key': 'own_assignment_agreement', 'value': own_assignment_agreement},
        {'key': 'seed_adjusted_rand_index', 'value': seed_adjusted_rand_index},
        {'key': 'later_spend_explained', 'value': later_spend_explained},
        {'key': 'later_categories_explained', 'value': later_categories_explained},
        {'key': 'usefulness', 'value': usefulness},
        {'key': 'inertia_to_shuffled', 'value': inertia_to_shuffled},
        {'key': 'silhouette_over_shuffled', 'value': silhouette_over_shuffled},
        {'key': 'inertia_to_correlated', 'value': inertia_to_correlated},
        {'key': 'silhouette_over_correlated', 'value': silhouette_over_correlated},
        {'key': 'bootstrap_adjusted_rand_index', 'value': bootstrap_adjusted_rand_index},
        {'key': 'smallest_jaccard', 'value': smallest_jaccard}
    ], lambda each: each.value is not null)) as metrics
from history.segmentation_candidates_as_text;

drop table history.segmentation_candidates_as_text;
