"""The RFM segments that stand in for personas are those of the model rfm_scores."""

import itertools
from datetime import date

import duckdb
import pyarrow as pa
import pytest
from companies import relations
from conftest import ROOT
from rendered import render

from customer_personas.segmentation.rfm import RfmSegments, fit_rfm_segments

SEED = ROOT / "seeds" / "reference" / "rfm_segments.csv"
MODEL = ROOT / "models" / "features" / "purchases" / "rfm_scores.sql"
DAY = date(2024, 1, 1)


@pytest.fixture
def connection():
    connection = duckdb.connect()
    connection.execute(
        f"create table rfm_segments as from read_csv('{SEED}'); "
        f"create table observation_dates as "
        f"select date '{DAY}' as observation_date, true as is_as_of; "
        # built for the first time
        "create table stg_state__persona_builds (as_of_date date); "
        "create table int_customer_order_days ("
        "customer_id varchar, activity_date date, orders integer, net_amount decimal(18, 2))"
    )
    return connection


def buyers(recency_days, frequency, monetary_value):
    count = len(frequency)
    return pa.table(
        {
            "customer_id": [f"{number:04}" for number in range(count)],
            "observation_date": [DAY] * count,
            "recency_days": [float(each) for each in recency_days],
            "frequency": [float(each) for each in frequency],
            "monetary_value": [float(each) for each in monetary_value],
        }
    )


def segments_of_the_model(connection, table):
    """The segment and scores of each customer, by the query of rfm_scores."""
    connection.register("purchase_features", table)
    rows = (
        connection.sql(render(MODEL.read_text()))
        .filter("is_as_of")
        .project("customer_id, rfm_segment, r_score, f_score, m_score")
    )
    return {customer: (segment, scores) for customer, segment, *scores in rows.fetchall()}


def segments_of_the_package(connection, table, segments):
    features = connection.from_arrow(table)
    found = features.query("features", segments.write_assignment("frequency > 0"))
    return {
        customer: segments.names[cluster]
        for customer, cluster in found.project("customer_id, cluster").fetchall()
    }


def test_all_combinations_of_scores_have_the_same_segment(connection):
    scores = list(itertools.product(range(1, 6), repeat=3))
    table = buyers([-r for r, _, _ in scores], [f for _, f, _ in scores], [m for _, _, m in scores])
    expected = segments_of_the_model(connection, table)
    assert len({tuple(each) for _, each in expected.values()}) == 125
    bounds = {"r": [-2.0, -3.0, -4.0, -5.0], "f": [2.0, 3.0, 4.0, 5.0], "m": [2.0, 3.0, 4.0, 5.0]}
    rules = connection.table("rfm_segments").to_arrow_table().to_pylist()
    found = segments_of_the_package(connection, table, RfmSegments(bounds, rules))
    assert found == {customer: segment for customer, (segment, _) in expected.items()}


def test_quintiles_begin_at_the_same_values(connection):
    # ties, and a spread that no quintile divides evenly
    numbers = range(501)
    table = buyers(
        [number * 7 % 90 for number in numbers],
        [1 + number % 4 for number in numbers],
        [(number % 53) ** 2 for number in numbers],
    )
    expected = segments_of_the_model(connection, table)
    features, catalog, *_ = relations(connection, table)
    segments = fit_rfm_segments(features, catalog, connection.table("rfm_segments"))
    found = segments_of_the_package(connection, table, segments)
    assert found == {customer: segment for customer, (segment, _) in expected.items()}
    assert len(set(found.values())) >= 5
