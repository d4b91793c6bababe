"""Who has customers, traits and rules of all personas learns nobody's further columns."""

import os

import duckdb
import numpy as np
import pandas as pd
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp
from test_model_reconstruction import CELL, sql_of

from customer_personas.segmentation.rules.counts import write_counts
from customer_personas.segmentation.rules.tree import fit_rules

SEEDS = int(os.environ.get("PERSONA_FUZZ_EXAMPLES", "2"))
ASKED = ["orders", "device"]


def company(customers: int, seed: int) -> pd.DataFrame:
    """Draw customers whose personas rest on orders, which are published, and on children."""
    rng = np.random.default_rng([customers, seed])
    orders = rng.integers(0, 4, customers)
    device = rng.choice(["phone", "tablet"], customers)
    children = rng.random(customers) < np.where(orders > 1, rng.choice([0.5, 0.9, 1]), 0.2)
    persona = np.where(children, "A", np.where(orders > 1, "B", "C"))
    strays = rng.random(customers) < 0.1
    persona[strays] = rng.choice(["A", "B", "C"], strays.sum())
    return pd.DataFrame(
        {
            "customer_id": [f"{n:04}" for n in range(customers)],
            "persona_id": persona,
            "orders": orders.astype(float),
            "device": device,
            "children": children,
        }
    )


def publish(people: pd.DataFrame, is_careless: bool = False) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give the rules as they were learnt and as they are published."""
    with duckdb.connect() as connection:
        connection.register("features", people.drop(columns="persona_id"))
        connection.register("memberships", people[["customer_id", "persona_id"]])
        connection.execute(
            "create table catalog as select * from (values "
            "('orders', 'numeric', 'none', 'family', 'orders', true), "
            "('device', 'category', 'none', 'family', 'category', true), "
            "('children', 'boolean', 'none', 'family', 'yes/no', false)) as rows "
            "(feature_name, value_type, transform, family, unit, is_published); "
            "alter table catalog add column in_segmentation boolean default true; "
            "create table persona_names as select unnest(['A', 'B', 'C']) as persona_id, "
            "'P' as persona_name; "
            "create table personas as select persona_id, 1 as customer_count from persona_names"
        )
        fits = fit_rules(
            connection.table("features"),
            connection.table("memberships"),
            connection.table("catalog"),
            seed=1,
        )
        connection.execute(f"create table persona_rule_scores as {write_counts(fits)}")
        if is_careless:
            connection.execute("update persona_rule_scores set candidates = null")
        told = connection.execute(sql_of("marts/personas/persona_rules.sql")).df()
    return fits.to_pandas(), told


def known_for_certain(people: pd.DataFrame, fits: pd.DataFrame, told: pd.DataFrame) -> int:
    """Count the customers of whom the attacker knows whether they have children."""
    # what is published of customers is known, and how many of each persona have children
    cells = people.groupby(["persona_id", *ASKED])["children"].agg(["size", "sum"]).reset_index()
    size = cells["size"].to_numpy(float)
    limits = [(np.zeros(len(cells)), 0, 0)]
    for persona, own in cells.groupby("persona_id"):
        have, all_of_it = own["sum"].sum(), own["size"].sum()
        if min(have, all_of_it - have) >= CELL:
            limits.append(((cells["persona_id"] == persona).to_numpy(float), have, have))
    rules = told.merge(fits, on=["persona_id", "rule_number"])
    with duckdb.connect() as connection:
        connection.register("cells", cells)
        for rule in rules.itertuples():
            meets = connection.execute(
                f"select (select {rule.condition_sql} from (select cells.*, true as children)), "
                f"(select {rule.condition_sql} from (select cells.*, false as children)) from cells"
            ).fetchall()
            yes, no = np.array(meets, dtype=float).T
            # of a cell as many as have children, as many as have none, or all
            mask, rest = yes - no, float(no @ size)
            limits.append((mask, rule.customer_count - rest, rule.customer_count - rest))
            hits = round(rule.rule_precision * rule.customer_count)
            own = (cells["persona_id"] == rule.persona_id).to_numpy(float)
            # one exception, or one member who is missed, may be any number of few
            ends = (rule.customer_count, own @ size)
            low, high = (hits - CELL + 2, hits + 1) if hits + 1 in ends else (hits, hits)
            limits.append((mask * own, low - no @ (size * own), high - no @ (size * own)))
    masks = np.array([mask for mask, _, _ in limits])
    lows, highs = np.array([limit[1:] for limit in limits], dtype=float).T
    found = 0
    for place in range(len(cells)):
        goal = np.eye(len(cells))[place]
        ends = [
            milp(sign * goal, constraints=LinearConstraint(masks, lows, highs),
                 bounds=Bounds(0, size), integrality=np.ones(len(cells)))
            for sign in (1, -1)
        ]  # fmt: skip
        if all(end.x is not None for end in ends):
            found += int(size[place]) * (round(ends[0].fun) == round(-ends[1].fun))
    return found


@pytest.mark.parametrize("customers", [30, 60, 80, 200])
def test_rules_tell_of_nobody_who_has_children(customers):
    for seed in range(SEEDS):
        people = company(customers, seed)
        fits, told = publish(people)
        assert known_for_certain(people, fits, told) == 0, (seed, told)


def test_all_rules_would_tell():
    people = company(200, 3)
    assert known_for_certain(people, *publish(people, is_careless=True)) > 50
