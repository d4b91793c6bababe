from customer_personas.learning import champions


def model(dbt, session):
    dbt.config(materialized="table")
    dates = dbt.ref("observation_dates")
    features = dbt.ref("customer_features")
    candidates = dbt.ref("segmentation_fits")
    ((as_of_date,),) = dates.filter("is_as_of").project("observation_date").fetchall()
    # "not there yet" is told from "cannot be read": an unreadable history must stop the build
    schema, table = dbt.this.schema, dbt.this.identifier
    is_there = session.execute(
        "from duckdb_tables() where database_name = ? and schema_name = ? and table_name = ?",
        [dbt.this.database, schema, table],
    ).fetchall()
    earlier = session.sql(f"from {dbt.this}").to_arrow_table().to_pylist() if is_there else []
    return champions.carry_forward(
        earlier,
        candidates.to_arrow_table().to_pylist(),
        as_of_date=as_of_date,
        source_systems=dbt.config.get("source_systems"),
        columns=features.columns,
        policy=dbt.config.get("refit"),
        refit_after_days=int(dbt.config.get("refit_after_days")),
    )
