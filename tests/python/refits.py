"""Personas of a built warehouse fitted once more, otherwise than the build did."""

import duckdb
import numpy as np
import pyarrow as pa
import yaml
from conftest import ROOT, Company

from customer_personas.learning.persona_fits import fit_personas

VARIABLES = yaml.safe_load((ROOT / "dbt_project.yml").read_text())["vars"]


def refit(company: Company, *, seed=None, champion=None, day=None, change=lambda table: table):
    """All candidates of a fit of the company's features, changed before, as dictionaries."""
    with duckdb.connect(str(company.warehouse), read_only=True) as connection:
        features = change(connection.table("features.customer_features").to_arrow_table())
        ((as_of_date,),) = connection.execute(
            "select observation_date from features.observation_dates where is_as_of"
        ).fetchall()
        return fit_personas(
            connection.from_arrow(features),
            connection.table("features.feature_catalog"),
            connection.table("reference.segmentation_feature_sets"),
            connection.table("reference.rfm_segments"),
            connection.table("features.later_purchases"),
            champion=champion,
            observation_date=day or as_of_date,
            seed=seed or VARIABLES["random_seed"],
            fewest=VARIABLES["personas_min"],
            most=VARIABLES["personas_max"],
            margin=VARIABLES["challenger_margin"],
            sample_size=VARIABLES["fit_sample_customers"],
        ).to_pylist()


def chosen(rows):
    (row,) = [row for row in rows if row["is_champion"]]
    return row


def shuffle_columns(table: pa.Table, customers: int | None = None) -> pa.Table:
    """Reshuffle each feature among those who ever ordered: no groups are left."""
    rng = np.random.default_rng(1)
    keys = ["customer_id", "observation_date", "is_as_of"]
    table = table.filter(pa.compute.greater(table["frequency"], 0)).sort_by(
        [("observation_date", "ascending"), ("customer_id", "ascending")]
    )
    if customers:
        some = sorted(set(table["customer_id"].to_pylist()))[:customers]
        table = table.filter(pa.compute.is_in(table["customer_id"], pa.array(some)))
    days = np.array(table["observation_date"].to_pylist())
    for place, name in enumerate(table.column_names):
        if name not in keys:
            order = np.arange(table.num_rows)
            for day in np.unique(days):
                order[days == day] = rng.permutation(order[days == day])
            table = table.set_column(place, name, table[name].take(pa.array(order)))
    return table


def refit_shuffled(company: Company, customers: int | None = None):
    """What is chosen once each column is reshuffled."""
    return chosen(refit(company, change=lambda table: shuffle_columns(table, customers)))
