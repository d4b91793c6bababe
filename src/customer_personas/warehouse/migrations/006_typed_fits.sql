-- What was JSON text becomes typed: metrics by name, so that a new one needs no migration, features,
-- and for each cluster its persona with share and stability. Of candidates that were not chosen
-- nobody reads parameters.

create temporary macro metrics_by_name(
    inertia, silhouette, davies_bouldin, calinski_harabasz, smallest_share, surrogate_fidelity,
    own_assignment_agreement, seed_adjusted_rand_index, later_spend_explained,
    later_categories_explained, usefulness, inertia_to_shuffled, silhouette_over_shuffled,
    inertia_to_correlated, silhouette_over_correlated, bootstrap_adjusted_rand_index,
    smallest_jaccard
) as map_from_entries(list_filter([
    {'k': 'inertia', 'v': inertia},
    {'k': 'silhouette', 'v': silhouette},
    {'k': 'davies_bouldin', 'v': davies_bouldin},
    {'k': 'calinski_harabasz', 'v': calinski_harabasz},
    {'k': 'smallest_share', 'v': smallest_share},
    {'k': 'surrogate_fidelity', 'v': surrogate_fidelity},
    {'k': 'own_assignment_agreement', 'v': own_assignment_agreement},
    {'k': 'seed_adjusted_rand_index', 'v': seed_adjusted_rand_index},
    {'k': 'later_spend_explained', 'v': later_spend_explained},
    {'k': 'later_categories_explained', 'v': later_categories_explained},
    {'k': 'usefulness', 'v': usefulness},
    {'k': 'inertia_to_shuffled', 'v': inertia_to_shuffled},
    {'k': 'silhouette_over_shuffled', 'v': silhouette_over_shuffled},
    {'k': 'inertia_to_correlated', 'v': inertia_to_correlated},
    {'k': 'silhouette_over_correlated', 'v': silhouette_over_correlated},
    {'k': 'bootstrap_adjusted_rand_index', 'v': bootstrap_adjusted_rand_index},
    {'k': 'smallest_jaccard', 'v': smallest_jaccard}
], lambda each: each.v is not null));

create table history.typed_champions (
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
    personas struct(
        persona_id varchar, persona_name varchar, customer_share double, jaccard double
    )[],
    feature_profiles struct(
        feature_name varchar, bounds double[], levels varchar[], shares double[],
        missing_share double
    )[],
    lifecycle struct(
        event varchar, persona_id varchar, related_persona_id varchar, customers_before integer,
        customers_after integer, shared_customers integer, jaccard double
    )[],
    reason varchar,
    status varchar
);

insert into history.typed_champions by name
select
    source_systems,
    champion_id,
    fitted_on,
    checked_on,
    model_id,
    role,
    feature_set,
    algorithm,
    cluster_count,
    input_count,
    customer_count,
    metrics_by_name(
        inertia, silhouette, davies_bouldin, calinski_harabasz, smallest_share, surrogate_fidelity,
        own_assignment_agreement, seed_adjusted_rand_index, later_spend_explained,
        later_categories_explained, usefulness, inertia_to_shuffled, silhouette_over_shuffled,
        inertia_to_correlated, silhouette_over_correlated, bootstrap_adjusted_rand_index,
        smallest_jaccard
    ) as metrics,
    is_continuum,
    json_transform(features, '["varchar"]') as features,
    parameters,
    scoring_sql,
    list_transform(
        list_zip(
            json_transform(persona_ids, '["varchar"]'),
            json_transform(coalesce(persona_names, '[]'), '["varchar"]'),
            json_transform(coalesce(persona_shares, '[]'), '["double"]'),
            json_transform(coalesce(jaccards, '[]'), '["double"]')
        ),
        lambda each: {
            'persona_id': each[1],
            'persona_name': each[2],
            'customer_share': each[3],
            'jaccard': each[4]
        }
    ) as personas,
    json_transform(
        feature_profiles,
        '[{
            "feature_name": "varchar", "bounds": ["double"], "levels": ["varchar"],
            "shares": ["double"], "missing_share": "double"
        }]'
    ) as feature_profiles,
    json_transform(
        lifecycle,
        '[{
            "event": "varchar", "persona_id": "varchar", "related_persona_id": "varchar",
            "customers_before": "integer", "customers_after": "integer",
            "shared_customers": "integer", "jaccard": "double"
        }]'
    ) as lifecycle,
    reason,
    status
from history.segmentation_champions;

create table history.typed_candidates (
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

insert into history.typed_candidates by name
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
    metrics_by_name(
        inertia, silhouette, davies_bouldin, calinski_harabasz, smallest_share, surrogate_fidelity,
        own_assignment_agreement, seed_adjusted_rand_index, later_spend_explained,
        later_categories_explained, usefulness, inertia_to_shuffled, silhouette_over_shuffled,
        inertia_to_correlated, silhouette_over_correlated, bootstrap_adjusted_rand_index,
        smallest_jaccard
    ) as metrics,
    is_continuum,
    is_champion,
    reason
from history.segmentation_candidates;

drop macro metrics_by_name;
drop table history.segmentation_champions;
drop table history.segmentation_candidates;
alter table history.typed_champions rename to segmentation_champions;
alter table history.typed_candidates rename to segmentation_candidates;
