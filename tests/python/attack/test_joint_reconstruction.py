"""An attacker who holds all tables of a company's personas and audiences against each other.

Not those that list customers: reports, slides and dashboards go to people who do not get them.
"""

import itertools
import os

import duckdb
import numpy as np
import pytest
from rendered import render
from scipy.optimize import Bounds, LinearConstraint, milp
from test_model_reconstruction import CELL, MODELS, sql_of
from test_reconstruction import publish as publish_traits
from test_reconstruction import traits_sql

__all__ = ["traits_sql"]

SEEDS = int(os.environ.get("PERSONA_FUZZ_EXAMPLES", "2"))
# Two audiences, as dbt's graph gives them; a customer is in none, the first, the second or both.
SETTINGS = dict.fromkeys(["label", "owner", "channel", "purpose"], "x")
NODES = [{"name": name, "raw_code": "select 1", "config": {"meta": {}}} for name in "ab"]
AUDIENCES = render(
    (MODELS / "marts" / "audiences" / "audiences.sql")
    .read_text()
    .replace("{%- do audience_inputs() %}", "")
    .replace("audience_nodes()", str(NODES))
    .replace(
        "audience_settings(node.name, node.config.meta)",
        f"{SETTINGS | {'holdout_share': 0, 'valid_until': None}}",
    )
    .replace("render(node.raw_code)", "node.raw_code"),
    minimum_cell=CELL,
    random_seed=1,
)
IN = {"a": [0, 1, 0, 1], "b": [0, 0, 1, 1]}


def company(customers: int, seed: int) -> np.ndarray:
    """Draw counts of customers by persona (the last: without one), audiences and level."""
    rng = np.random.default_rng([customers, seed])
    personas, levels = int(rng.integers(3, 6)), int(rng.integers(2, 5))
    mixes = rng.dirichlet(np.full(levels, rng.choice([0.3, 1, 3])), personas)
    chances = rng.dirichlet(np.full(4, rng.choice([0.3, 1])), personas)
    cells = np.zeros((personas, 4, levels), dtype=int)
    sizes = rng.multinomial(customers, rng.dirichlet(np.full(personas, 3)))
    for persona, size in enumerate(sizes):
        joint = np.outer(chances[persona], mixes[persona])
        cells[persona] = rng.multinomial(size, joint.ravel()).reshape(joint.shape)
    cells[-1] *= seed % 2
    return cells


def publish_audiences(cells: np.ndarray, shares: dict, overall: dict) -> list[tuple]:
    """Publish sizes, overlaps and traits of audiences: (audiences, level or None, count)."""
    with duckdb.connect() as connection:
        connection.execute(
            "create table current_build as select date '2025-02-01' as as_of_date; "
            "create table audience_memberships as select 'a' as audience, "
            "date '2025-01-01' as valid_from, null::date as valid_to where false; "
            "create table people (customer_id bigint, persona_id varchar, place integer, "
            "level integer)"
        )
        people = [each for each in np.ndindex(cells.shape) for _ in range(cells[each])]
        connection.executemany(
            "insert into people values (?, ?, ?, ?)",
            [
                [number, f"P{each[0]}" if each[0] < len(cells) - 1 else None, *each[1:]]
                for number, each in enumerate(people)
            ],
        )
        connection.execute(
            "create table customers as select customer_id, persona_id from people; "
            "create table audience_members as select audience, customer_id, true as has_consent, "
            "false as is_held_out, true as is_reachable from people, (values ('a'), ('b')) as _ "
            "(audience) where case audience when 'a' then place % 2 = 1 else place >= 2 end; "
            "create table persona_trait_scores as select persona_id, 'job' as feature_name, "
            "'job ' || levels.level as feature_level, count(*) as known_count, "
            "count(*) filter (people.level = levels.level) / count(*) as mean from people, "
            "(select distinct level from people) as levels where persona_id is not null "
            "group by all"
        )
        told = [
            (IN[audience], None, count)
            for audience, count in connection.execute(
                f"select audience, customer_count from ({AUDIENCES}) "
                "where customer_count is not null"
            ).fetchall()
        ]
        overlaps = sql_of("marts/audiences/audience_overlaps.sql")
        told += [
            ([0, 0, 0, 1], None, count)
            for (count,) in connection.execute(
                f"select shared_customers from ({overlaps}) where shared_customers is not null"
            ).fetchall()
        ]
        connection.execute(
            "create table audience_trait_scores as select audience || if(case audience when 'a' "
            "then place % 2 = 1 else place >= 2 end, '', ' (others)') as persona_id, "
            "'job' as feature_name, 'job ' || levels.level as feature_level, "
            "count(*) as known_count, count(*) filter (people.level = levels.level) / count(*) "
            "as mean, 0.1 as z_score from people, (values ('a'), ('b')) as _ (audience), "
            "(select distinct level from people) as levels group by all; "
            "create table feature_catalog as select 'job' as feature_name, 'd' as family, "
            "'job' as label, null as no_trait_because, 'category' as unit, "
            "'category' as value_type; "
            "create table persona_traits (feature_name varchar, feature_level varchar, "
            "overall_mean double)"
        )
        connection.executemany(
            "insert into persona_traits values ('job', ?, ?)",
            [[f"job {level}", mean] for level, mean in overall.items()] or [["none", 0.0]],
        )
        query = sql_of("marts/audiences/audience_traits.sql")
        traits = connection.execute(
            f"select audience, feature_level, member_mean, known_count from ({query})"
        ).fetchall()
    for audience, level, mean, known in traits:
        told.append((IN[audience], int(level[4:]), round(mean * known)))
        told.append((IN[audience], None, known))
    return told


