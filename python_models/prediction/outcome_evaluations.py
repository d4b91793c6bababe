from customer_personas.prediction.evaluation.outcomes import judge_outcomes


def model(dbt, session):
    dbt.config(materialized="table")
    return judge_outcomes(
        dbt.ref("int_predictions_due"),
        dbt.ref("target_labels"),
        seed=int(dbt.config.get("random_seed")),
        least=int(dbt.config.get("minimum_cell")),
    )
