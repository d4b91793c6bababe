from customer_personas.intake import landing
from customer_personas.intake.limits import Limits


def model(dbt, session):
    dbt.config(materialized="incremental")
    erasures = dbt.source("history", "erasures")
    kept = str(dbt.this) if dbt.is_incremental else None
    limits = Limits(**dbt.config.get("limits"))
    return landing.read_entity(session, "contacts", erasures, kept, limits)
