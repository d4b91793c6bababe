"""Persona rules say in words what their SQL counts."""

import re
from datetime import date

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from customer_personas.segmentation.rules import tree
from customer_personas.segmentation.rules.conditions import Bounds, Question, round_threshold
from customer_personas.segmentation.rules.counts import write_counts
from customer_personas.segmentation.rules.tree import fit_rules


@pytest.fixture
def connection():
    return duckdb.connect()


def planted(count=4000):
    """Three personas that follow from orders, spend, device and what is unknown."""
    rng = np.random.default_rng(0)
    orders = rng.poisson(4, count).astype(float)
    spend = rng.gamma(2, 20_000, count)
    device = rng.choice(["phone", "it's a tablet", "电脑"], count)
    consent = rng.choice([True, False, None], count)
    unknown = rng.random(count) < 0.2
    persona = np.where(unknown, "new", np.where(orders > 5, "loyal", "casual"))
    persona = np.where((device == "电脑") & (persona == "casual"), "desk", persona)
    features = pa.table(
        {
            "customer_id": [f"{number:05}" for number in range(count)],
            "observation_date": [date(2024, 1, 1)] * count,
            "orders_count": np.where(unknown, None, orders),
            "spend": spend,
            "device": device,
            "consent": consent,
            "nothing": pa.nulls(count, pa.float64()),
        }
    )
    return features, pa.table({"customer_id": features["customer_id"], "persona_id": persona})


def catalog(connection, names=("orders_count", "spend", "device", "consent", "nothing")):
    types = {"device": "category", "consent": "boolean"}
    units = {"orders_count": "orders", "spend": "EUR"}
    rows = pa.table(
        {
            "feature_name": list(names),
            "family": ["family"] * len(names),
            "unit": [units.get(name) for name in names],
            "value_type": [types.get(name, "numeric") for name in names],
            "transform": ["none"] * len(names),
            "in_segmentation": [True] * len(names),
        }
    )
    return connection.from_arrow(rows)


def fit(connection, features, memberships, **settings):
    rules = fit_rules(
        connection.from_arrow(features),
        connection.from_arrow(memberships),
        catalog(connection, settings.pop("names", None) or catalog.__defaults__[0]),
        seed=1,
        **settings,
    )
    connection.register("features", features)
    connection.register("memberships", memberships)
    return rules, connection.sql(write_counts(rules)).df()


def test_planted_personas_are_described(connection):
    rules, counted = fit(connection, *planted())
    first = {row["persona_id"]: row["condition"] for row in rules.to_pylist()}
    assert first["new"] == "orders count is unknown"
    assert "orders count at least 6 orders" in first["loyal"]
    assert "orders count at most 5 orders" in first["casual"]
    assert "device is not 电脑" in first["casual"]
    assert "device is 电脑" in first["desk"]
    assert (counted["coverage"] == 1).all()
    assert (counted["precision"] == 1).all()


def test_counts_are_those_of_the_conditions(connection):
    features, memberships = planted()
    rng = np.random.default_rng(2)
    noisy = np.where(
        rng.random(len(memberships)) < 0.2,
        rng.permutation(memberships["persona_id"].to_pylist()),
        memberships["persona_id"].to_pylist(),
    )
    memberships = memberships.set_column(1, "persona_id", pa.array(noisy))
    rules, counted = fit(connection, features, memberships)
    joined = "(select * from features join memberships using (customer_id))"
    total = 0
    for rule, count in zip(rules.to_pylist(), counted.to_dict("records"), strict=True):
        assert (rule["persona_id"], rule["rule_number"], rule["condition"]) == (
            count["persona_id"],
            count["rule_number"],
            count["condition"],
        )
        ((matched, hits, members),) = connection.sql(
            f"""select count(*) filter (where {rule["condition_sql"]}),
            count(*) filter (where ({rule["condition_sql"]}) and persona_id = $persona),
            count(*) filter (where persona_id = $persona) from {joined}""",
            params={"persona": rule["persona_id"]},
        ).fetchall()
        assert count["customer_count"] == matched >= 40
        assert count["coverage"] == pytest.approx(hits / members)
        assert count["precision"] == pytest.approx(hits / matched)
        assert count["lift"] == pytest.approx(hits / matched / (members / 4000))
        total += matched
    # Rules do not overlap, and together they reach nearly everybody.
    assert 0.9 * 4000 < total <= 4000


