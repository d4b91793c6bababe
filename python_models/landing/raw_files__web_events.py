from customer_personas.intake import landing


def model(dbt, session):
    dbt.config(materialized="table")
    return landing.read_entity(session, "web_events", dbt.source("history", "erasures"))
