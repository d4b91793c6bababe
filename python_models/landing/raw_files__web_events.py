from customer_personas.intake import landing


def model(dbt, session):
    dbt.config(materialized="incremental")
    kept = str(dbt.this) if dbt.is_incremental else None
    return landing.read_entity(session, "web_events", dbt.source("history", "erasures"), kept)
