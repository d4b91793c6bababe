"""What two versions, published one after the other, tell of those who joined in between."""

from collections.abc import Iterator
from math import comb

import numpy as np
import pytest
from test_reconstruction import company, publish, traits_sql

__all__ = ["traits_sql"]


def told_of_newcomers(sql: str, customers: int, newcomers: int, seeds: range) -> float:
    """Give the share of newcomers whose level can be told for certain."""
    # the attacker knows that nobody else came or went and, from marts.customers, which persona
    # they are in, and compares how many of the persona have each level
    told = 0
    for seed in seeds:
        before = company(customers, seed)
        rng = np.random.default_rng([customers, seed, newcomers])
        persona = int(rng.integers(before.shape[0]))
        weights = before[persona] + 0.5
        joined = rng.multinomial(newcomers, weights / weights.sum())
        after = before.copy()
        after[persona] += joined
        counts = [
            {
                level: round(share * each[persona].sum())
                for (of, level), share in publish(sql, each)[0].items()
                if of == persona
            }
            for each in (before, after)
        ]
        known = {
            level: counts[1][level] - counts[0][level] for level in counts[0].keys() & counts[1]
        }
        unknown = [level for level in range(before.shape[1]) if level not in known]
        rest = newcomers - sum(known.values())
        told += sum(count for level, count in enumerate(joined) if known.get(level) == newcomers)
        told += rest if rest == newcomers and len(unknown) == 1 else 0
    return told / (newcomers * len(seeds))


def test_one_of_ten_newcomers_tells_nothing(traits_sql):
    assert told_of_newcomers(traits_sql, 200, 10, range(5)) == 0
    # of one alone much is told: docs/privacy.md says so
    assert told_of_newcomers(traits_sql, 200, 1, range(5)) > 0


def worlds(sql: str, counts: np.ndarray, persona: int, most: int = 60) -> list[np.ndarray] | None:
    """List all that the levels of a persona can be, from what is told; None where too many."""
    told = publish(sql, counts)
    hidden = [level for level in range(counts.shape[1]) if (persona, level) not in told[0]]
    rest = int(counts[persona, hidden].sum())
    if hidden and comb(rest + len(hidden) - 1, len(hidden) - 1) > most:
        return None
    found = []
    for parts in split(rest, len(hidden)):
        other = counts.copy()
        other[persona, hidden] = parts
        if publish(sql, other) == told:
            found.append(other)
    return found


def split(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    """Give all ways to deal customers to levels."""
    if parts == 0:
        yield ()
    elif parts == 1:
        yield (total,)
    else:
        for first in range(total + 1):
            yield from ((first, *others) for others in split(total - first, parts - 1))


@pytest.mark.slow
@pytest.mark.parametrize(("customers", "tried", "told"), [(30, 3, 1), (60, 3, 0), (200, 5, 3)])
def test_who_enumerates_what_is_withheld_learns_so_much_of_one_newcomer(
    traits_sql, customers, tried, told
):
    """No less than docs/privacy.md says, no more, and no count that is withheld."""
    levels_told = companies = 0
    for seed in range(8):
        before = company(customers, seed)
        rng = np.random.default_rng([customers, seed, 1])
        persona = int(rng.integers(before.shape[0]))
        weights = before[persona] + 0.5
        after = before.copy()
        after[persona] += rng.multinomial(1, weights / weights.sum())
        candidates = worlds(traits_sql, before, persona)
        if candidates is None:
            continue
        companies += 1
        published, levels, left = publish(traits_sql, after), set(), []
        for world in candidates:
            for level in range(before.shape[1]):
                grown = world.copy()
                grown[persona, level] += 1
                if publish(traits_sql, grown) == published:
                    levels.add(level)
                    left.append(world[persona])
        assert int((after - before)[persona].argmax()) in levels
        levels_told += len(levels) == 1
        # of what the first version leaves open, the second tells no count of few
        opened, now = np.array([each[persona] for each in candidates]), np.array(left)
        closed = (np.ptp(opened, axis=0) > 0) & (np.ptp(now, axis=0) == 0)
        few = (before[persona] > 0) & (before[persona] < 5)
        assert not (closed & few).any()
    assert (companies, levels_told) == (tried, told)
