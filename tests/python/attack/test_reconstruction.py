"""An attacker who knows the sizes of all personas cannot work out a share that is not told."""

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from rendered import MACROS, render
from scipy.optimize import Bounds, LinearConstraint, milp

CELL = 5
MARTS = MACROS.parent / "models" / "marts"


@pytest.fixture(scope="module")
def traits_sql() -> str:
    """The query of marts.persona_traits over tables of the names that it refers to."""
    return render((MARTS / "personas" / "persona_traits.sql").read_text(), minimum_cell=CELL)


def publish(sql: str, counts: np.ndarray, kept: tuple = ()) -> tuple[dict, dict]:
    """Publish levels, columns of counts of personas: shares by both, overall ones by level."""
    # those of `kept` keep their sizes to themselves
    known, total = counts.sum(axis=1), counts.sum()
    overall = counts.sum(axis=0) / total
    rows = []
    for persona, level in np.ndindex(*counts.shape):
        share, base = counts[persona, level] / max(known[persona], 1), overall[level]
        spread = np.sqrt(base * (1 - base)) or None
        score = None if spread is None else float((share - base) / spread)
        rows.append((f"P{persona}", "job", f"job {level}", int(known[persona]), float(share), 0.0,
                     float(base), 0.0, score))  # fmt: skip
    with duckdb.connect() as connection:
        connection.execute(
            "create table persona_trait_scores (persona_id varchar, feature_name varchar, "
            "feature_level varchar, known_count bigint, mean double, median double, "
            "overall_mean double, overall_median double, z_score double); "
            "create table feature_catalog as select 'job' as feature_name, 'd' as family, "
            "'job' as label, null as no_trait_because, "
            "'category' as unit, 'category' as value_type, false as is_published; "
            "create table persona_names as select distinct 'P' || range as persona_id, "
            "'P' as persona_name from range(20); "
            "create table personas as select persona_id, 1 as customer_count from persona_names"
        )
        connection.executemany(
            "update personas set customer_count = null where persona_id = ?",
            [[f"P{persona}"] for persona in (*kept, 99)],
        )
        connection.executemany(f"insert into persona_trait_scores values ({'?, ' * 8}?)", rows)
        shown = connection.execute(
            f"select persona_id, feature_level, member_mean, overall_mean from ({sql})"
        ).fetchall()
    shares = {(int(p[1:]), int(level[4:])): mean for p, level, mean, _ in shown}
    return shares, {int(level[4:]): mean for _, level, _, mean in shown}


def possible(
    counts: np.ndarray, shares: dict, totals: tuple[int, ...] = ()
) -> dict[tuple[int, int], tuple[int, int]]:
    """Give what each count that is not told can be, from what is told and the personas' sizes."""
    # and from totals of levels, where they are told
    known, cells = counts.sum(axis=1), list(np.ndindex(*counts.shape))
    sums = np.zeros((len(known) + len(totals), len(cells)))
    for place, (persona, level) in enumerate(cells):
        sums[persona, place] = 1
        if level in totals:
            sums[len(known) + totals.index(level), place] = 1
    known = np.concatenate([known, counts.sum(axis=0)[list(totals)]])
    low, high = np.zeros(len(cells)), np.array([float(known[persona]) for persona, _ in cells])
    for place, cell in enumerate(cells):
        if cell in shares:
            low[place] = high[place] = round(shares[cell] * known[cell[0]])
    ranges = {}
    for place, cell in enumerate(cells):
        if cell in shares:
            continue
        found = []
        for sign in (1, -1):
            goal = np.zeros(len(cells))
            goal[place] = sign
            solved = milp(
                goal,
                constraints=LinearConstraint(sums, known, known),
                bounds=Bounds(low, high),
                integrality=np.ones(len(cells)),
            )
            found.append(round(sign * solved.fun))
        ranges[cell] = (found[0], found[1])
    return ranges


def company(customers: int, seed: int) -> np.ndarray:
    """Draw who has which job: some are rare, some are those of whole personas."""
    rng = np.random.default_rng([customers, seed])
    personas, levels = int(rng.integers(2, 7)), int(rng.integers(2, 7))
    mixes = rng.dirichlet(np.full(levels, rng.choice([0.1, 0.4, 2])), personas)
    sizes = rng.multinomial(customers, rng.dirichlet(np.full(personas, 3)))
    return np.array([rng.multinomial(size, mix) for size, mix in zip(sizes, mixes, strict=True)])


@pytest.mark.parametrize("customers", [30, 60, 80, 200])
@pytest.mark.parametrize("seed", range(6))
def test_no_level_of_few_can_be_worked_out(traits_sql, customers, seed):
    counts = company(customers, seed)
    shares, _ = publish(traits_sql, counts)
    known = counts.sum(axis=1)
    for (persona, level), share in shares.items():
        few = min(counts[persona, level], known[persona] - counts[persona, level])
        assert few >= CELL and share == counts[persona, level] / known[persona]
    for cell, (low, high) in possible(counts, shares).items():
        if 0 < counts[cell] < CELL:
            assert low < high, (counts, cell)


@pytest.mark.parametrize("seed", range(6))
def test_overall_shares_tell_nothing_about_what_is_not_told(traits_sql, seed):
    """Had somebody with a rare job another rare one, the figures would be the same."""
    counts = company(200, seed)
    shares, overall = publish(traits_sql, counts)
    hidden = [cell for cell in np.ndindex(*counts.shape) if cell not in shares]
    for persona, level in hidden:
        others = [each for each in hidden if each[0] == persona and each[1] != level]
        for _, other in others:
            moved = counts.copy()
            moved[persona, level] -= 1
            moved[persona, other] += 1
            few = [*counts[persona, [level, other]], *moved[persona, [level, other]]]
            if min(few) >= 0 and max(few) < CELL:
                assert publish(traits_sql, moved) == (shares, overall)


