"""Personas are chosen on evidence, and refused where there is none."""

import json
from datetime import date

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from companies import DAY, blobs, features_of, purchases, relations
from sklearn.metrics import adjusted_rand_score

from customer_personas.segmentation.fits import fit_personas
from customer_personas.segmentation.selection import SHUFFLED_METRICS

EARLIER = date(2023, 10, 1)


@pytest.fixture
def connection():
    return duckdb.connect()


def fit(connection, table, *, later=(), champion=None, seed=7, **kinds):
    features, catalog, sets, rules, _ = relations(connection, table, **kinds)
    found = fit_personas(
        features,
        catalog,
        sets,
        rules,
        purchases(connection, list(later)),
        champion=champion,
        observation_date=DAY,
        seed=seed,
        fewest=4,
        most=8,
        margin=0.1,
        sample_size=10_000,
    )
    return found.to_pylist(maps_as_pydicts="strict")


def chosen(rows):
    (row,) = [row for row in rows if row["is_champion"]]
    return row


def clusters_of(connection, table, row):
    scored = connection.from_arrow(table).query("features", row["scoring_sql"]).order("customer_id")
    return dict(scored.project("customer_id, cluster").fetchall())


def test_groups_are_found_without_orders_by_silhouette(connection):
    values, group = blobs([200] * 5)
    table = features_of(values)
    row = chosen(fit(connection, table))
    assert row["role"] == "candidate"
    assert row["cluster_count"] == 5
    assert "usefulness" not in row["metrics"]
    assert not row["is_continuum"]
    assert min(row["jaccards"]) > 0.95
    found = clusters_of(connection, table, row)
    assert adjusted_rand_score(group, [found[f"{n:06}"] for n in range(len(group))]) > 0.99


def test_later_purchases_decide_between_feature_sets(connection):
    # both sets have five clean groups; only those of `money` tell later spend
    money, spender = blobs([200] * 5, seed=1)
    looks, _ = blobs([200] * 5, seed=2)
    looks = looks[np.random.default_rng(0).permutation(1000)]
    names = [f"m{n}" for n in range(4)] + [f"l{n}" for n in range(4)]
    now = features_of(np.hstack([money, looks]), names=names)
    then = features_of(np.hstack([money, looks]), names=names, day=EARLIER)
    later = [(f"{n:06}", EARLIER, None, float(10 ** spender[n])) for n in range(1000)]
    table = pa.concat_tables([now, then])
    families = {name: "money" if name.startswith("m") else "looks" for name in names}
    features, catalog, _, rules, _ = relations(connection, table, families=families)
    sets = connection.sql(
        "select * from (values ('a', 'looks'), ('b', 'money')) t (feature_set, family)"
    )
    rows = fit_personas(
        features, catalog, sets, rules, purchases(connection, later), champion=None,
        observation_date=DAY, seed=7, fewest=4, most=8, margin=0.1, sample_size=10_000,
    ).to_pylist(maps_as_pydicts="strict")  # fmt: skip
    row = chosen(rows)
    assert row["feature_set"] == "b"
    assert row["cluster_count"] == 5
    assert row["metrics"]["usefulness"] > 0.95
    assert "usefulness" in row["reason"]
    others = [each for each in rows if each["feature_set"] == "a"]
    assert max(each["metrics"].get("usefulness", 0) for each in others) < 0.1
    # what cannot be chosen is not fitted on today's customers
    unfitted = [each for each in rows if each["scoring_sql"] is None]
    assert {each["feature_set"] for each in unfitted} == {"a", "b"}
    assert all(
        set(each["metrics"]) <= {"later_spend_explained", "usefulness"} | set(SHUFFLED_METRICS)
        for each in unfitted
    )
    assert all(each["reason"].startswith("Not chosen: usefulness") for each in unfitted)


@pytest.mark.parametrize(
    ("buyers", "amount"),
    [
        (range(500, 1000), 50.0),  # who bought later was first seen after the earlier date
        (range(99), 50.0),  # too few of those who were known bought something
        (range(500), -50.0),  # what was given back is nothing bought
    ],
)
def test_usefulness_is_unknown_where_too_few_of_the_earlier_customers_bought(
    connection, buyers, amount
):
    values, _ = blobs([200] * 5)
    then = features_of(values, day=EARLIER).slice(0, 500)
    later = [(f"{n:06}", EARLIER, None, amount) for n in buyers]
    table = pa.concat_tables([features_of(values), then])
    rows = fit(connection, table, later=later)
    assert chosen(rows)["cluster_count"] == 5
    assert all("usefulness" not in row["metrics"] for row in rows)


def test_two_groups_are_an_honest_smaller_result(connection):
    values, _ = blobs([500, 500])
    row = chosen(fit(connection, features_of(values)))
    assert row["role"] == "candidate"
    assert row["cluster_count"] == 2


@pytest.mark.parametrize(
    ("count", "seed"), [(300, 1), (300, 2), pytest.param(2000, 1, marks=pytest.mark.slow)]
)
def test_independent_noise_is_refused(connection, count, seed):
    rng = np.random.default_rng(seed)
    values = np.column_stack(
        [rng.normal(size=count), rng.exponential(size=count), rng.random(count)]
    )
    row = chosen(fit(connection, features_of(values)))
    assert row["role"] == "fallback"
    assert row["algorithm"] == "everybody"
    assert "no better than noise" in row["reason"] or "not stable" in row["reason"]


