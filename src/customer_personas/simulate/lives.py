"""The hidden lives of people: personas, life changes, lapses, pauses, moods and needs."""

from dataclasses import dataclass

import numpy as np

from customer_personas.simulate.personas import CATEGORIES, PERSONAS, draw, shares, trait
from customer_personas.simulate.timeline import DAY, HORIZON_WEEKS, WEEK, Timeline

CHANGES_PERSONA = 0.065
NEVER_ORDERS = 0.10
PAUSES = 0.15
PAUSE_WEEKS = (8, 24)
RATE_SPREAD = 0.82  # of the logarithm of a person's own order rate
TASTE_FIRMNESS = 45.0  # concentration of a person's category mix around the persona's
LEAD = 2  # weeks by which browsing runs ahead of buying
HOT_STAYS, COLD_WARMS = 0.92, 0.035  # weekly, of the two shopping moods
ORDER_MOOD = (0.35, 2.50)  # order rate's factor when cold, hot
BROWSE_MOOD = (0.35, 2.60)
NEED_TURNS = 0.02  # weekly probability that the current need is drawn anew
FOCUS = 0.40  # share of orders led by the current need, the rest by taste
NEED_SHARPNESS = 4.0  # power of the taste by which needs are drawn: mostly the main category
WELCOME = 2.5  # order rate's factor in the first four weeks after sign-up

HOT_SHARE = COLD_WARMS / (COLD_WARMS + 1 - HOT_STAYS)


@dataclass(frozen=True)
class Lives:
    """One chunk of people; every array has one row per person.

    Attributes
    ----------
    number : numpy.ndarray
        Number behind the customer identifier.
    orphan : numpy.ndarray
        Whether the person has no customers record.
    signed_up_at : numpy.ndarray
        Seconds since 1970.
    personas : numpy.ndarray
        Initial and current persona, two columns.
    change_week, lapse_week : numpy.ndarray
        First week of the current persona and of the absence for good; ``NO_WEEK`` for never.
    pause : numpy.ndarray
        First week of a pause and first week after it, two columns.
    rate : numpy.ndarray
        The person's own factor on order and browsing rates; zero orders where ``never``.
    never : numpy.ndarray
        Whether the person never orders.
    bought : numpy.ndarray
        Whether the person came with a bought list, and leaves no record but that.
    taste : numpy.ndarray
        Category weights by person, phase (initial, current) and category.
    hot, need : numpy.ndarray
        Shopping mood and current need by person and week, ``LEAD`` weeks beyond the window.
    """

    number: np.ndarray
    orphan: np.ndarray
    signed_up_at: np.ndarray
    personas: np.ndarray
    change_week: np.ndarray
    lapse_week: np.ndarray
    pause: np.ndarray
    rate: np.ndarray
    never: np.ndarray
    bought: np.ndarray
    taste: np.ndarray
    hot: np.ndarray
    need: np.ndarray

    def phase(self, who: np.ndarray, week: np.ndarray) -> np.ndarray:
        """Return 0 before and 1 after a person's life change.

        Parameters
        ----------
        who : numpy.ndarray
            Rows of people, shape (m,).
        week : numpy.ndarray
            Week numbers, shape (m,).

        Returns
        -------
        numpy.ndarray
            Zeros and ones, shape (m,).
        """
        return (week >= self.change_week[who]).astype(np.int64)

    def persona(self, who: np.ndarray, week: np.ndarray) -> np.ndarray:
        """Return the persona of people at given weeks.

        Parameters
        ----------
        who : numpy.ndarray
            Rows of people, shape (m,).
        week : numpy.ndarray
            Week numbers, shape (m,).

        Returns
        -------
        numpy.ndarray
            Persona numbers, shape (m,).
        """
        return self.personas[who, self.phase(who, week)]

    def present(self, weeks: np.ndarray) -> np.ndarray:
        """Return who is neither lapsed nor paused, by person and week.

        Parameters
        ----------
        weeks : numpy.ndarray
            Week numbers, shape (w,).

        Returns
        -------
        numpy.ndarray
            Booleans, shape (n, w).
        """
        paused = (weeks >= self.pause[:, :1]) & (weeks < self.pause[:, 1:])
        return (weeks < self.lapse_week[:, None]) & ~paused


NO_WEEK = 10_104  # after any week of a window


