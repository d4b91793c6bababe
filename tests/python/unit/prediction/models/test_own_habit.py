"""The own habit is the own order of shares."""

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from small_targets import assert_kept_models_agree, features, fit, labels, rows_of


@pytest.fixture
def connection():
    return duckdb.connect()


def test_own_habit_is_the_own_order_of_shares(connection):
    table = features()
    rng = np.random.default_rng(3)
    spent = rng.dirichlet([0.5, 0.5, 0.5], len(table))
    for position, name in enumerate(("tea", "toys", "tools")):
        table = table.append_column(f"category_share_{name}", pa.array(spent[:, position]))
    labelled = labels(table, ["tea", "toys", "tools"], "next")
    shares = {f"category_share_{name}": name for name in ("tea", "toys", "tools")}
    fitted = fit(connection, table, labelled, target="next", shares=shares)
    assert "own_habit" in rows_of(fitted)
    assert_kept_models_agree(connection, fitted, table.slice(0, 400))
    found = fitted.models["next_own_habit"].predict(connection.from_arrow(table.slice(0, 400)))
    top = found.sort_values("probability").groupby("customer_id").last()["class"]
    expected = np.array(["tea", "toys", "tools"])[spent[:400].argmax(axis=1)]
    assert (top.to_numpy() == expected).all()