@pytest.mark.parametrize("kind", ["normal", pytest.param("skewed", marks=pytest.mark.slow)])
def test_groups_are_found_beside_twenty_columns_that_say_nothing(connection, kind):
    values, group = blobs([120] * 5, spread=0.6)
    rng = np.random.default_rng(2)
    draw = rng.normal if kind == "normal" else rng.exponential
    table = features_of(np.hstack([values, draw(size=(600, 20))]))
    rows = fit(connection, table)
    row = chosen(rows)
    assert row["features"] == ["x0", "x1", "x2", "x3"]
    assert row["cluster_count"] == 5
    assert not row["is_continuum"]
    assert row["model_id"].endswith("_narrowed")
    assert row["reason"].endswith("Features that tell no groups apart were left out.")
    found = clusters_of(connection, table, row)
    assert adjusted_rand_score(group, [found[f"{n:06}"] for n in range(len(group))]) > 0.8
    assert len({each["model_id"] for each in rows}) == len(rows)


def test_twenty_columns_that_say_nothing_are_refused(connection):
    values = np.random.default_rng(4).normal(size=(300, 20))
    row = chosen(fit(connection, features_of(values)))
    assert row["role"] == "fallback"


def test_reshuffled_columns_of_real_groups_are_refused(connection):
    values, _ = blobs([80, 80, 70, 70])
    rng = np.random.default_rng(0)
    shuffled = np.column_stack([rng.permutation(column) for column in values.T])
    row = chosen(fit(connection, features_of(shuffled)))
    assert row["role"] == "fallback"
    assert "reshuffled columns" in row["reason"]


@pytest.mark.parametrize(
    ("seed", "are_published"),
    [(1, True), pytest.param(2, False, marks=pytest.mark.slow), (3, False)],
)
def test_correlation_alone_is_published_as_a_continuum_at_most(connection, seed, are_published):
    rng = np.random.default_rng(seed)
    values = 0.9 * rng.normal(size=(2000, 1)) + 0.4 * rng.normal(size=(2000, 3))
    row = chosen(fit(connection, features_of(values)))
    assert row["is_continuum"] or (row["role"] == "fallback" and not are_published)


def test_refusal_falls_back_to_rfm_segments_where_there_are_orders(connection):
    rng = np.random.default_rng(0)
    values = np.column_stack(
        [rng.integers(1, 400, 600), rng.integers(1, 20, 600), rng.exponential(100, 600)]
    ).astype(float)
    table = features_of(values, names=["recency_days", "frequency", "monetary_value"])
    families = dict.fromkeys(["recency_days", "frequency", "monetary_value"], "rfm")
    row = chosen(fit(connection, table, families=families))
    assert row["role"] == "fallback"
    assert row["algorithm"] == "rfm_segments"
    assert json.loads(row["parameters"])["segments"] == ["Buyers", "Best"]
    found = clusters_of(connection, table, row)
    frequency = dict(zip(table["customer_id"].to_pylist(), values[:, 1], strict=True))
    # scores 4 and 5: the upper two fifths of the customers
    border = min(frequency[each] for each, cluster in found.items() if cluster == 1)
    assert all((frequency[each] >= border) == (cluster == 1) for each, cluster in found.items())
    assert 0.3 < np.mean(list(found.values())) < 0.5


@pytest.mark.parametrize(
    "values",
    [
        np.zeros((0, 3)),
        np.zeros((1, 3)),
        np.random.default_rng(0).normal(size=(4, 3)),
        np.ones((500, 3)),
        np.full((500, 3), np.nan),
        np.random.default_rng(0).normal(size=(500, 1)),
        np.repeat(np.random.default_rng(0).normal(size=(3, 3)), 100, axis=0),
        np.where(np.random.default_rng(0).random((500, 3)) < 0.97, np.nan, 1.5),
    ],
    ids=["nobody", "one", "four", "constant", "null", "one feature", "duplicates", "nearly null"],
)
def test_bad_input_gives_a_smaller_honest_result(connection, values):
    table = features_of(values)
    # NaN stands for null here
    for place in range(2, table.num_columns):
        column = pa.array(values[:, place - 2], from_pandas=True)
        table = table.set_column(place, table.column_names[place], column)
    row = chosen(fit(connection, table))
    found = clusters_of(connection, table, row)
    assert row["cluster_count"] <= 3
    assert len(set(found.values())) <= 3
    assert row["reason"]
    if row["role"] == "fallback":
        assert "Stands in for personas" in row["reason"]


def test_another_seed_finds_the_same(connection):
    values, _ = blobs([300, 250, 200, 150, 100])
    table = features_of(values)
    rows = [chosen(fit(connection, table, seed=seed)) for seed in (1, 2)]
    assert rows[0]["cluster_count"] == rows[1]["cluster_count"]
    labels = [list(clusters_of(connection, table, row).values()) for row in rows]
    assert adjusted_rand_score(*labels) > 0.99


def test_work_is_bounded_by_a_sample_and_large_ones_try_mini_batches(connection):
    values, group = blobs([4000, 3000, 2500, 2500])
    table = features_of(values)
    features, catalog, sets, rules, later = relations(connection, table)
    lines = []
    rows = fit_personas(
        features, catalog, sets, rules, later, champion=None, observation_date=DAY, seed=7,
        fewest=4, most=4, margin=0.1, sample_size=10_000, progress=lines.append,
    ).to_pylist(maps_as_pydicts="strict")  # fmt: skip
    assert {row["customer_count"] for row in rows} == {10_000}
    assert "minibatch_kmeans" in {row["algorithm"] for row in rows}
    assert "everything: 10000 customers, 4 inputs, clusters tried: 4" in lines
    # everybody is scored, who was not in the sample as well
    found = clusters_of(connection, table, chosen(rows))
    assert adjusted_rand_score(group, [found[f"{n:06}"] for n in range(len(group))]) > 0.99