def few_determined(traits_sql: str, cells: np.ndarray, nested: bool = False) -> list[str]:
    """List the counts of few that follow from all that is told."""
    personas = len(cells)
    if nested:
        # the definition of the first audience says that it is of the first persona
        cells = cells.copy()
        cells[1:, 0] += cells[1:, 1]
        cells[1:, 2] += cells[1:, 3]
        cells[1:, [1, 3]] = 0
    shares, overall = publish_traits(traits_sql, cells[:-1].sum(axis=1))
    sums, totals = [np.ones(cells.shape)], [cells.sum()]

    def tell(mask: np.ndarray, total: float) -> None:
        sums.append(mask)
        totals.append(total)

    for persona in range(personas):
        mask = np.zeros(cells.shape)
        mask[persona] = 1
        # sizes of personas are no secret where no persona is of few
        tell(mask, cells[persona].sum())
    for (persona, level), share in shares.items():
        mask = np.zeros(cells.shape)
        mask[persona, :, level] = 1
        tell(mask, round(share * cells[persona].sum()))
    for inside, level, count in publish_audiences(cells, shares, overall):
        mask = np.zeros(cells.shape)
        mask[:, np.array(inside) == 1, slice(None) if level is None else level] = 1
        tell(mask, count)
    high = np.full(cells.shape, float(cells.sum()))
    if nested:
        high[1:, [1, 3]] = 0
    rows, known = np.array([mask.ravel() for mask in sums]), np.array(totals, dtype=float)
    found = []
    for name, mask in asked(cells.shape):
        count = int((cells * mask).sum())
        if not 0 < count < CELL:
            continue
        ends = [
            round(sign * milp(sign * mask.ravel(), constraints=LinearConstraint(rows, known, known),
                              bounds=Bounds(0, high.ravel()), integrality=np.ones(cells.size)).fun)
            for sign in (1, -1)
        ]  # fmt: skip
        assert ends[0] <= count <= ends[1]
        if ends[0] == ends[1]:
            found.append(f"{name}: {count}")
    return found


def asked(shape: tuple[int, int, int]) -> list[tuple[str, np.ndarray]]:
    """List what is asked for: in and out of each audience and persona, all and by level."""
    personas, _, levels = shape
    inside = {
        "a": IN["a"], "b": IN["b"], "not a": [1, 0, 1, 0], "not b": [1, 1, 0, 0],
        "neither": [1, 0, 0, 0], "both": [0, 0, 0, 1], "all": [1, 1, 1, 1],
    }  # fmt: skip
    goals = []
    of_levels = [None, *range(levels)]
    for (name, places), persona, level in itertools.product(
        inside.items(), [None, *range(personas)], of_levels
    ):
        mask = np.zeros(shape)
        part = mask if persona is None else mask[persona : persona + 1]
        part[:, np.array(places) == 1, slice(None) if level is None else level] = 1
        goals.append((f"{name}, persona {persona}, level {level}", mask))
    return goals


def draw(customers: int) -> list[np.ndarray]:
    """Draw companies whose personas tell their sizes, as a company of few does not."""
    drawn = [company(customers, seed) for seed in range(3 * SEEDS)]
    sizes = [cells.sum(axis=(1, 2)) for cells in drawn]
    # of few customers without a persona, totals tell how many they are
    enough = [((size == 0) | (size >= CELL)).all() for size in sizes]
    return list(itertools.compress(drawn, enough))[:SEEDS]


@pytest.mark.parametrize("customers", [30, 60, 80, 200])
@pytest.mark.parametrize("nested", [False, True])
def test_no_count_of_few_follows_from_personas_and_audiences_together(
    traits_sql, customers, nested
):
    for cells in draw(customers):
        assert few_determined(traits_sql, cells, nested) == []


def test_what_is_of_enough_is_told(traits_sql):
    cells = np.array([[[20, 20], [15, 15], [10, 10], [10, 10]], [[25, 9], [9, 9], [9, 9], [0, 0]]])
    cells = np.concatenate([cells, np.zeros_like(cells[:1])])
    shares, overall = publish_traits(traits_sql, cells[:-1].sum(axis=1))
    told = publish_audiences(cells, shares, overall)
    assert (IN["a"], None, 68) in told and (IN["b"], None, 58) in told
    assert {level for inside, level, _ in told if inside in (IN["a"], IN["b"])} > {None}
    assert ([0, 0, 0, 1], None, 20) in told
