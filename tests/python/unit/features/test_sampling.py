"""Samples take whole customers, the same on every run."""

import duckdb

from customer_personas.features.sampling import sample_customers


def test_sample_takes_whole_customers_within_bounds():
    connection = duckdb.connect()
    relation = connection.sql("select (i % 100)::varchar as customer_id, i from range(1000) t (i)")
    first = sample_customers(relation, 305, 1).order("customer_id, i").fetchall()
    assert len(first) == 300
    assert len({customer for customer, _ in first}) == 30
    assert first == sample_customers(relation.order("i desc"), 305, 1).order("all").fetchall()
    assert first != sample_customers(relation, 305, 2).order("customer_id, i").fetchall()


def test_sample_is_that_of_the_model():
    # the unit test of the model has the same customers: past features are computed of these only
    relation = duckdb.sql("select unnest(['c', 'c', 'c', 'a', 'b', 'e', 'e', 'd']) as customer_id")
    taken = sample_customers(relation, 5, 1).distinct().order("customer_id").fetchall()
    assert taken == [("a",), ("b",), ("c",)]
