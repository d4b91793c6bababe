-- What is kept becomes a history of its own: segmentations with the ids of their personas written
-- out, the latest candidates, names, changes of membership, and the dates that were built.

create schema if not exists history;

create table history.segmentation_champions (
    champion_id varchar,
    source_systems varchar,
    fitted_on date,
    reason varchar,
    is_continuum boolean,
    role varchar,
    feature_set varchar,
    algorithm varchar,
    model_id varchar,
    jaccards varchar,
    features varchar,
    parameters varchar,
    scoring_sql varchar,
    inertia double,
    silhouette double,
    davies_bouldin double,
    calinski_harabasz double,
    smallest_share double,
    surrogate_fidelity double,
    own_assignment_agreement double,
    seed_adjusted_rand_index double,
    later_spend_explained double,
    later_categories_explained double,
    usefulness double,
    inertia_to_shuffled double,
    silhouette_over_shuffled double,
    inertia_to_correlated double,
    silhouette_over_correlated double,
    bootstrap_adjusted_rand_index double,
    smallest_jaccard double,
    cluster_count integer,
    input_count integer,
    customer_count integer,
    persona_ids varchar,
    persona_names varchar,
    persona_shares varchar,
    feature_profiles varchar,
    lifecycle varchar
);

create table history.segmentation_candidates (
    is_champion boolean,
    source_systems varchar,
    fitted_on date,
    reason varchar,
    is_continuum boolean,
    role varchar,
    feature_set varchar,
    algorithm varchar,
    model_id varchar,
    jaccards varchar,
    features varchar,
    parameters varchar,
    scoring_sql varchar,
    inertia double,
    silhouette double,
    davies_bouldin double,
    calinski_harabasz double,
    smallest_share double,
    surrogate_fidelity double,
    own_assignment_agreement double,
    seed_adjusted_rand_index double,
    later_spend_explained double,
    later_categories_explained double,
    usefulness double,
    inertia_to_shuffled double,
    silhouette_over_shuffled double,
    inertia_to_correlated double,
    silhouette_over_correlated double,
    bootstrap_adjusted_rand_index double,
    smallest_jaccard double,
    cluster_count integer,
    input_count integer,
    customer_count integer
);

create table history.persona_names (
    source_systems varchar,
    persona_id varchar,
    persona_name varchar,
    persona_description varchar,
    named_on date
);

create table history.persona_changes (
    source_systems varchar,
    customer_id varchar,
    as_of_date date,
    persona_id varchar
);

create table history.persona_builds (
    source_systems varchar,
    as_of_date date
);

-- The segmentations so far: K-means on all features that personas may be formed on, or one cluster
-- of everybody where there was none. Names and memberships were not kept then.
insert into history.segmentation_champions by name
with

kept as (

    select
        *,
        json_array_length(parameters, '$.scaling') > 0 as is_personas,
        list_transform(
            range(cluster_count),
            lambda cluster: 'P' || lpad(cast(first_persona_number + cluster as varchar), 3, '0')
        ) as listed_ids,
        coalesce(
            from_json(parameters -> '$.cluster_sizes', '["BIGINT"]'), []
        ) as sizes
    from ml.segmentation_champions

),

systems as (

    select
        champion_id,
        unnest(json_keys(source_systems)) as system,
        source_systems
    from kept

),

-- written as the macro company_key does
companies as (

    select
        champion_id,
        string_agg(
            system || ': ' || coalesce(array_to_string(
                list_sort(from_json(
                    json_extract(source_systems, '$."' || system || '"'), '["VARCHAR"]'
                )), ', '
            ), ''),
            '; ' order by system
        ) as company
    from systems
    group by champion_id

)

select
    kept.champion_id,
    companies.company as source_systems,
    kept.fitted_on,
    kept.reason,
    false as is_continuum,
    case when kept.is_personas then 'candidate' else 'fallback' end as role,
    'everything' as feature_set,
    case when kept.is_personas then kept.algorithm else 'everybody' end as algorithm,
    kept.model_id,
    kept.features,
    kept.scoring_sql,
    cast(kept.metrics ->> '$.inertia' as double) as inertia,
    cast(kept.metrics ->> '$.silhouette' as double) as silhouette,
    cast(kept.metrics ->> '$.davies_bouldin' as double) as davies_bouldin,
    cast(kept.metrics ->> '$.calinski_harabasz' as double) as calinski_harabasz,
    cast(kept.metrics ->> '$.smallest_share' as double) as smallest_share,
    cast(kept.metrics ->> '$.adjusted_rand_index_other_seed' as double) as seed_adjusted_rand_index,
    kept.cluster_count,
    cast(json_array_length(kept.parameters, '$.scaling') as integer) as input_count,
    cast(kept.parameters ->> '$.customers' as integer) as customer_count,
    cast(to_json(kept.listed_ids) as varchar) as persona_ids,
    cast(to_json(list_transform(
        range(kept.cluster_count),
        lambda cluster: kept.sizes[cluster + 1] / list_sum(kept.sizes)
    )) as varchar) as persona_shares,
    '[]' as feature_profiles,
    cast(to_json(list_transform(
        range(kept.cluster_count),
        lambda cluster: {
            'event': 'born',
            'persona_id': kept.listed_ids[cluster + 1],
            'related_persona_id': null,
            'customers_before': 0,
            'customers_after': coalesce(kept.sizes[cluster + 1], 0),
            'shared_customers': 0,
            'jaccard': 0.0
        }
    )) as varchar) as lifecycle,
    cast(json_object(
        'space', json_object(
            'feature_set', 'everything',
            'encoding', cast(
                replace(
                    replace(
                        cast(kept.parameters -> '$.encoding' as varchar),
                        '"log":true', '"transform":"log1p"'
                    ),
                    '"log":false', '"transform":"none"'
                ) as json
            ),
            'population', kept.parameters -> '$.population',
            'mean', json_extract(kept.parameters, '$.scaling[*].mean'),
            'scale', json_extract(kept.parameters, '$.scaling[*].scale')
        ),
        'clustering', json_object(
            'algorithm', case when kept.is_personas then kept.algorithm else 'everybody' end,
            'own_agreement', 1.0,
            'centers', kept.parameters -> '$.centroids',
            'weights', null,
            'precisions', null
        )
    ) as varchar) as parameters
from kept
inner join companies
    on kept.champion_id = companies.champion_id;

drop table ml.segmentation_champions;
