"""Personas of a built warehouse fitted once more, otherwise than the build did."""

import duckdb
import numpy as np
import pyarrow as pa
import yaml
from conftest import ROOT, Company

from customer_personas.segmentation import continuity
from customer_personas.segmentation.fits import fit_personas

VARIABLES = yaml.safe_load((ROOT / "dbt_project.yml").read_text())["vars"]


def refit(
    company: Company,
    *,
    seed=None,
    champion=None,
    day=None,
    change=lambda table: table,
    families="true",
    most=VARIABLES["personas_max"],
):
    """Fit personas of the company's features, changed before; all candidates as dictionaries."""
    with duckdb.connect(str(company.warehouse), read_only=True) as connection:
        features = change(connection.table("features.customer_features").to_arrow_table())
        ((as_of_date,),) = connection.execute(
            "select observation_date from intermediate.observation_dates where is_as_of"
        ).fetchall()
        return fit_personas(
            connection.from_arrow(features),
            connection.table("features.feature_catalog").filter(families),
            connection.table("reference.segmentation_feature_sets"),
            connection.table("reference.rfm_segments"),
            later_purchases(connection, day or as_of_date),
            champion=champion,
            observation_date=day or as_of_date,
            seed=seed or VARIABLES["random_seed"],
            fewest=VARIABLES["personas_min"],
            most=most,
            margin=VARIABLES["challenger_margin"],
            sample_size=VARIABLES["fit_sample_customers"],
        ).to_pylist(maps_as_pydicts="strict")


def later_purchases(connection, day):
    """What was bought within the horizon after the newest date whose horizon was over on a day."""
    return connection.sql(
        f"""
        with newest as (
            select max(observation_date) as observation_date from intermediate.observation_dates
            where observation_date + {VARIABLES["horizon_days"]} <= date '{day}'
        )
        select customer_id, observation_date, product_category,
            sum(net_amount) as net_amount,
            sum(case when line_type = 'sale' then line_amount else 0 end) as sale_amount
        from intermediate.int_order_lines
        inner join newest on ordered_on >= observation_date
            and ordered_on < observation_date + {VARIABLES["horizon_days"]}
        group by all
        """
    )


def chosen(rows):
    (row,) = [row for row in rows if row["is_champion"]]
    return row


def ids_of(champion):
    """The personas of a champion."""
    return {each["persona_id"] for each in champion["personas"]}


def crown(connection, fit, customers, day, *, before=None, born=0):
    """Put a fit in force after another one, `before`; `born` personas have been named so far."""
    nobody = connection.sql("select '' as customer_id, '' as persona_id where false")
    (champion,) = continuity.crown_champion(
        fit,
        customers,
        connection.table("features.feature_catalog"),
        continuity.score_memberships(customers, before) if before else nobody,
        nobody,
        living=[each["persona_id"] for each in before["personas"]] if before else [],
        champion_id="S",
        next_persona_number=born + 1,
        as_of_date=day,
        source_systems="a company",
        settings="{}",
        cause="a test",
    ).to_pylist()
    return champion


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


def refit_shuffled(company: Company, customers: int | None = None, **settings):
    """What is chosen once each column is reshuffled."""
    return chosen(
        refit(company, change=lambda table: shuffle_columns(table, customers), **settings)
    )
