from customer_personas import landing


def model(dbt, session):
    dbt.config(materialized="table")
    return landing.read_entity(session, "customers")
