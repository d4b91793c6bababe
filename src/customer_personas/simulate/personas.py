"""The six hidden personas: every rate that sets one kind of customer apart from another."""

from dataclasses import dataclass

import numpy as np

CATEGORIES = (
    "grocery",
    "home",
    "garden",
    "fashion",
    "beauty",
    "electronics",
    "sports",
    "toys",
    "books",
)
NEEDS = ("save money", "treat myself", "equip home", "care for family", "stay active")
OCCUPATIONS = (
    "student",
    "employee",
    "manager",
    "professional",
    "self-employed",
    "homemaker",
    "retired",
)
REGIONS = ("Northeast", "Midwest", "South", "West")


@dataclass(frozen=True)
class Persona:
    """One hidden persona; rates per year hold while a customer is active.

    Attributes
    ----------
    name : str
        Name in the truth files.
    share : float
        Share of the customers who start with this persona.
    orders, sessions, surveys : float
        Orders, spontaneous web sessions and answered surveys per year.
    lapse : float
        Weekly probability to leave for good.
    year_end : float
        Strength of the year-end peak.
    basket : float
        Mean order lines per order.
    units : float
        Mean units per line above one.
    price_level : float
        Above zero prefers the dear products of a category, below zero the cheap ones.
    discount : float
        Probability that an order uses a discount.
    returns : float
        Probability that a line is sent back.
    mix : tuple of float
        Category weights, in the order of ``CATEGORIES``.
    depth, search, cart, tracked : float
        Events per session, share of searches and of carts in it, share of orders whose checkout
        was tracked.
    devices : tuple of float
        Desktop, mobile, tablet.
    hours : tuple of float
        Weights of morning, midday and evening.
    weekend : float
        Weight of a weekend day against a weekday.
    feedback, complaint, question : float
        Probability of feedback per order, and the shares of complaints and questions in it.
    rating : float
        Mean rating out of five.
    topics : tuple of float
        What comments are about: price, quality, delivery, service.
    age, age_spread, income, household, female : float
        Demographics: age in years, middle annual income, household size, share of women.
    occupations, regions : tuple of float
        Weights in the order of ``OCCUPATIONS`` and ``REGIONS``.
    consent : float
        Probability of granted marketing consent.
    needs : tuple of float
        Weights of declared needs, in the order of ``NEEDS``.
    """

    name: str
    share: float
    orders: float
    sessions: float
    surveys: float
    lapse: float
    year_end: float
    basket: float
    units: float
    price_level: float
    discount: float
    returns: float
    mix: tuple[float, ...]
    depth: float
    search: float
    cart: float
    tracked: float
    devices: tuple[float, ...]
    hours: tuple[float, ...]
    weekend: float
    feedback: float
    complaint: float
    question: float
    rating: float
    topics: tuple[float, ...]
    age: float
    age_spread: float
    income: float
    household: float
    female: float
    occupations: tuple[float, ...]
    regions: tuple[float, ...]
    consent: float
    needs: tuple[float, ...]