def test_thresholds_are_readable_and_bounds_merged(connection):
    rng = np.random.default_rng(1)
    spend = rng.random(5000) * 100_000
    persona = np.digitize(spend, [23_500, 67_900]).astype(str)
    ids = [str(number) for number in range(5000)]
    features = pa.table({"customer_id": ids, "spend": spend})
    memberships = pa.table({"customer_id": ids, "persona_id": persona})
    rules, _ = fit(connection, features, memberships, names=("spend",))
    conditions = {row["persona_id"]: row["condition"] for row in rules.to_pylist()}
    assert conditions == {
        "0": "spend at most 23,500 EUR",
        # nine customers in five thousand have between 67,900 and 68,000
        "1": "spend above 23,500 and at most 68,000 EUR",
        "2": "spend above 68,000 EUR",
    }


@pytest.mark.parametrize("seed", range(4))
def test_rounding_hardly_changes_what_rules_are_worth(connection, monkeypatch, seed):
    rng = np.random.default_rng(seed)
    group = rng.integers(0, 4, 1500)
    columns = {
        "spend": np.round(rng.lognormal(4 + group, 0.8), 2),
        "visits": rng.poisson(3 + 4 * group),
        "recency": rng.integers(1, 120 * (4 - group) + 2),
        "share": np.round(rng.beta(1 + group, 3), 3),
    }
    ids = [f"{each:05}" for each in range(1500)]
    features = pa.table({"customer_id": ids, **columns})
    memberships = pa.table({"customer_id": ids, "persona_id": group.astype(str)})
    rounded, after = fit(connection, features, memberships, names=tuple(columns))
    monkeypatch.setattr(tree, "round_threshold", lambda threshold, *_: float(threshold))
    exact, before = fit(connection, features, memberships, names=tuple(columns))
    key = ["persona_id", "rule_number"]
    both = before.merge(after, on=key, suffixes=("_before", "_after"))
    assert len(both) == len(before) == len(after)
    same = both[(both["customer_count_before"] >= 75) & (both["customer_count_after"] >= 75)]
    for figure in ("coverage", "precision"):
        moved = (same[f"{figure}_after"] - same[f"{figure}_before"]).abs()
        assert moved.max() <= 0.03, same
    figures = [
        re.findall(r"[0-9][0-9,.]*", " ".join(each["condition"].to_pylist()))
        for each in (rounded, exact)
    ]
    digits = [
        np.mean([len(re.sub(r"[,.]|[0.]+$|^0[.]", "", each)) for each in found])
        for found in figures
    ]
    assert digits[0] <= 2.3 < digits[1]


@pytest.mark.parametrize(
    "threshold, values, unit, figure",
    [
        (92.5, [80, 85, 91, 94, 101], "days", 92.0),
        (92.5, [80, 85, 89, 96, 101], "days", 90.0),
        (371.2, [300, 340, 380, 402], "days", 365.0),
        (0.3141, [0.1, 0.28, 0.33, 0.5], "share", 0.3),
        (1_234.5, [900, 1_190.5, 1_260.25, 1_900], "currency", 1_200.0),
        (3.5, [1, 2, 3, 4, 5], "orders", 3.0),
        (-0.4, [-2, -1, 0.5, 3], "-1 to 1", 0.0),
        (0.00037, [0.0001, 0.00031, 0.00044, 1], "ratio", 0.0004),
        (5.5, [np.nan, 5, 6, np.nan], "", 5.0),
    ],
)
def test_a_threshold_is_the_roundest_figure_between_customers(threshold, values, unit, figure):
    values = np.array(values, dtype=float)
    is_whole = bool((values[~np.isnan(values)] % 1 == 0).all())
    asked = Question("x", unit, "number", None, is_whole)
    found = round_threshold(threshold, asked, values)
    assert found == figure
    assert ((values <= found) == (values <= threshold)).all()


def test_one_persona_and_no_feature(connection):
    features, memberships = planted(50)
    alone = memberships.set_column(1, "persona_id", pa.array(["all"] * 50))
    rules, counted = fit(connection, features, alone)
    assert rules.to_pylist()[0]["condition"] == "all customers"
    assert counted["lift"].tolist() == [1.0]
    rules, counted = fit(connection, features, memberships, names=("nothing",))
    assert len(rules) == len(counted) == 1


def test_no_members_give_no_rules(connection):
    features, memberships = planted(50)
    rules, counted = fit(connection, features, memberships.slice(0, 0))
    assert len(rules) == len(counted) == 0


def test_two_runs_give_the_same_rules(connection):
    features, memberships = planted()
    first, _ = fit(connection, features, memberships)
    second, _ = fit(duckdb.connect(config={"threads": 1}), features.slice(0), memberships)
    assert first.equals(second)


def test_a_label_takes_the_place_of_the_name():
    asked = Question("attribute_pets", "", "number", None, True, False, "pets at home")
    assert asked.write_words(Bounds(above=2)) == "pets at home at least 3"
    assert (
        Question("attribute_tea", "", "flag", label="wants tea").write_words(Bounds(above=0.5))
        == "wants tea: yes"
    )
