"""Customers are scored in batches as they are one by one, and told why."""

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from small_targets import DATES, features, fit, labels

from customer_personas.features.steps import write_step
from customer_personas.prediction.fits_table import describe_model
from customer_personas.prediction.scoring import explain, reasons_sql, score_customers

ALGORITHMS = ["decision_tree", "rbf_svm", "logistic_regression", "random_forest"]


@pytest.fixture(scope="module")
def fitted():
    connection = duckdb.connect()
    table = features(250)
    return fit(connection, table, labels(table, ["no", "yes"]), algorithms=ALGORITHMS)


@pytest.fixture
def connection():
    connection = duckdb.connect()
    customers = features(300, DATES[:1], seed=5).slice(0, 300)  # noqa: F841
    connection.execute("create table customers as from customers")
    return connection


def published(fitted, algorithm):
    """The rows of the table, were this algorithm the published one."""
    return [
        row
        | describe_model(fitted.models[row["model_id"]], keeps_estimator=True)
        | {"is_published": row["algorithm"] == algorithm}
        for row in fitted.table.to_pylist()
    ]


def score(connection, fits, **settings):
    reader = score_customers(connection.cursor(), "from customers", fits, **settings)
    return reader.read_all().sort_by([("customer_id", "ascending"), ("class", "ascending")])


@pytest.mark.parametrize("algorithm", ["majority", *ALGORITHMS])
def test_batches_of_any_size_give_the_same(connection, fitted, algorithm):
    fits = published(fitted, algorithm)
    whole = score(connection, fits)
    expected = fitted.models[f"will_purchase_{algorithm}"].predict(connection.table("customers"))
    assert whole["customer_id"].to_pylist() == expected["customer_id"].tolist()
    assert np.allclose(whole["probability"], expected["probability"], atol=1e-6)
    for batch_rows in (1, 7, 299):
        parts = score(connection, fits, batch_rows=batch_rows)
        assert parts.drop(["probability", "reasons"]) == whole.drop(["probability", "reasons"])
        assert np.allclose(parts["probability"], whole["probability"], atol=1e-12)
        assert names_of(parts) == names_of(whole)


def names_of(scores):
    return [
        [each["feature_name"] for each in reasons or []]
        for reasons in scores["reasons"].to_pylist()
    ]


def list_reasons(connection, scores, names):
    connection.register("scores", scores)
    connection.execute("create or replace temp view features as from customers")
    return connection.execute(reasons_sql(names)).fetchall()


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_the_likeliest_class_has_the_reasons(connection, fitted, algorithm):
    scores = score(connection, published(fitted, algorithm)).to_pandas()
    told = scores[scores["reasons"].notna()]
    likeliest = scores.loc[scores.groupby("customer_id")["probability"].idxmax()]
    assert told["customer_id"].tolist() == likeliest["customer_id"].tolist()
    assert told["class"].tolist() == likeliest["class"].tolist()
    for reasons in told["reasons"]:
        contributions = [each["contribution"] for each in reasons]
        assert len(reasons) <= 3 and contributions == sorted(contributions, reverse=True)
        assert all(each > 0 for each in contributions)


def test_a_kernel_is_explained_by_a_linear_model(connection, fitted):
    fits = published(fitted, "rbf_svm")
    (row,) = [row for row in fits if row["is_published"]]
    assert row["explained_by"] == "will_purchase_logistic_regression"
    assert any(names_of(score(connection, fits)))


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_scores_know_what_is_not_published_in_steps_only(connection, fitted, algorithm):
    """Whoever knows the model and all else of a customer learns the step, and no more."""
    fits = published(fitted, algorithm)
    names = ["recency_days", "order_days", "days_since_first_order"]
    plain = score(connection, fits)
    told = score(connection, fits, unpublished=names)
    assert told["probability"] != plain["probability"]
    steps = ", ".join(f"{write_step(name)} as {name}" for name in names)
    connection.execute(f"create table stepped as select * replace ({steps}) from customers")
    connection.execute("drop table customers; alter table stepped rename to customers")
    # any two customers of the same step, and of the same all else, have the same of all
    assert score(connection, fits, unpublished=names) == score(connection, fits) == told


@pytest.mark.parametrize(
    ("feature", "values"),
    [("age_years", [(35, 44), (18, 24), (65, 90), (25, 34)]), ("income", [(46000, 54999)])],
)
def test_a_step_holds_all_values_of_a_band(connection, feature, values):
    for low, high in values:
        steps = connection.execute(
            f"select distinct {write_step(feature)} from (values (?), (?)) as given ({feature})",
            [low, high],
        ).fetchall()
        assert len(steps) == 1


def test_a_baseline_without_features_has_no_reasons(connection, fitted):
    scores = score(connection, published(fitted, "majority"))
    assert scores["reasons"].null_count == len(scores) == 600
    assert list_reasons(connection, scores, []) == []


def test_nothing_published_gives_no_rows(connection):
    assert score_customers(connection.cursor(), "from customers", []).read_all().num_rows == 0


def test_reasons_are_listed_with_the_customers_own_values(connection, fitted):
    scores = score(connection, published(fitted, "decision_tree"))
    names = sorted({name for each in names_of(scores) for name in each})
    listed = list_reasons(connection, scores, names)
    assert len(listed) == sum(map(len, names_of(scores)))
    own = {
        row["customer_id"]: row
        for row in connection.table("customers").to_arrow_table().to_pylist()
    }
    for customer, _, _, feature, value, contribution in listed:
        known = own[customer][feature]
        assert contribution > 0
        assert (value is None) == (known is None)
        if isinstance(known, float):
            assert float(value) == known


def test_equal_contributions_rank_by_name(fitted):
    class Equal:
        encoding = fitted.models["will_purchase_logistic_regression"].model.encoding

        def contributions(self, X, predicted):
            return np.ones(X.shape) + np.random.default_rng(1).normal(size=X.shape) * 1e-12

    class Model:
        model = Equal()

    inputs = len(Equal.encoding.inputs)
    (reasons,) = explain(Model(), np.zeros((1, inputs)), np.zeros(1, dtype=int)).to_pylist()
    counts = dict.fromkeys(sorted(Equal.encoding.features), 0)
    for each in Equal.encoding.inputs:
        counts[each.feature] += 1
    expected = sorted(counts, key=lambda name: (-counts[name], name))[:3]
    assert [each["feature_name"] for each in reasons] == expected


def test_the_schema_holds_without_batches(connection):
    reader = score_customers(connection.cursor(), "from customers", [])
    assert isinstance(reader, pa.RecordBatchReader)
    assert "reasons" in reader.schema.names
