"""What two versions, published one after the other, tell of those who joined in between."""

import numpy as np
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
