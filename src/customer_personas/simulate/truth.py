"""The truth about people, for tests only."""

import numpy as np
import pyarrow as pa

from customer_personas.simulate import text
from customer_personas.simulate.lives import NO_WEEK, Lives, outlook
from customer_personas.simulate.orders import CANCELLED
from customer_personas.simulate.personas import CATEGORIES, PERSONAS, draw
from customer_personas.simulate.timeline import WEEK, Timeline


def truth_table(lives: Lives, timeline: Timeline, rng: np.random.Generator) -> pa.Table:
    """Write the hidden lives: personas, dates, and what the process holds for the next 90 days.

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
        One row per person, all columns text.
    """
    names = [persona.name for persona in PERSONAS]
    purchase, category = outlook(lives, timeline, 1 - CANCELLED)
    columns = {
        "customer_id": text.padded(lives.number, 7),
        "persona": text.named(names, lives.personas[:, 1]),
        "initial_persona": text.named(names, lives.personas[:, 0]),
        "changed_at": _week_start(lives.change_week, timeline),
        "lapsed_at": _week_start(lives.lapse_week, timeline),
        "next_need": text.named(CATEGORIES, draw(category, rng)),
        "purchase_probability_90d": text.probability(purchase),
    }
    for number, name in enumerate(CATEGORIES):
        columns[f"need_probability_{name}"] = text.probability(category[:, number])
    return pa.table(columns)


def _week_start(week: np.ndarray, timeline: Timeline) -> pa.Array:
    """Write the first second of a week, missing where there is no such week."""
    known = week < NO_WEEK
    return text.only(known, text.stamp(timeline.start + np.where(known, week, 0) * WEEK))
