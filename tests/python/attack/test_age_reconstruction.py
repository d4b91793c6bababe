"""An attacker who knows the segmentation and all else of a customer asks for age and income."""

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from companies import features_of, relations

from customer_personas.features.steps import take_steps, unpublished_numbers, write_step
from customer_personas.segmentation.clusterings import fit_clustering
from customer_personas.segmentation.scoring import write_assignment, write_contributions
from customer_personas.segmentation.space import find_population, fit_space

ALGORITHMS = ["kmeans", "gaussian_mixture", "ward", "hdbscan"]
UNPUBLISHED = ["age_years", "annual_income"]
# What the attacker tries: every year of age, and incomes five hundred apart.
TRIED = {"age_years": range(18, 90), "annual_income": range(9_500, 95_000, 500)}


class Company:
    """Customers in groups that age and income set apart, beside a published number."""

    def __init__(self, algorithm: str) -> None:
        rng = np.random.default_rng(8)
        group = np.repeat(range(3), 60)
        age = np.clip(rng.normal(np.array([26, 44, 67])[group], 6), 18, 89).round()
        income = np.clip(rng.normal(np.array([18_000, 52_000, 31_000])[group], 5_000), 10_000, None)
        visits = rng.poisson(np.array([3, 9, 20])[group])
        values = np.column_stack([age, 500 * (income // 500), visits]).astype(float)
        self.connection = duckdb.connect()
        self.features, self.catalog, *_ = relations(
            self.connection, features_of(values, names=[*UNPUBLISHED, "visits"])
        )
        population = find_population(self.features, self.catalog)
        space, points, _ = fit_space("profile", self.features, self.catalog, population)
        clustering = fit_clustering(algorithm, points, 3, 1)
        self.assignment = write_assignment(space, clustering)
        self.contributions = write_contributions(space, clustering, "assignments")

    def publish(self, customers: duckdb.DuckDBPyRelation, unpublished: list[str]) -> dict:
        """All that follows for each customer: both personas, distances, confidence, reasons."""
        self.connection.register("told", take_steps(customers, unpublished))
        self.connection.execute("create or replace temp table features as from told")
        self.connection.execute(f"create or replace temp table assignments as {self.assignment}")
        reasons = self.connection.sql(self.contributions).aggregate(
            "customer_id, list((feature_name, contribution) order by reason_rank) as reasons",
            "customer_id",
        )
        both = self.connection.table("assignments").join(reasons, "customer_id")
        rows = both.to_arrow_table().to_pylist()
        return {row.pop("customer_id"): repr(row) for row in rows}

    def left_open(self, feature: str, unpublished: list[str]) -> tuple[list[int], list[int]]:
        """Of how many values each customer's can be one, and how many its step has."""
        rows = self.features.to_arrow_table().to_pylist()
        twins = [
            row | {"customer_id": f"{row['customer_id']} {value}", feature: float(value)}
            for row in rows
            for value in TRIED[feature]
        ]
        told = self.publish(self.connection.from_arrow(pa.Table.from_pylist(twins)), unpublished)
        own = self.publish(self.features, unpublished)
        tried = self.connection.sql(f"select unnest(?) as {feature}", params=[[*TRIED[feature]]])
        steps = dict(tried.project(f"{feature}, {write_step(feature)}").fetchall())
        possible, in_step = [], []
        for row in rows:
            customer, step = row["customer_id"], steps[round(row[feature])]
            of_step = [value for value in TRIED[feature] if steps[value] == step]
            # the attacker knows the step, and looks for values that give what is published
            fits = [value for value in of_step if told[f"{customer} {value}"] == own[customer]]
            possible.append(len(fits))
            in_step.append(len(of_step))
        return possible, in_step


@pytest.fixture(scope="module", params=ALGORITHMS)
def company(request):
    return Company(request.param)


@pytest.mark.parametrize("feature", UNPUBLISHED)
def test_personas_confidence_and_distances_tell_no_more_than_the_step(company, feature):
    possible, in_step = company.left_open(feature, UNPUBLISHED)
    assert possible == in_step
    assert min(in_step) >= 7


def test_without_steps_confidence_is_the_age(company):
    possible, _ = company.left_open("age_years", [])
    assert np.mean(np.array(possible) == 1) > 0.9


def test_what_is_published_of_nobody_is_known_by_the_catalogue():
    catalog = duckdb.sql(
        "from (values ('age_years', 'numeric', false), ('job', 'category', false), "
        "('visits', 'numeric', true)) as _ (feature_name, value_type, is_published)"
    )
    assert unpublished_numbers(catalog) == ["age_years"]
