"""Web events: sessions that run ahead of orders, sign-ups, checkouts, and strangers."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from customer_personas.simulate import text
from customer_personas.simulate.catalogue import Catalogue
from customer_personas.simulate.lives import BROWSE_MOOD, LEAD, Lives, seasonal
from customer_personas.simulate.orders import Orders
from customer_personas.simulate.personas import CATEGORIES, draw, shares, trait
from customer_personas.simulate.timeline import Timeline

VIEWS_NEED = 0.82  # views in the category needed LEAD weeks later, the rest follows taste
NOT_LOGGED_IN = 0.08  # sessions of customers without their customer_id
STRANGERS = 0.07  # sessions of people who are no customers, per session of customers
LAPSED_BROWSES, PAUSED_BROWSES, NEVER_BROWSES = 0.06, 0.25, 0.60
MOST_EVENTS = 15
TYPES = ("page_view", "product_view", "search", "add_to_cart", "checkout")
PAGE, VIEW, SEARCH, CART, CHECKOUT = range(5)
DEVICES = ("desktop", "mobile", "tablet")
_STRANGER = -1


@dataclass(frozen=True)
class Sessions:
    """Web sessions, one row each; ``who`` is a row of the lives or below zero for a stranger."""

    who: np.ndarray
    at: np.ndarray
    persona: np.ndarray
    category: np.ndarray
    product: np.ndarray
    events: np.ndarray

    def take(self, rows: np.ndarray) -> "Sessions":
        """Return the sessions at the given rows.

        Parameters
        ----------
        rows : numpy.ndarray
            Row numbers.

        Returns
        -------
        Sessions
            These sessions, in this order.
        """
        return Sessions(**{name: column[rows] for name, column in vars(self).items()})


def session_rates(lives: Lives, timeline: Timeline) -> np.ndarray:
    """Return the expected spontaneous sessions by person and week of the window.

    Parameters
    ----------
    lives : Lives
        The hidden lives of a chunk of n people.
    timeline : Timeline
        The window.

    Returns
    -------
    numpy.ndarray
        Expected numbers, shape (n, weeks).
    """
    weeks = np.arange(timeline.weeks)
    changed = weeks >= lives.change_week[:, None]
    persona = np.where(changed, lives.personas[:, 1:], lives.personas[:, :1])
    rate = trait("sessions")[persona] / 52 * lives.rate[:, None]
    rate *= np.where(lives.hot[:, LEAD:], BROWSE_MOOD[1], BROWSE_MOOD[0])
    rate *= (0.85 + timeline.year_end[: timeline.weeks]) * timeline.demand(weeks)
    gone = weeks >= lives.lapse_week[:, None]
    rate *= np.where(lives.present(weeks), 1.0, np.where(gone, LAPSED_BROWSES, PAUSED_BROWSES))
    rate *= np.where(lives.never, NEVER_BROWSES, 1.0)[:, None] * ~lives.bought[:, None]
    return rate * (weeks >= timeline.week_of(lives.signed_up_at)[:, None])


def _browsing(lives: Lives, timeline: Timeline, rng: np.random.Generator) -> Sessions:
    """Draw spontaneous sessions; they look at what is needed some weeks later."""
    counts = rng.poisson(session_rates(lives, timeline))
    who, week = (np.repeat(index, counts[counts > 0]) for index in np.nonzero(counts))
    persona = lives.persona(who, week)
    at = timeline.moment(week, persona, rng)
    events = 1 + rng.poisson(trait("depth")[persona] - 1)
    category = lives.need[who, week + LEAD].astype(np.int64)
    return Sessions(who, at, persona, category, np.full(len(who), -1), events)


def _sign_ups(lives: Lives, timeline: Timeline, rng: np.random.Generator) -> Sessions:
    """Draw the visits on which people sign up; they came for what they need."""
    who = np.flatnonzero((lives.signed_up_at >= timeline.start) & ~lives.bought)
    at = lives.signed_up_at[who] + rng.integers(60, 600, len(who))
    week = timeline.week_of(lives.signed_up_at[who])
    persona = lives.persona(who, week)
    events = 1 + rng.poisson(trait("depth")[persona] - 1)
    category = lives.need[who, week + LEAD].astype(np.int64)
    return Sessions(who, at, persona, category, np.full(len(who), -1), events)


def _checkouts(orders: Orders, rng: np.random.Generator) -> Sessions:
    """Draw the sessions, some minutes before, of the orders whose checkout was tracked."""
    rows = np.flatnonzero(rng.random(len(orders.who)) < trait("tracked")[orders.persona])
    at = orders.at[rows] - rng.integers(240, 900, len(rows))
    return Sessions(
        orders.who[rows],
        at,
        orders.persona[rows],
        orders.category[rows],
        orders.product[rows],
        np.full(len(rows), 3),
    )


def _strangers(known: Sessions, rng: np.random.Generator) -> Sessions:
    """Draw short sessions of strangers at the times when customers come too."""
    size = rng.binomial(len(known.who), STRANGERS)
    near = known.take(rng.integers(0, max(len(known.who), 1), size))
    return Sessions(
        np.full(size, _STRANGER),
        near.at - rng.integers(60, 7_200, size),
        near.persona,
        rng.integers(0, len(CATEGORIES), size),
        np.full(size, -1),
        1 + rng.poisson(1.0, size),
    )


def draw_sessions(
    lives: Lives, orders: Orders, timeline: Timeline, rng: np.random.Generator
) -> Sessions:
    """Draw all sessions of a chunk within the window and after sign-up.

    Parameters
    ----------
    lives : Lives
        The hidden lives of a chunk of n people.
    orders : Orders
        The orders of the chunk.
    timeline : Timeline
        The window.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    Sessions
        Those of known people and of strangers.
    """
    known = _stacked(
        [
            _browsing(lives, timeline, rng),
            _sign_ups(lives, timeline, rng),
            _checkouts(orders, rng),
        ]
    )
    every = _stacked([known, _strangers(known, rng)])
    begun = np.where(every.who >= 0, lives.signed_up_at[every.who], timeline.start)
    # A session lasts less than an hour, so its last event stays before the as-of date too.
    keep = (every.at > begun) & (every.at >= timeline.start) & (every.at < timeline.as_of - 3_600)
    return every.take(np.flatnonzero(keep))


def _stacked(parts: list[Sessions]) -> Sessions:
    """Put sessions of several kinds one under another."""
    names = vars(parts[0])
    return Sessions(**{name: np.concatenate([vars(p)[name] for p in parts]) for name in names})


def _event_types(
    sessions: Sessions, row: np.ndarray, step: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Draw what happens at each step: a page first, a tracked order as view, cart, checkout."""
    persona = sessions.persona[row]
    search, cart = trait("search")[persona], trait("cart")[persona]
    page = np.full(len(row), 0.12)
    kinds = np.array([PAGE, SEARCH, CART, VIEW])
    drawn = kinds[draw(np.column_stack([page, search, cart, 1 - page - search - cart]), rng)]
    # A cart comes after something was seen.
    drawn = np.where((step == 1) & (drawn == CART), VIEW, drawn)
    drawn = np.where(step == 0, PAGE, drawn)
    ordering = sessions.product[row] >= 0
    return np.where(ordering, np.array([VIEW, CART, CHECKOUT])[np.minimum(step, 2)], drawn)


