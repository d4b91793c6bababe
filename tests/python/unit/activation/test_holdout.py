"""The holdout over twelve monthly builds: the same people, and people like all others."""

from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from rendered import render
from scipy.stats import chi2_contingency

ROOT = Path(__file__).parents[4]
MODEL = (ROOT / "models" / "intermediate" / "customers" / "int_holdout.sql").read_text()
MONTHS, FIRST, NEW = 12, 3_000, 250
SALTS = 200


@pytest.fixture
def connection():
    with duckdb.connect() as opened:
        opened.execute("create table stg_state__holdout_salts as select 'salt' as salt")
        yield opened


def people_of(month: int) -> list[str]:
    return [f"{number:05}" for number in range(FIRST + month * NEW)]


def hold_out(connection: duckdb.DuckDBPyConnection, month: int, share: float) -> dict[str, bool]:
    """Build the model of a month over identities in any order; a second system comes midway."""
    own_ids = np.random.default_rng(month).permutation(people_of(month))
    prefix = "shop:" if month >= MONTHS // 2 else ""
    identities = pa.table(
        {
            "source_customer_id": own_ids,
            "customer_id": [prefix + each for each in own_ids],
        }
    )
    connection.register("customer_identities", identities)
    model = render(MODEL, holdout_share=share)
    rows = connection.execute(f"select own_id, is_held_out from ({model})").fetchall()
    return dict(rows)


def test_the_same_people_are_held_out_in_each_of_twelve_builds(connection):
    before: dict[str, bool] = {}
    for month in range(MONTHS):
        now = hold_out(connection, month, 0.1)
        assert len(now) == FIRST + month * NEW
        assert now.items() >= before.items()
        # of the new ones as many as of the others, but for chance
        new = np.array([held for own_id, held in now.items() if own_id not in before])
        assert abs(new.mean() - 0.1) < 4 * (0.1 * 0.9 / len(new)) ** 0.5
        before = now
    larger = hold_out(connection, MONTHS - 1, 0.15)
    assert {each for each, held in before.items() if held} < {
        each for each, held in larger.items() if held
    }


def test_personas_of_the_held_out_differ_from_the_rest_by_no_more_than_chance(connection):
    """Over 200 salts a test of 5 % finds a difference about as often, in each month."""
    own_ids = pa.table({"own_id": people_of(MONTHS)})
    connection.register("people", own_ids)
    number = render("{{ holdout_number('salt', \"''\", 'own_id') }}")
    held_out = connection.execute(
        f"select {number} < 0.1 as is_held_out from range({SALTS}) as salts (salt) "
        "cross join people order by salt, own_id"
    ).fetchnumpy()["is_held_out"]
    held_out = np.asarray(held_out).reshape(SALTS, len(own_ids))
    rng = np.random.default_rng(5)
    personas = rng.choice(5, len(own_ids), p=[0.4, 0.3, 0.15, 0.1, 0.05])
    for month in range(MONTHS):
        # customers move between personas from month to month
        moved = rng.random(len(personas)) < 0.08
        personas[moved] = rng.choice(5, moved.sum())
        size = len(people_of(month))
        found = 0.0
        for drawn in held_out[:, :size]:
            groups = [np.bincount(personas[:size][side], minlength=5) for side in (drawn, ~drawn)]
            found += (chi2_contingency(groups).pvalue < 0.05) / SALTS
        assert 0.01 < found < 0.1, month
