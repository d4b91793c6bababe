from customer_personas.prediction.evaluation.outcomes import judge_outcomes


def model(dbt, session):
    dbt.config(materialized="table")
    dates = dbt.ref("int_outcome_dates").filter("is_labelled").project("observation_date")
    return judge_outcomes(
        dbt.ref("stg_state__published_predictions"),
        dbt.ref("target_labels"),
        [day for (day,) in dates.order("observation_date").fetchall()],
        seed=int(dbt.config.get("random_seed")),
        least=int(dbt.config.get("minimum_cell")),
    )
