from customer_personas.features.refitting import Policy
from customer_personas.prediction.targets import describe_history, learn_targets


def model(dbt, session):
    dbt.config(materialized="table")
    ((as_of_date,),) = dbt.ref("current_build").project("as_of_date").fetchall()
    # what was fitted later would know what nobody knew then
    kept = dbt.ref("stg_state__target_fits").filter(f"fitted_on <= date '{as_of_date}'")
    confirmed = sorted(dbt.config.get("confirmed_features"))
    return learn_targets(
        dbt.ref("customer_features"),
        dbt.ref("target_labels"),
        dbt.ref("feature_catalog"),
        dbt.ref("season_outlook"),
        kept.to_arrow_table().to_pylist(),
        targets=dbt.config.get("targets"),
        settings={
            "horizon_days": int(dbt.config.get("horizon_days")),
            "algorithms": list(dbt.config.get("algorithms")),
            "seed": int(dbt.config.get("random_seed")),
            "sample_size": int(dbt.config.get("fit_sample_rows")),
            "budget_seconds": float(dbt.config.get("fit_budget_seconds")),
            # named only where there are some, so that what was learnt without stays
            **({"confirmed_features": confirmed} if confirmed else {}),
        },
        policy=Policy(
            refit=dbt.config.get("refit"),
            refit_after_days=int(dbt.config.get("refit_after_days")),
            drift_recheck_days=int(dbt.config.get("drift_recheck_days")),
            drift_psi=float(dbt.config.get("drift_psi")),
            drift_missing=float(dbt.config.get("drift_missing")),
        ),
        as_of_date=as_of_date,
        history=describe_history(
            dbt.ref("customer_features"),
            horizon_days=int(dbt.config.get("horizon_days")),
            step_days=int(dbt.config.get("observation_step_days")),
            minimum_history_days=int(dbt.config.get("minimum_history_days")),
        ),
        outcomes=dbt.ref("prediction_outcomes_before").to_arrow_table().to_pylist(),
        say=lambda line: print(f"          {line}", flush=True),
    )
