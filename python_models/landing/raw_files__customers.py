from customer_personas.intake import landing


def model(dbt, session):
    dbt.config(materialized="table")
    return landing.read_entity(session, "customers", dbt.source("history", "erasures"))
