"""The test of what is recommended finds what is wrong and nothing else, of one shop and of two."""

from pathlib import Path

import duckdb
import pytest
from rendered import render

TEST = Path(__file__).parents[4] / "tests/marts/assert_recommendations_keep_to_their_kind.sql"

# as int_order_lines has it: of two shops, the ids of products have the shop in front
LINES = """
    select * from (values
        ('1', '{0}tea', 'sale', 2, false, date '2025-01-05'),
        ('1', '{0}tea', 'return', 1, false, date '2025-01-09'),
        ('1', '{0}cup', 'sale', 1, false, date '2025-01-05'),
        ('1', '{0}cup', 'return', 1, false, date '2025-01-09'),
        ('1', '{0}pot', 'sale', 1, true, date '2025-01-05'),
        ('1', '{0}hat', 'sale', 1, false, date '2025-02-01')
    ) as lines (customer_id, product_id, line_type, quantity, is_taken_back, ordered_on)
"""


def found(systems: list[str], *recommended: tuple[str, str]) -> set[str]:
    """Names of the products that the test finds wrong, of those recommended as (kind, name)."""
    prefix = f"{systems[0]}:" if len(systems) > 1 else ""
    sql = render(
        TEST.read_text(encoding="utf-8"),
        source_systems={system: ["order_lines"] for system in systems},
    )
    with duckdb.connect() as connection:
        connection.execute(f"create table int_order_lines as {LINES.format(prefix)}")
        connection.execute(
            "create table customer_recommendations "
            "(customer_id varchar, kind varchar, product_id varchar, as_of_date date)"
        )
        for kind, product in recommended:
            connection.execute(
                "insert into customer_recommendations values ('1', ?, ?, date '2025-02-01')",
                [kind, prefix + product],
            )
        rows = connection.execute(f"select product_id from ({sql})").fetchall()
    return {product.removeprefix(prefix) for (product,) in rows}


@pytest.mark.parametrize("systems", [["shop"], ["shop", "till"]])
def test_what_is_right_is_not_found(systems):
    # what is bought from as_of_date on was not bought before
    assert found(systems, ("buy_again", "tea"), ("discover", "hat"), ("discover", "new")) == set()


@pytest.mark.parametrize("systems", [["shop"], ["shop", "till"]])
@pytest.mark.parametrize(
    "wrong",
    [("discover", "tea"), ("buy_again", "new"), ("buy_again", "cup"), ("buy_again", "pot")],
)
def test_what_is_wrong_is_found(systems, wrong):
    assert found(systems, wrong) == {wrong[1]}
