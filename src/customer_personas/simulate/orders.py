"""Orders: when people order, what is in the basket, and what comes back."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from customer_personas.simulate import text
from customer_personas.simulate.catalogue import PRODUCTS_PER_CATEGORY, Catalogue
from customer_personas.simulate.lives import FOCUS, ORDER_MOOD, WELCOME, Lives, seasonal
from customer_personas.simulate.personas import CATEGORIES, draw, trait
from customer_personas.simulate.timeline import DAY, Timeline

CANCELLED = 0.03
SAME_CATEGORY = 0.38  # further lines of an order that follow its leading category
DISCOUNTS = np.array([10, 15, 20, 30])  # percent
PRICE_RISE = 4  # percent, from the second year on
RETURN_DAYS = (3, 25)
# Factor on the persona's return rate, in the order of CATEGORIES: clothes come back, food rarely.
CATEGORY_RETURNS = np.array([0.2, 1.0, 0.6, 1.8, 0.7, 1.3, 1.0, 0.8, 0.4])
# Factor on the persona's units per line: food is bought in numbers.
CATEGORY_UNITS = np.array([1.8, 0.7, 1.0, 0.5, 0.7, 0.2, 0.5, 0.6, 0.5])
MOST_LINES, MOST_UNITS = 12, 50
STATUSES = ("completed", "cancelled", "returned")


@dataclass(frozen=True)
class Orders:
    """Orders in order of time, one row each; ``who`` is the row in the chunk's lives."""

    who: np.ndarray
    at: np.ndarray
    week: np.ndarray
    persona: np.ndarray
    category: np.ndarray
    product: np.ndarray
    cancelled: np.ndarray


@dataclass(frozen=True)
class Lines:
    """Order lines in order of time, one row each; ``order`` is the row in the orders."""

    order: np.ndarray
    number: np.ndarray
    at: np.ndarray
    product: np.ndarray
    quantity: np.ndarray
    cents: np.ndarray
    discount: np.ndarray
    status: np.ndarray
    comes_back: np.ndarray

    def take(self, rows: np.ndarray) -> "Lines":
        """Return the lines at the given rows.

        Parameters
        ----------
        rows : numpy.ndarray
            Row numbers.

        Returns
        -------
        Lines
            These lines, in this order.
        """
        return Lines(**{name: column[rows] for name, column in vars(self).items()})


