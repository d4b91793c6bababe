"""Declared needs: what a third of the people say they want from the shop."""

import numpy as np
import pyarrow as pa

from customer_personas.simulate import text
from customer_personas.simulate.lives import Lives
from customer_personas.simulate.personas import NEEDS, draw, shares
from customer_personas.simulate.timeline import Timeline

DECLARES = 1 / 3


def declared_need_table(lives: Lives, timeline: Timeline, rng: np.random.Generator) -> pa.Table:
    """Write one declared need for some people.

    Parameters
    ----------
    lives : Lives
        The hidden lives of a chunk of n people.
    timeline : Timeline
        The window.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    pyarrow.Table
        One row per declared need, all columns text.
    """
    who = np.flatnonzero(rng.random(len(lives.number)) < DECLARES)
    begun = np.maximum(lives.signed_up_at[who], timeline.start)
    at = begun + (rng.random(len(who)) * (timeline.as_of - begun)).astype(np.int64)
    persona = lives.persona(who, timeline.week_of(at))
    return pa.table(
        {
            "customer_id": text.padded(lives.number[who], 7),
            "need": text.named(NEEDS, draw(shares("needs")[persona], rng)),
            "declared_at": text.stamp(at),
        }
    )