PERSONAS = (
    Persona(
        name="bargain_hunter",
        share=0.24,
        orders=9.2,
        sessions=3.3,
        surveys=0.25,
        lapse=0.0105,
        year_end=0.9,
        basket=1.5,
        units=0.35,
        price_level=-1.1,
        discount=0.84,
        returns=0.09,
        mix=(0.03, 0.05, 0.01, 0.54, 0.28, 0.03, 0.02, 0.02, 0.02),
        depth=4.2,
        search=0.34,
        cart=0.20,
        tracked=0.20,
        devices=(0.20, 0.72, 0.08),
        hours=(0.15, 0.20, 0.65),
        weekend=1.0,
        feedback=0.16,
        complaint=0.16,
        question=0.12,
        rating=3.6,
        topics=(0.55, 0.20, 0.15, 0.10),
        age=33,
        age_spread=10,
        income=34_000,
        household=2.2,
        female=0.58,
        occupations=(0.26, 0.42, 0.03, 0.06, 0.08, 0.10, 0.05),
        regions=(0.20, 0.25, 0.37, 0.18),
        consent=0.70,
        needs=(0.70, 0.14, 0.05, 0.06, 0.05),
    ),
    Persona(
        name="family_provider",
        share=0.22,
        orders=10.5,
        sessions=2.2,
        surveys=0.30,
        lapse=0.0055,
        year_end=0.6,
        basket=2.1,
        units=1.10,
        price_level=-0.1,
        discount=0.3,
        returns=0.04,
        mix=(0.6, 0.04, 0.01, 0.04, 0.03, 0.01, 0.02, 0.24, 0.01),
        depth=2.8,
        search=0.16,
        cart=0.30,
        tracked=0.22,
        devices=(0.42, 0.44, 0.14),
        hours=(0.22, 0.18, 0.60),
        weekend=1.9,
        feedback=0.12,
        complaint=0.10,
        question=0.14,
        rating=4.1,
        topics=(0.20, 0.30, 0.35, 0.15),
        age=39,
        age_spread=6,
        income=56_000,
        household=3.9,
        female=0.60,
        occupations=(0.01, 0.48, 0.10, 0.12, 0.09, 0.19, 0.01),
        regions=(0.22, 0.32, 0.28, 0.18),
        consent=0.62,
        needs=(0.15, 0.04, 0.08, 0.68, 0.05),
    ),
    Persona(
        name="home_maker",
        share=0.17,
        orders=7.8,
        sessions=2.8,
        surveys=0.25,
        lapse=0.009,
        year_end=0.4,
        basket=1.4,
        units=0.45,
        price_level=0.15,
        discount=0.28,
        returns=0.08,
        mix=(0.02, 0.56, 0.31, 0.02, 0.01, 0.03, 0.02, 0.01, 0.02),
        depth=4.0,
        search=0.26,
        cart=0.15,
        tracked=0.22,
        devices=(0.66, 0.22, 0.12),
        hours=(0.35, 0.35, 0.30),
        weekend=2.2,
        feedback=0.22,
        complaint=0.16,
        question=0.26,
        rating=3.9,
        topics=(0.15, 0.40, 0.30, 0.15),
        age=47,
        age_spread=11,
        income=61_000,
        household=2.6,
        female=0.50,
        occupations=(0.01, 0.36, 0.13, 0.14, 0.16, 0.08, 0.12),
        regions=(0.22, 0.34, 0.26, 0.18),
        consent=0.52,
        needs=(0.12, 0.07, 0.70, 0.07, 0.04),
    ),
    Persona(
        name="active_outdoors",
        share=0.14,
        orders=8.6,
        sessions=2.7,
        surveys=0.25,
        lapse=0.008,
        year_end=0.4,
        basket=1.35,
        units=0.30,
        price_level=0.10,
        discount=0.28,
        returns=0.11,
        mix=(0.05, 0.02, 0.03, 0.09, 0.05, 0.05, 0.68, 0.01, 0.02),
        depth=3.2,
        search=0.22,
        cart=0.20,
        tracked=0.22,
        devices=(0.22, 0.68, 0.10),
        hours=(0.55, 0.20, 0.25),
        weekend=0.8,
        feedback=0.2,
        complaint=0.08,
        question=0.16,
        rating=4.2,
        topics=(0.12, 0.48, 0.25, 0.15),
        age=34,
        age_spread=9,
        income=53_000,
        household=2.0,
        female=0.46,
        occupations=(0.14, 0.42, 0.10, 0.18, 0.12, 0.02, 0.02),
        regions=(0.16, 0.15, 0.20, 0.49),
        consent=0.66,
        needs=(0.08, 0.10, 0.05, 0.05, 0.72),
    ),
    Persona(
        name="premium_enthusiast",
        share=0.13,
        orders=9.0,
        sessions=2.7,
        surveys=0.35,
        lapse=0.007,
        year_end=0.8,
        basket=1.3,
        units=0.20,
        price_level=1.4,
        discount=0.05,
        returns=0.10,
        mix=(0.02, 0.04, 0.01, 0.18, 0.14, 0.56, 0.02, 0.01, 0.02),
        depth=3.4,
        search=0.14,
        cart=0.26,
        tracked=0.26,
        devices=(0.48, 0.36, 0.16),
        hours=(0.20, 0.45, 0.35),
        weekend=0.7,
        feedback=0.24,
        complaint=0.09,
        question=0.10,
        rating=4.4,
        topics=(0.06, 0.44, 0.20, 0.30),
        age=44,
        age_spread=10,
        income=98_000,
        household=2.1,
        female=0.48,
        occupations=(0.01, 0.16, 0.36, 0.32, 0.12, 0.01, 0.02),
        regions=(0.40, 0.12, 0.18, 0.30),
        consent=0.58,
        needs=(0.04, 0.74, 0.09, 0.06, 0.07),
    ),
    Persona(
        name="occasional_giver",
        share=0.10,
        orders=5.4,
        sessions=1.2,
        surveys=0.20,
        lapse=0.007,
        year_end=3.0,
        basket=1.4,
        units=0.30,
        price_level=0.2,
        discount=0.16,
        returns=0.05,
        mix=(0.03, 0.03, 0.03, 0.02, 0.05, 0.02, 0.01, 0.2, 0.61),
        depth=2.4,
        search=0.30,
        cart=0.22,
        tracked=0.18,
        devices=(0.70, 0.12, 0.18),
        hours=(0.45, 0.45, 0.10),
        weekend=0.7,
        feedback=0.15,
        complaint=0.08,
        question=0.34,
        rating=4.3,
        topics=(0.14, 0.26, 0.30, 0.30),
        age=62,
        age_spread=10,
        income=42_000,
        household=1.8,
        female=0.54,
        occupations=(0.0, 0.22, 0.05, 0.07, 0.06, 0.08, 0.52),
        regions=(0.30, 0.28, 0.26, 0.16),
        consent=0.40,
        needs=(0.20, 0.22, 0.12, 0.40, 0.06),
    ),
)


def trait(name: str) -> np.ndarray:
    """Return one trait of all personas, by persona number.

    Parameters
    ----------
    name : str
        Name of the trait.

    Returns
    -------
    numpy.ndarray
        One row per persona.
    """
    return np.array([getattr(persona, name) for persona in PERSONAS], dtype=float)


def shares(name: str) -> np.ndarray:
    """Return a trait that is a list of weights as probabilities that sum to one.

    Parameters
    ----------
    name : str
        Name of the trait.

    Returns
    -------
    numpy.ndarray
        Shape (personas, weights).
    """
    weights = trait(name)
    return weights / weights.sum(axis=-1, keepdims=True)


def draw(probabilities: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw one column number for each row of a matrix of probabilities.

    Parameters
    ----------
    probabilities : numpy.ndarray
        Shape (m, k); rows need not sum to one.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    numpy.ndarray
        Column numbers, shape (m,).
    """
    reach = np.cumsum(probabilities, axis=1)
    reach /= reach[:, -1:]
    return (reach < rng.random(len(reach))[:, None]).sum(axis=1)
