-- Every segmentation that is or was in force. Personas are numbered: those of a segmentation from
-- its first_persona_number on, in the order of its clusters.

create schema if not exists ml;

create table ml.segmentation_champions (
    champion_id varchar,
    fitted_on date,
    source_systems varchar,
    first_persona_number integer,
    cluster_count integer,
    model_id varchar,
    algorithm varchar,
    hyper_parameters varchar,
    metrics varchar,
    features varchar,
    parameters varchar,
    scoring_sql varchar,
    is_in_force boolean,
    reason varchar
);