def sign_up(position: np.ndarray, timeline: Timeline, rng: np.random.Generator) -> np.ndarray:
    """Place sign-ups, given as positions between zero and one, with a density of its own course.

    Parameters
    ----------
    position : numpy.ndarray
        Positions in the order of sign-up, shape (n,).
    timeline : Timeline
        The window.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    numpy.ndarray
        Seconds since 1970, shape (n,).
    """
    share, growth = timeline.course.before, timeline.course.growth
    before = position < share
    early = -3 * 365 * DAY * (1 - np.sqrt(np.clip(position / max(share, 1e-9), 0, 1)))
    # Within the window the density grows evenly: F(t) = (t + (g - 1) t^2 / 2) / ((g + 1) / 2),
    # solved for t.
    inside = np.clip((position - share) / (1 - share), 0, 1)
    if growth == 1:
        reached = inside
    else:
        reached = (np.sqrt(1 + (growth**2 - 1) * inside) - 1) / (growth - 1)
    late = reached * (timeline.weeks * WEEK - 1)
    seconds = timeline.start + np.where(before, early, late).astype(np.int64)
    moment = seconds // DAY * DAY + rng.integers(7 * 3600, 23 * 3600, len(position))
    return np.minimum(moment, timeline.as_of - 1)


def _pauses(first_week: np.ndarray, weeks: int, rng: np.random.Generator) -> np.ndarray:
    """Draw one pause for some people and an empty one for the others."""
    size = len(first_week)
    starts = rng.integers(first_week + 3, weeks + 4)
    ends = starts + rng.integers(*PAUSE_WEEKS, size)
    pause = np.column_stack([starts, ends])
    pause[rng.random(size) >= PAUSES] = NO_WEEK
    return pause


def _moods(size: int, weeks: int, rng: np.random.Generator) -> np.ndarray:
    """Walk the two-state chain of shopping moods."""
    hot = np.empty((size, weeks + LEAD), dtype=bool)
    hot[:, 0] = rng.random(size) < HOT_SHARE
    for week in range(1, weeks + LEAD):
        hot[:, week] = rng.random(size) < np.where(hot[:, week - 1], HOT_STAYS, COLD_WARMS)
    return hot


def seasonal(taste: np.ndarray, season: np.ndarray) -> np.ndarray:
    """Weigh category tastes by the season and make them probabilities.

    Parameters
    ----------
    taste : numpy.ndarray
        Weights, categories in the last dimension.
    season : numpy.ndarray
        Factors of the season, of a shape that fits.

    Returns
    -------
    numpy.ndarray
        Probabilities that sum to one over the last dimension.
    """
    weight = taste * season
    return weight / weight.sum(axis=-1, keepdims=True)


def _new_need(taste: np.ndarray, season: np.ndarray) -> np.ndarray:
    """Return the probabilities of a need drawn anew."""
    return seasonal(taste**NEED_SHARPNESS, season)


def _needs(
    taste: np.ndarray, change_week: np.ndarray, timeline: Timeline, rng: np.random.Generator
) -> np.ndarray:
    """Walk the slowly moving current need of each person."""
    size, weeks = len(taste), timeline.weeks + LEAD
    need = np.empty((size, weeks), dtype=np.int8)
    for week in range(weeks):
        changing = week == change_week  # a life change brings a new need at once
        turns = changing | (rng.random(size) < (NEED_TURNS if week else 1.0))
        if week:
            need[:, week] = need[:, week - 1]
        who = np.flatnonzero(turns)
        phase = (week >= change_week[who]).astype(np.int64)
        need[who, week] = draw(_new_need(taste[who, phase], timeline.season[week]), rng)
    return need