def web_event_table(
    sessions: Sessions,
    lives: Lives,
    timeline: Timeline,
    catalogue: Catalogue,
    first_event: int,
    first_stranger: int,
    rng: np.random.Generator,
) -> pa.Table:
    """Write the events of sessions in order of time, numbered on from a given number.

    Parameters
    ----------
    sessions : Sessions
        The sessions.
    lives : Lives
        The hidden lives of a chunk of n people.
    timeline : Timeline
        The window.
    catalogue : Catalogue
        The products.
    first_event : int
        Number of the first event.
    first_stranger : int
        Number of the first visitor whom nobody knows.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    pyarrow.Table
        One row per event, all columns text.
    """
    counts = np.minimum(sessions.events, MOST_EVENTS)
    row = np.repeat(np.arange(len(counts)), counts)
    step = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
    kind = _event_types(sessions, row, step, rng)
    at = sessions.at[row] + step * 75 + rng.integers(0, 60, len(row))
    who, persona = sessions.who[row], sessions.persona[row]

    week = np.clip(timeline.week_of(at), 0, timeline.weeks - 1)
    taste = seasonal(lives.taste[who, lives.phase(who, week)], timeline.season[week])
    needed = (rng.random(len(row)) < VIEWS_NEED) | (who < 0) | (sessions.product[row] >= 0)
    category = np.where(needed, sessions.category[row], draw(taste, rng))
    product = catalogue.pick(persona, category, rng)
    product = np.where(sessions.product[row] >= 0, sessions.product[row], product)
    home = (kind == PAGE) & (step == 0)
    with_product = (kind == VIEW) | (kind == CART)
    product_id = catalogue.sold_as(product, timeline.collection(week))
    name = text.named(CATEGORIES, category)
    page = np.where((kind == PAGE) | (kind == SEARCH), category, len(CATEGORIES))
    page = np.where(home, len(CATEGORIES), page)
    url = text.joined(
        text.named(("/c/", "/p/", "/s?q=", "/cart", "/pay", "/"), np.where(home, 5, kind)),
        text.named([*CATEGORIES, ""], page),
        pc.if_else(pa.array(kind == VIEW), product_id, ""),
    )

    device = draw(shares("devices")[sessions.persona], rng)
    stranger = first_stranger + np.cumsum(sessions.who < 0)
    # An odd step through a billion numbers: no two visitors meet and none tells its customer.
    visitor = np.where(
        sessions.who < 0,
        500_000_000 + stranger,
        lives.number[sessions.who] * 3 + device,
    )
    visitor = visitor * 387_420_489 % 1_000_000_000
    named = (sessions.who >= 0) & (rng.random(len(counts)) >= NOT_LOGGED_IN)
    order = np.argsort(at, kind="stable")
    table = pa.table(
        {
            "visitor_id": text.padded(visitor[row], 9, "v"),
            "customer_id": text.only(named[row], text.padded(lives.number[who], 7)),
            "occurred_at": text.stamp(at),
            "event_type": text.named(TYPES, kind),
            "page_url": url,
            "product_id": text.only(with_product, product_id),
            "product_category": text.only(with_product | ((kind == PAGE) & ~home), name),
            "device_type": text.named(DEVICES, device[row]),
        }
    ).take(pa.array(order))
    return table.add_column(0, "event_id", text.padded(first_event + np.arange(len(row)), 8, "E"))