def test_a_zoo_keeper_is_not_found(traits_sql):
    """One of 57, in one of six personas: 0 % in the others would have told in which."""
    counts = np.array([[8, 1, 0], [9, 0, 0], [0, 9, 0], [10, 0, 0], [5, 5, 0], [0, 9, 1]])
    shares, overall = publish(traits_sql, counts)
    assert 2 not in overall and not any(level == 2 for _, level in shares)
    moved = counts.copy()
    moved[5, 1:], moved[0, 1:] = [10, 0], [0, 1]
    assert publish(traits_sql, moved) == (shares, overall)


@pytest.mark.parametrize("members", [5, 20, 30, 80, 200])
def test_a_new_member_tells_no_figure_that_is_published_of_nobody(traits_sql, members):
    """Means of two versions, times how many they are of, would be the figure of one who joined."""
    rng = np.random.default_rng(members)
    wide = 0
    for age in rng.integers(18, 90, 20):
        ages = rng.integers(18, 90, members)
        before, after = float(ages.mean()), float((ages.sum() + age) / (members + 1))
        shown = [publish_mean(traits_sql, members, before)]
        shown += [publish_mean(traits_sql, members + 1, after)]
        assert abs(shown[0] - before) <= 0.5 and abs(shown[1] - after) <= 0.5
        # all that each can have been, and the figure that follows
        low = (shown[1] - 0.5) * (members + 1) - (shown[0] + 0.5) * members
        high = (shown[1] + 0.5) * (members + 1) - (shown[0] - 0.5) * members
        assert low <= age <= high
        wide += min(high, 90) - max(low, 18) >= 10
    # no closer than the band of ten years that customers are published with
    assert wide >= 18 or members < 20


def publish_mean(sql: str, members: int, mean: float) -> float:
    """Publish the mean of a persona's ages."""
    with duckdb.connect() as connection:
        connection.execute(
            "create table persona_trait_scores as select 'P0' as persona_id, 'age' as "
            "feature_name, null::varchar as feature_level, ? as known_count, ?::double as mean, "
            "50.0 as median, 51.234 as overall_mean, 51.0 as overall_median, 0.4321 as z_score; ",
            [members, mean],
        )
        connection.execute(
            "create table feature_catalog as select 'age' as feature_name, 'd' as family, "
            "'age' as label, null as no_trait_because, "
            "'years' as unit, 'numeric' as value_type, false as is_published; "
            "create table persona_names as select 'P0' as persona_id, 'P' as persona_name; "
            "create table personas as select 'P0' as persona_id, 1 as customer_count"
        )
        ((shown, overall, z_score),) = connection.execute(
            f"select member_mean, overall_mean, z_score from ({sql})"
        ).fetchall()
    assert (overall, z_score) == (51, 0.4)
    return shown


def publish_audience(counts: np.ndarray) -> dict[tuple[int, int], float]:
    """Publish the shares of levels in an audience, the first row; the second are all others."""
    known, overall = counts.sum(axis=1), counts.sum(axis=0) / counts.sum()
    sides = pa.table(
        {
            "persona_id": np.repeat(["a", "a (others)"], counts.shape[1]),
            "feature_name": ["job"] * counts.size,
            "feature_level": [f"job {level}" for level in range(counts.shape[1])] * 2,
            "known_count": np.repeat(known, counts.shape[1]),
            "mean": (counts / np.maximum(known, 1)[:, None]).ravel(),
            "overall_mean": np.tile(overall, 2),
            "z_score": [0.0] * counts.size,
        }
    )
    with duckdb.connect() as connection:
        connection.register("audience_trait_scores", sides)
        connection.execute(
            "create table audience_members as select 'a' as audience, 1 as customer_id; "
            "create table customers as select 1 as customer_id, null::varchar as persona_id; "
            "create table persona_trait_scores as select * from audience_trait_scores where false; "
            "create table feature_catalog as select 'job' as feature_name, 'd' as family, "
            "'job' as label, null as no_trait_because, 'category' as unit, "
            "'category' as value_type; "
            "create table persona_traits as select * from audience_trait_scores"
        )
        query = render((MARTS / "audiences" / "audience_traits.sql").read_text(), minimum_cell=CELL)
        told = connection.execute(f"select feature_level, member_mean from ({query})").fetchall()
    return {(0, int(level[4:])): mean for level, mean in told}


@pytest.mark.parametrize("customers", [30, 60, 80, 200])
@pytest.mark.parametrize("seed", range(6))
def test_no_level_of_few_in_an_audience_or_outside_can_be_worked_out(customers, seed):
    """Overall shares give those of all others, whose sizes are no secret."""
    counts = company(customers, seed)
    counts = np.array([counts[0], counts[1:].sum(axis=0)])
    shares = publish_audience(counts)
    for (_, level), share in shares.items():
        assert share == counts[0, level] / counts[0].sum()
        for side in (0, 1):
            assert CELL <= counts[side, level] <= counts[side].sum() - CELL
    for cell, (low, high) in possible(counts, shares, tuple(k for _, k in shares)).items():
        if 0 < counts[cell] < CELL:
            assert low < high, (counts, cell)


def test_an_audience_of_which_enough_is_known_is_told():
    told = publish_audience(np.array([[20, 9, 8], [30, 20, 60]]))
    assert told == {(0, 0): 20 / 37, (0, 1): 9 / 37, (0, 2): 8 / 37}
