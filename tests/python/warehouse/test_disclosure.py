"""An attacker who knows all totals cannot work a withheld count out."""

import duckdb
import numpy as np
import pytest
from scipy.optimize import linprog


def feasible_ranges(moves, shown, below=5) -> dict[tuple, tuple[float, float]]:
    """What withheld cells can be, given what is shown and the members before and after.

    Parameters
    ----------
    moves : list of tuple
        Period, from, to and count, all of them; totals of personas are taken from here.
    shown : list of tuple
        The same as published: None for a withheld count; what is not there is zero.
    below : int
        Cells of so many customers are passed over.

    Returns
    -------
    dict
        Lowest and highest possible count of the smaller ones, by period, from and to.
    """
    ranges = {}
    for period in sorted({move[0] for move in moves}):
        withheld = [row[1:3] for row in shown if row[0] == period and row[3] is None]
        known = {row[1:3]: row[3] for row in shown if row[0] == period and row[3] is not None}
        true = {row[1:3]: row[3] for row in moves if row[0] == period}
        # nothing may be lost: a cell is shown as it is, or withheld
        assert all(cell in withheld or known.get(cell) == count for cell, count in true.items())
        sums, totals = [], []
        for persona in sorted({end for cell in true for end in cell if end}):
            for side in (0, 1):
                total = sum(count for cell, count in true.items() if cell[side] == persona)
                total -= sum(count for cell, count in known.items() if cell[side] == persona)
                sums.append([float(cell[side] == persona) for cell in withheld])
                totals.append(float(total))
        for place, cell in enumerate(withheld):
            if not 0 < true.get(cell, 0) < below:
                continue
            goal = np.zeros(len(withheld))
            goal[place] = 1
            low, high = (
                linprog(sign * goal, A_eq=np.array(sums), b_eq=np.array(totals)) for sign in (1, -1)
            )
            # unbounded above: nobody knows how many came or went in all
            most = np.inf if high.status == 3 else -high.fun
            ranges[(period, *cell)] = (low.fun, most)
    return ranges


@pytest.fixture(scope="module")
def migrations_sql(shop) -> str:
    """The query of marts.persona_migrations, over tables persona_moves and persona_names."""
    (compiled,) = (shop.folder / "target" / "compiled").rglob("persona_migrations.sql")
    return compiled.read_text().replace('"customer_personas"."ml".', "")


def shown_of(sql: str, moves: list[tuple]) -> list[tuple]:
    with duckdb.connect() as connection:
        connection.execute(
            "create table persona_moves (period_start date, period_end date, "
            "from_persona_id varchar, to_persona_id varchar, customer_count int, "
            "revenue decimal(18, 2)); "
            "create table persona_names (persona_id varchar, persona_name varchar)"
        )
        connection.executemany(
            "insert into persona_moves values (?, date '2026-02-01', ?, ?, ?, 1)", moves
        )
        return connection.execute(
            f"select period_start, from_persona_id, to_persona_id, customer_count from ({sql})"
        ).fetchall()


@pytest.mark.parametrize("seed", range(10))
def test_no_small_move_of_any_table_can_be_worked_out(migrations_sql, seed):
    rng = np.random.default_rng(seed)
    personas = [f"P{number:03}" for number in range(rng.integers(2, 8))]
    # in every third table all personas end and others begin
    later = [f"Q{number:03}" for number in range(4)] if seed % 3 == 0 else personas
    moves = []
    for start in [*personas, None]:
        for end in [*later, None]:
            stays = start == end
            count = int(rng.poisson(200 if stays else rng.choice([0, 1, 3, 8, 40, 90])))
            if count and not (start is None and end is None):
                moves.append(("2026-01-01", start, end, count))
    with duckdb.connect() as connection:
        ((day,),) = connection.execute("select date '2026-01-01'").fetchall()
    moves = [(day, *move[1:]) for move in moves]
    shown = shown_of(migrations_sql, moves)
    ranges = feasible_ranges(moves, shown)
    for *cell, count in moves:
        if count < 5:
            low, high = ranges[tuple(cell)]
            # of a persona of hardly anybody the total itself says how few they are at most
            totals = [
                sum(each[3] for each in moves if each[side] == cell[side])
                for side in (1, 2)
                if cell[side]
            ]
            assert low <= count and high >= min(5, *totals) and high > low, cell


def test_without_the_other_cells_it_could_be(migrations_sql):
    moves = [("2026-01-01", *cell) for cell in (("A", "A", 90), ("A", "B", 2), ("B", "B", 70))]
    careless = [(*move[:3], None if move[3] < 5 else move[3]) for move in moves]
    assert feasible_ranges(moves, careless)["2026-01-01", "A", "B"] == (2, 2)
