"""Feedback: reviews, complaints and questions after orders, and surveys in between."""

import numpy as np
import pyarrow as pa

from customer_personas.simulate import text
from customer_personas.simulate.catalogue import PRODUCTS_PER_CATEGORY
from customer_personas.simulate.lives import Lives
from customer_personas.simulate.orders import Orders
from customer_personas.simulate.personas import CATEGORIES, draw, shares, trait
from customer_personas.simulate.timeline import DAY, Timeline

TYPES = ("review", "survey", "complaint", "question")
REVIEW, SURVEY, COMPLAINT, QUESTION = range(4)
CHANNELS = ("web", "app", "email", "phone", "chat")
CHANNEL_SHARES = np.array(
    [
        [0.65, 0.35, 0.00, 0.00, 0.00],
        [0.10, 0.15, 0.75, 0.00, 0.00],
        [0.10, 0.05, 0.30, 0.35, 0.20],
        [0.20, 0.10, 0.25, 0.15, 0.30],
    ]
)
NO_COMMENT = 0.35  # of reviews and surveys
COMMENTS = (
    # topic by topic (price, quality, delivery, service): bad, middling, good, question
    ("too expensive", "price is fair", "great price", "is there a discount"),
    ("poor quality", "quality is okay", "excellent quality", "what is it made of"),
    ("late delivery", "delivery took a while", "fast delivery", "when will it arrive"),
    ("unhelpful service", "service was okay", "friendly service", "how do I return it"),
)


def _after_orders(orders: Orders, timeline: Timeline, rng: np.random.Generator) -> np.ndarray:
    """Draw feedback after orders: person, persona, second, type and category by column."""
    rate = trait("feedback")[orders.persona]
    rows = np.flatnonzero(rng.random(len(orders.who)) < rate)
    persona = orders.persona[rows]
    complaint, question = trait("complaint")[persona], trait("question")[persona]
    kind = np.array([REVIEW, COMPLAINT, QUESTION])[
        draw(np.column_stack([1 - complaint - question, complaint, question]), rng)
    ]
    at = orders.at[rows] + rng.integers(DAY // 2, 14 * DAY, len(rows))
    category = orders.product[rows] // PRODUCTS_PER_CATEGORY
    return np.column_stack([orders.who[rows], persona, at, kind, category])


def _surveys(lives: Lives, timeline: Timeline, rng: np.random.Generator) -> np.ndarray:
    """Draw answered surveys, by the same columns; the lapsed no longer answer."""
    first = np.maximum(timeline.week_of(lives.signed_up_at) + 1, 0)
    weeks = np.maximum(np.minimum(lives.lapse_week, timeline.weeks) - first, 0)
    counts = rng.poisson(trait("surveys")[lives.personas[:, 0]] * ~lives.bought * weeks / 52)
    who = np.repeat(np.arange(len(counts)), counts)
    week = first[who] + (rng.random(len(who)) * weeks[who]).astype(np.int64)
    persona = lives.persona(who, week)
    at = timeline.moment(week, persona, rng)
    category = lives.need[who, week]
    return np.column_stack([who, persona, at, np.full(len(who), SURVEY), category])


def _ratings(persona: np.ndarray, kind: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw ratings out of five, out of ten in surveys; zero stands for none."""
    level = rng.normal(trait("rating")[persona], 0.9)
    five = np.clip(np.rint(level), 1, 5)
    ten = np.clip(np.rint(level * 2), 1, 10)
    return np.select([kind == REVIEW, kind == SURVEY], [five, ten], 0).astype(np.int64)


def _comments(
    persona: np.ndarray,
    kind: np.ndarray,
    rating: np.ndarray,
    category: np.ndarray,
    rng: np.random.Generator,
) -> pa.Array:
    """Write short comments on the topics a persona cares about."""
    topic = draw(shares("topics")[persona], rng)
    five = np.where(kind == SURVEY, (rating + 1) // 2, rating)
    mood = np.select([kind == QUESTION, kind == COMPLAINT, five <= 2, five == 3], [3, 0, 0, 1], 2)
    said = text.named([phrase for row in COMMENTS for phrase in row], topic * 4 + mood)
    said = text.joined(said, " - ", text.named(CATEGORIES, category))
    silent = (rng.random(len(kind)) < NO_COMMENT) & ((kind == REVIEW) | (kind == SURVEY))
    return text.only(~silent, said)


def feedback_table(
    lives: Lives,
    orders: Orders,
    timeline: Timeline,
    first: int,
    rng: np.random.Generator,
) -> pa.Table:
    """Write feedback in order of time, numbered on from a given number.

    Parameters
    ----------
    lives : Lives
        The hidden lives of a chunk of n people.
    orders : Orders
        The orders of the chunk.
    timeline : Timeline
        The window.
    first : int
        Number of the first piece of feedback.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    pyarrow.Table
        One row per piece of feedback, all columns text.
    """
    drawn = np.concatenate(
        [_after_orders(orders, timeline, rng), _surveys(lives, timeline, rng)]
    ).astype(np.int64)
    drawn = drawn[drawn[:, 2] < timeline.as_of]
    who, persona, at, kind, category = drawn[np.argsort(drawn[:, 2], kind="stable")].T
    rating = _ratings(persona, kind, rng)
    scale = np.where(kind == SURVEY, 10, 5)
    return pa.table(
        {
            "feedback_id": text.padded(first + np.arange(len(who)), 7, "F"),
            "customer_id": text.padded(lives.number[who], 7),
            "submitted_at": text.stamp(at),
            "channel": text.named(CHANNELS, draw(CHANNEL_SHARES[kind], rng)),
            "feedback_type": text.named(TYPES, kind),
            "rating": text.only(rating > 0, text.plain(rating)),
            "rating_scale_max": text.only(rating > 0, text.plain(scale)),
            "comment": _comments(persona, kind, rating, category, rng),
        }
    )