def draw_lives(
    number: np.ndarray,
    people: int,
    orphan: np.ndarray,
    timeline: Timeline,
    rng: np.random.Generator,
    density: float = 1.0,
) -> Lives:
    """Draw the hidden lives of the people with the given numbers, out of so many people.

    Parameters
    ----------
    number : numpy.ndarray
        Numbers of the people, from one, shape (n,).
    people : int
        Number of people in the company.
    orphan : numpy.ndarray
        Who has no customers record, shape (n,).
    timeline : Timeline
        The window.
    rng : numpy.random.Generator
        Source of randomness.
    density : float
        Factor on everybody's rates of orders and browsing.

    Returns
    -------
    Lives
        Their lives.
    """
    size, weeks = len(number), timeline.weeks
    # Numbers follow the order of sign-up, so the position in the company is the number's.
    signed_up_at = sign_up((number - 1 + rng.random(size)) / people, timeline, rng)
    bought = np.zeros(size, dtype=bool)
    if timeline.course.bought:
        bought = rng.random(size) < timeline.course.bought
        signed_up_at[bought] = timeline.start + weeks // 2 * WEEK + DAY // 2
    first_week = np.maximum(timeline.week_of(signed_up_at), 0)

    share = np.array([persona.share for persona in PERSONAS])
    initial = draw(np.broadcast_to(share, (size, len(share))), rng)
    others = np.where(np.arange(len(share)) == initial[:, None], 0.0, share)
    changes = (rng.random(size) < CHANGES_PERSONA) & (first_week < weeks - 4)
    change_week = rng.integers(np.minimum(first_week + 2, weeks - 1), weeks)
    change_week = np.where(changes, change_week, NO_WEEK)
    current = np.where(changes, draw(others, rng), initial)

    lapse_week = first_week + rng.geometric(trait("lapse")[initial])
    lapse_week = np.where(lapse_week >= weeks, NO_WEEK, lapse_week)

    personas = np.column_stack([initial, current])
    mix = shares("mix")[personas]
    taste = rng.standard_gamma(mix * TASTE_FIRMNESS) + 1e-9
    # Without a change both phases are the same person with the same taste.
    taste[~changes, 1] = taste[~changes, 0]
    taste /= taste.sum(axis=2, keepdims=True)

    return Lives(
        number=number,
        orphan=orphan,
        signed_up_at=signed_up_at,
        personas=personas,
        change_week=change_week,
        lapse_week=lapse_week,
        pause=_pauses(first_week, weeks, rng),
        rate=density * np.exp(rng.normal(-(RATE_SPREAD**2) / 2, RATE_SPREAD, size)),
        never=(rng.random(size) < NEVER_ORDERS) | bought,
        bought=bought,
        taste=taste,
        hot=_moods(size, weeks, rng),
        need=_needs(taste, change_week, timeline, rng),
    )


def outlook(lives: Lives, timeline: Timeline, served: float) -> tuple[np.ndarray, np.ndarray]:
    """Work out what the hidden process holds for the 90 days after the as-of date.

    Exact for the process: a forward recursion over 13 weeks (the last one cut to 90 days) of the
    probability to be in each mood, still present and without a purchase so far. Moods and needs
    are known for the ``LEAD`` weeks that browsing already shows. No new life change and no new
    pause begins after the as-of date.

    Parameters
    ----------
    lives : Lives
        The people.
    timeline : Timeline
        The window and its seasons.
    served : float
        Probability that an order is not cancelled.

    Returns
    -------
    purchase : numpy.ndarray
        Probability of at least one order that is not cancelled.
    lead_category : numpy.ndarray
        Probabilities of the leading category of the next such order, given there is one; for
        people who cannot order, as if they were equally likely to order in each of the weeks.
    """
    size = len(lives.number)
    weeks = timeline.weeks
    future = np.arange(weeks, weeks + HORIZON_WEEKS)
    current = lives.personas[:, 1]
    hazard = trait("lapse")[lives.personas[:, 0]]
    season = timeline.order_season(slice(weeks, None))[current] * timeline.demand(future)
    rate = trait("orders")[current] * lives.rate * ~lives.never * served / 52
    rate = rate[:, None] * season * lives.present(future)
    rate[:, -1] *= 6 / 7  # 90 days are 12 weeks and 6 days

    alive = np.zeros((size, 2))
    first = np.zeros((size, HORIZON_WEEKS))
    need = np.zeros((size, len(CATEGORIES)))
    taste = lives.taste[:, 1]
    category = np.zeros((HORIZON_WEEKS, size, len(CATEGORIES)))
    moves = np.array([[1 - COLD_WARMS, COLD_WARMS], [1 - HOT_STAYS, HOT_STAYS]])
    everyone = np.arange(size)
    for step in range(HORIZON_WEEKS):
        mix = seasonal(taste, timeline.season[weeks + step])
        if step < LEAD:
            total = alive.sum(axis=1) if step else np.ones(size)
            alive[:] = 0
            alive[everyone, lives.hot[:, weeks + step].astype(int)] = total
            need[:] = 0
            need[everyone, lives.need[:, weeks + step]] = 1
        else:
            alive = alive @ moves
            drawn = _new_need(taste, timeline.season[weeks + step])
            need = (1 - NEED_TURNS) * need + NEED_TURNS * drawn
        quiet = np.exp(-rate[:, step : step + 1] * np.array(ORDER_MOOD))
        first[:, step] = (alive * (1 - quiet)).sum(axis=1)
        alive = alive * quiet * (1 - hazard[:, None])
        category[step] = FOCUS * need + (1 - FOCUS) * mix

    purchase = first.sum(axis=1)
    weight = np.where(purchase[:, None] > 0, first, 1.0)
    weight /= weight.sum(axis=1, keepdims=True)
    return purchase, np.einsum("nk,knc->nc", weight, category)
