import json

import pyarrow as pa


def model(dbt, session):
    dbt.config(materialized="table")
    # on the day of the fit nothing can have drifted
    champions = dbt.ref("champion_before").filter("fitted_on < as_of_date")
    features = dbt.ref("customer_features").filter("is_as_of")
    schema = pa.schema(
        [
            ("persona_id", pa.string()),
            ("share_at_fit", pa.float64()),
            ("customer_share", pa.float64()),
        ]
    )
    found = champions.project("features, scoring_sql, persona_ids, persona_shares").fetchall()
    if not found or not set(json.loads(found[0][0])) <= set(features.columns):
        return schema.empty_table()
    _, scoring_sql, persona_ids, shares = found[0]
    scored = features.query("features", scoring_sql)
    sizes = dict(scored.aggregate("cluster, count(*) as members", "cluster").fetchall())
    total = sum(sizes.values())
    rows = [
        {
            "persona_id": persona_id,
            "share_at_fit": share,
            "customer_share": sizes.get(cluster, 0) / total if total else 0.0,
        }
        for cluster, (persona_id, share) in enumerate(
            zip(json.loads(persona_ids), json.loads(shares), strict=True)
        )
    ]
    return pa.Table.from_pylist(rows, schema=schema)
