-- What customers are scored with, without what a build says of it: whether it was learnt today or kept
-- changes no score.

with

fits as (

    select * from {{ ref('target_fits') }}

),

explaining as (

    select distinct explained_by from fits
    where is_published

)

select
    fits.target,
    fits.model_id,
    fits.algorithm,
    fits.is_baseline,
    fits.hyper_parameters,
    fits.classes,
    fits.inputs,
    fits.inverse_temperature,
    fits.prior_shift,
    fits.scoring_sql,
    fits.estimator,
    fits.explained_by,
    fits.is_published,
    fits.held_out_models
from fits
left join explaining
    on fits.model_id = explaining.explained_by
where fits.is_published or explaining.explained_by is not null
