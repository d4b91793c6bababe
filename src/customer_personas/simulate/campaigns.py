"""Consents and contacts: what people may be sent, what they were sent, and what came of it."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from customer_personas.simulate import text
from customer_personas.simulate.customers import CONSENTS
from customer_personas.simulate.lives import Lives
from customer_personas.simulate.orders import CANCELLED, Orders, order_rates
from customer_personas.simulate.personas import draw, trait
from customer_personas.simulate.timeline import DAY, WEEK, Timeline

ALSO_SMS, ALSO_SURVEYS = 0.30, 0.20  # of those who grant e-mail
HOUR = 3_600
WITHDRAWS = 0.08
REACHED = 0.35  # share of those with consent that a campaign goes to
# Weeks before the as-of date, name and type; all by e-mail, at nine o'clock.
CAMPAIGNS = (
    (66, "Savings days 1", "discount"),
    (57, "New in 1", "launch"),
    (48, "Letter 1", "newsletter"),
    (39, "Savings days 2", "discount"),
    (30, "New in 2", "launch"),
    (21, "Letter 2", "newsletter"),
    (12, "Savings days 3", "discount"),
    (2, "New in 3", "launch"),
)
# Campaigns of whose members half are left out by lot, and by what share of their own chance to
# order within four weeks those who got them order more and those left out less than it.
LOTS = {"Letter 1": 0.0, "Letter 2": 0.7}
EFFECT_WEEKS = 4
ANSWERS = ("", "opened", "clicked", "ordered", "unsubscribed", "bounced", "held_out")
NOTHING, OPENED, CLICKED, ORDERED, UNSUBSCRIBED, BOUNCED, HELD_OUT = range(len(ANSWERS))
ORDERS_OF_CLICKS, OPENS, LEAVES, BOUNCES = 0.35, 0.40, 0.008, 0.01
LAPSED_ANSWER = 0.15  # factor on the response of who has left


@dataclass(frozen=True)
class MailConsents:
    """The consents to marketing by e-mail; one row per person with a customers record.

    Attributes
    ----------
    who : numpy.ndarray
        Rows of the people.
    status : numpy.ndarray
        Number in ``CONSENTS``.
    withdrawn_at : numpy.ndarray
        Seconds since 1970; the as-of date for never.
    """

    who: np.ndarray
    status: np.ndarray
    withdrawn_at: np.ndarray


@dataclass(frozen=True)
class Lots:
    """The lot of a campaign, for each person.

    Attributes
    ----------
    left_out : numpy.ndarray
        Whether the lot leaves them out, should they be in for the campaign.
    effect : numpy.ndarray
        By how much getting it raises their chance to order within `EFFECT_WEEKS`.
    members : numpy.ndarray
        Whether they are in for it.
    """

    left_out: np.ndarray
    effect: np.ndarray
    members: np.ndarray


def draw_lots(
    orders: Orders, lives: Lives, timeline: Timeline, rng: np.random.Generator
) -> dict[str, Lots]:
    """Draw whom campaigns leave out, so that those who got them order more.

    The orders stay as they are: they are what half of the people with a raised chance and half with
    a lowered one make. Who ordered is likelier to be one of the former, by Bayes' rule; apart from
    that the lot knows nothing of anybody.

    Parameters
    ----------
    orders : Orders
        The orders of the chunk.
    lives : Lives
        The hidden lives of a chunk of n people.
    timeline : Timeline
        The window.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    dict of str to Lots
        By the campaigns of `LOTS`, nobody being in for them yet.
    """
    rates = (1 - CANCELLED) * order_rates(lives, timeline)
    people = len(lives.number)
    drawn = {}
    for weeks, name, _ in (each for each in CAMPAIGNS if each[1] in LOTS):
        first = timeline.weeks - weeks
        last = first + EFFECT_WEEKS
        chance = -np.expm1(-rates[:, max(first, 0) : max(last, 0)].sum(axis=1))
        own = ~orders.cancelled & (orders.week >= first) & (orders.week < last)
        ordered = np.bincount(orders.who[own], minlength=people) > 0
        raised = np.minimum(LOTS[name] * chance, 1 - chance)
        gets_it = np.where(
            ordered,
            (chance + raised) / np.maximum(2 * chance, 1e-9),
            (1 - chance - raised) / np.maximum(2 * (1 - chance), 1e-9),
        )
        left_out = rng.random(people) >= gets_it
        drawn[name] = Lots(left_out, 2 * raised, np.zeros(people, dtype=bool))
    return drawn


def draw_consents(
    lives: Lives, consent: pa.Array, timeline: Timeline, rng: np.random.Generator
) -> MailConsents:
    """Draw who withdraws what the customers record says, and when.

    Parameters
    ----------
    lives : Lives
        The hidden lives of a chunk of n people.
    consent : pyarrow.Array
        The consent of each customers record.
    timeline : Timeline
        The window.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    MailConsents
        For each customers record.
    """
    who = np.flatnonzero(~lives.orphan)
    status = np.array([CONSENTS.index(each) for each in consent.to_pylist()], dtype=np.int64)
    begun = np.maximum(lives.signed_up_at[who], timeline.start)
    at = begun + (rng.random(len(who)) * (timeline.as_of - begun)).astype(np.int64)
    withdraws = (rng.random(len(who)) < WITHDRAWS) & (status == CONSENTS.index("granted"))
    return MailConsents(who, status, np.where(withdraws, at, timeline.as_of))


def consent_table(
    consents: MailConsents, lives: Lives, timeline: Timeline, rng: np.random.Generator
) -> pa.Table:
    """Write what people said about channels and purposes, in order of people and time.

    Parameters
    ----------
    consents : MailConsents
        The consents to e-mail.
    lives : Lives
        The hidden lives of a chunk of n people.
    timeline : Timeline
        The window.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    pyarrow.Table
        One row per consent, all columns text.
    """
    who, signed_up_at = consents.who, lives.signed_up_at[consents.who]
    granted = consents.status == CONSENTS.index("granted")
    known = consents.status != CONSENTS.index("unknown")
    sms = granted & (rng.random(len(who)) < ALSO_SMS)
    surveys = granted & (rng.random(len(who)) < ALSO_SURVEYS)
    withdrawn = consents.withdrawn_at < timeline.as_of
    channels, purposes = ("email", "sms"), ("marketing", "surveys")
    statuses = ("granted", "denied", "withdrawn")
    # who, channel, purpose, status and second by column
    said = np.concatenate(
        [
            np.column_stack([who[rows], *(np.full(rows.sum(), n) for n in numbers), at[rows]])
            for rows, numbers, at in (
                (granted, (0, 0, 0), signed_up_at),
                (known & ~granted, (0, 0, 1), signed_up_at),
                (sms, (1, 0, 0), signed_up_at),
                (surveys, (0, 1, 0), signed_up_at),
                (withdrawn, (0, 0, 2), consents.withdrawn_at),
            )
        ]
    ).astype(np.int64)
    who, channel, purpose, status, at = said[np.lexsort(said.T[::-1])].T
    return pa.table(
        {
            "customer_id": text.padded(lives.number[who], 7),
            "channel": text.named(channels, channel),
            "purpose": text.named(purposes, purpose),
            "status": text.named(statuses, status),
            "recorded_at": text.stamp(at),
        }
    )


def contact_table(
    consents: MailConsents,
    lives: Lives,
    timeline: Timeline,
    rng: np.random.Generator,
    lots: dict[str, Lots],
) -> pa.Table:
    """Write what was sent to whom and what came of it, campaign after campaign.

    Who uses discounts answers to discounts, who likes it dear to what is new; who has left hardly
    answers at all.

    Parameters
    ----------
    consents : MailConsents
        The consents to e-mail.
    lives : Lives
        The hidden lives of a chunk of n people.
    timeline : Timeline
        The window.
    rng : numpy.random.Generator
        Source of randomness.
    lots : dict of str to Lots
        Of each campaign of `LOTS`, whom it leaves out.

    Returns
    -------
    pyarrow.Table
        One row per contact, all columns text.
    """
    signed_up_at = lives.signed_up_at[consents.who]
    granted = consents.status == CONSENTS.index("granted")
    sent = []
    for campaign, (weeks, name, kind) in enumerate(CAMPAIGNS):
        at = timeline.as_of - weeks * WEEK + 9 * HOUR
        may = granted & (signed_up_at < at) & (at < consents.withdrawn_at)
        who = consents.who[may & (rng.random(len(may)) < REACHED)]
        week = timeline.week_of(np.full(len(who), at))
        response = _response(lives.persona(who, week), kind)
        response[lives.lapse_week[who] <= week] *= LAPSED_ANSWER
        rest = 1 - response - LEAVES - BOUNCES
        clicks = response * (1 - ORDERS_OF_CLICKS)
        unlikely = np.full(len(who), LEAVES), np.full(len(who), BOUNCES)
        answer = draw(
            np.column_stack(
                [rest * (1 - OPENS), rest * OPENS, clicks, response - clicks, *unlikely]
            ),
            rng,
        )
        if name in lots:
            # who unsubscribes did get it: so a lot changes nobody's consent
            answer[lots[name].left_out[who] & (answer != UNSUBSCRIBED)] = HELD_OUT
            lots[name].members[who] = True
        wait = rng.exponential(1.2 * DAY, len(who)).astype(np.int64) + 120
        answered_at = np.minimum(at + wait, timeline.as_of - 1)
        sent.append(
            np.column_stack(
                [np.full(len(who), campaign), who, np.full(len(who), at), answer, answered_at]
            )
        )
    campaign, who, at, answer, answered_at = np.concatenate(sent).astype(np.int64).T
    answered = ~np.isin(answer, (NOTHING, BOUNCED, HELD_OUT))
    return pa.table(
        {
            "customer_id": text.padded(lives.number[who], 7),
            "campaign": text.named([name for _, name, _ in CAMPAIGNS], campaign),
            "campaign_type": text.named([kind for _, _, kind in CAMPAIGNS], campaign),
            "channel": text.named(("email",), np.zeros(len(who), dtype=np.int64)),
            "sent_at": text.stamp(at),
            "response": text.only(answer != NOTHING, text.named(ANSWERS, answer)),
            "responded_at": text.only(answered, text.stamp(answered_at)),
        }
    )


def _response(persona: np.ndarray, kind: str) -> np.ndarray:
    """Give the probability that people of given personas click or order."""
    if kind == "discount":
        return 0.04 + 0.5 * trait("discount")[persona]
    if kind == "launch":
        return 0.05 + 0.20 * (trait("price_level")[persona] > 0)
    return np.full(len(persona), 0.06)
