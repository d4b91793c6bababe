import json

from customer_personas.features import drift


def model(dbt, session):
    dbt.config(materialized="table")
    # on the day of the fit nothing can have drifted
    champions = dbt.ref("champion_before").filter("fitted_on < as_of_date")
    features = dbt.ref("customer_features").filter("is_as_of")
    found = champions.project("features, parameters, feature_profiles").fetchall()
    if not found or not set(json.loads(found[0][0])) <= set(features.columns):
        return drift.SCHEMA.empty_table()
    _, parameters, profiles = found[0]
    population = json.loads(parameters)["space"]["population"]
    return drift.measure_drift(features.filter(population), json.loads(profiles))