def order_rates(lives: Lives, timeline: Timeline) -> np.ndarray:
    """Return the expected orders by person and week of the window.

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
    by_persona = trait("orders")[:, None] * timeline.order_season(slice(0, timeline.weeks)) / 52
    initial, current = lives.personas.T
    rate = np.where(changed, by_persona[current], by_persona[initial])
    rate *= np.where(lives.hot[:, : timeline.weeks], ORDER_MOOD[1], ORDER_MOOD[0])
    rate *= lives.rate[:, None] * ~lives.never[:, None] * lives.present(weeks)
    rate *= timeline.demand(weeks)
    since = weeks - timeline.week_of(lives.signed_up_at)[:, None]
    return rate * np.where(since < 0, 0.0, np.where(since < 4, WELCOME, 1.0))


def place_orders(
    lives: Lives, timeline: Timeline, catalogue: Catalogue, rng: np.random.Generator
) -> Orders:
    """Draw the orders of a chunk of people.

    Parameters
    ----------
    lives : Lives
        The hidden lives of a chunk of n people.
    timeline : Timeline
        The window.
    catalogue : Catalogue
        The products.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    Orders
        The orders, in order of time.
    """
    counts = rng.poisson(order_rates(lives, timeline))
    who, week = (np.repeat(index, counts[counts > 0]) for index in np.nonzero(counts))
    persona = lives.persona(who, week)
    at = timeline.moment(week, persona, rng)
    keep = (at > lives.signed_up_at[who]) & (at < timeline.as_of)
    order = np.flatnonzero(keep)[np.argsort(at[keep], kind="stable")]
    who, week, persona, at = who[order], week[order], persona[order], at[order]
    taste = seasonal(lives.taste[who, lives.phase(who, week)], timeline.season[week])
    led = rng.random(len(who)) < FOCUS
    category = np.where(led, lives.need[who, week], draw(taste, rng)).astype(np.int64)
    product = catalogue.pick(persona, category, rng)
    return Orders(who, at, week, persona, category, product, rng.random(len(who)) < CANCELLED)


def fill_lines(
    orders: Orders,
    lives: Lives,
    timeline: Timeline,
    catalogue: Catalogue,
    rng: np.random.Generator,
) -> Lines:
    """Draw the lines of orders and the lines that come back.

    Parameters
    ----------
    orders : Orders
        The orders of the chunk.
    lives : Lives
        The hidden lives of a chunk of n people.
    timeline : Timeline
        The window.
    catalogue : Catalogue
        The products.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    Lines
        The lines sold and those that came back, in order of time.
    """
    size = len(orders.who)
    lines = 1 + np.minimum(rng.poisson(trait("basket")[orders.persona] - 1), MOST_LINES - 1)
    order = np.repeat(np.arange(size), lines)
    number = np.arange(len(order)) - np.repeat(np.cumsum(lines) - lines, lines) + 1
    who, week, persona = orders.who[order], orders.week[order], orders.persona[order]
    taste = seasonal(lives.taste[who, lives.phase(who, week)], timeline.season[week])
    follows = rng.random(len(order)) < SAME_CATEGORY
    category = np.where(follows, orders.category[order], draw(taste, rng))
    product = catalogue.pick(persona, category, rng)
    product = np.where(number == 1, orders.product[order], product)
    category = product // PRODUCTS_PER_CATEGORY

    units = 1 + rng.poisson(trait("units")[persona] * CATEGORY_UNITS[category])
    quantity = np.minimum(units, MOST_UNITS)
    cents = catalogue.cents[product]
    second_year = orders.week[order] >= timeline.weeks // 2
    cents = np.where(second_year, cents * (100 + PRICE_RISE) // 100, cents)
    discounted = rng.random(size) < trait("discount")[orders.persona]
    percent = np.where(discounted, rng.choice(DISCOUNTS, size), 0)
    discount = quantity * cents * percent[order] // 100
    cancelled = orders.cancelled[order]

    sent_back = rng.random(len(order)) < trait("returns")[persona] * CATEGORY_RETURNS[category]
    back_at = orders.at[order] + rng.integers(
        RETURN_DAYS[0] * DAY, RETURN_DAYS[1] * DAY, len(order)
    )
    comes_back = sent_back & ~cancelled & (back_at < timeline.as_of)
    sold = Lines(
        order=order,
        number=number,
        at=orders.at[order],
        product=product,
        quantity=quantity,
        cents=cents,
        discount=discount,
        status=cancelled.astype(np.int64),
        comes_back=comes_back,
    )
    return _with_returns(sold, lines, back_at)


def _with_returns(sold: Lines, lines: np.ndarray, back_at: np.ndarray) -> Lines:
    """Add a line of its own for each line that comes back, in order of time."""
    rows = np.flatnonzero(sold.comes_back)
    order = sold.order[rows]
    # Rows are sorted by order, so the rank within the order is the distance to its first row.
    rank = np.arange(len(rows)) - np.searchsorted(order, order)
    back = {
        **vars(sold.take(rows)),
        "number": lines[order] + rank + 1,
        "at": back_at[rows],
        "status": np.full(len(rows), STATUSES.index("returned")),
        "comes_back": np.zeros(len(rows), dtype=bool),
    }
    both = {name: np.concatenate([column, back[name]]) for name, column in vars(sold).items()}
    return Lines(**both).take(np.lexsort((both["number"], both["order"], both["at"])))


def order_line_table(
    lines: Lines,
    orders: Orders,
    lives: Lives,
    timeline: Timeline,
    catalogue: Catalogue,
    first_order: int,
) -> pa.Table:
    """Write order lines; orders are numbered on from a given number.

    Parameters
    ----------
    lines : Lines
        The lines.
    orders : Orders
        The orders of the chunk.
    lives : Lives
        The hidden lives of a chunk of n people.
    timeline : Timeline
        The window.
    catalogue : Catalogue
        The products.
    first_order : int
        Number of the first order.

    Returns
    -------
    pyarrow.Table
        One row per line, all columns text.
    """
    at = text.stamp(lines.at)
    return pa.table(
        {
            "order_id": text.padded(first_order + lines.order, 8, "O"),
            "order_line_number": text.plain(lines.number),
            "customer_id": text.padded(lives.number[orders.who[lines.order]], 7),
            "ordered_at": at,
            "product_id": catalogue.sold_as(
                lines.product, timeline.collection(orders.week[lines.order])
            ),
            "product_name": text.named(catalogue.names, lines.product),
            "product_category": text.named(CATEGORIES, lines.product // PRODUCTS_PER_CATEGORY),
            "quantity": text.plain(lines.quantity),
            "unit_price": text.money(lines.cents),
            "discount_amount": text.money(lines.discount),
            "currency": text.named(("USD",), np.zeros(len(lines.order))),
            "order_status": text.named(STATUSES, lines.status),
            "updated_at": at,
        }
    )
