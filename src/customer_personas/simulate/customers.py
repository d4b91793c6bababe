"""Customers records: who people say they are."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from customer_personas.simulate import text
from customer_personas.simulate.lives import Lives
from customer_personas.simulate.personas import OCCUPATIONS, REGIONS, draw, shares, trait
from customer_personas.simulate.timeline import DAY


def _words(written: str) -> list[str]:
    """Split a list of names that is easier to read as one text."""
    return written.split()


FIRST_NAMES = {
    "female": _words(
        "Alice Amara Ana Beth Chloé Clara Dana Elena Emma Fatima Grace Hana Inès Julia Karin Leila "
        "Lucía Maya Mei Nadia Nora Olga Priya Rosa Ruth Sara Sofia Tara Wendy Zoë"
    ),
    "male": _words(
        "Adam Ahmed Ben Bruno Carl Cyrus Dario David Emil Felix George Hugo Ivan Jamal James Jens "
        "José Karim Leo Liam Marco Noah Omar Oscar Paul Ravi Samir Tom Wei Yusuf"
    ),
}
LAST_NAMES = _words(
    "Abbott Ali Andersen Baker Bauer Becker Bell Brown Chen Clark Costa Cruz Dahl Diaz Dubois "
    "Evans Farah Fischer García Green Gupta Haas Hill Ito Jansen Jones Kaya Khan Kim King Kowalski "
    "Lang Lee López Marino Martin Meyer Mills Moore Mori Müller Nguyen Novak Okafor Olsen Park "
    "Patel Perez Petit Reed Rossi Roy Sato Silva Singh Smith Stone Taylor Torres Vogel Walker "
    "Wang Weber White Wolf Wood Wright Yang Young Zhou"
)
CANADA = ("Ontario", "Quebec", "Prairies", "Pacific")
GENDERS = ("female", "male", "other")
CONSENTS = ("granted", "denied", "unknown")
TIERS = ("bronze", "silver", "gold")
# Factor on a persona's middle income, in the order of OCCUPATIONS.
OCCUPATION_INCOME = np.array([0.45, 1.0, 1.45, 1.35, 1.0, 0.6, 0.75])
INCOME_SPREAD = 0.30
IN_CANADA = 0.12
CONSENT_UNKNOWN = 0.12
_ASCII = str.maketrans("éèëíóüñ", "eeeioun")


def _full_names(gender: np.ndarray, rng: np.random.Generator) -> tuple[pa.Array, pa.Array]:
    """Draw names, and the same names as they stand in an email address."""
    firsts = FIRST_NAMES["female"] + FIRST_NAMES["male"]
    half = len(FIRST_NAMES["female"])
    shift = np.where(gender == 2, rng.integers(0, 2, len(gender)), gender) * half
    first = rng.integers(0, half, len(gender)) + shift
    last = rng.integers(0, len(LAST_NAMES), len(gender))
    written = text.joined(text.named(firsts, first), " ", text.named(LAST_NAMES, last))
    plain = [[name.lower().translate(_ASCII) for name in names] for names in (firsts, LAST_NAMES)]
    return written, text.joined(text.named(plain[0], first), ".", text.named(plain[1], last))


def _birth_days(persona: np.ndarray, now: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw birth dates, as days since 1970, of people of age at sign-up."""
    age = np.clip(rng.normal(trait("age")[persona], trait("age_spread")[persona]), 18.5, 92)
    return (now // DAY - age * 365.25).astype(np.int64)


def _tiers(lives: Lives, rng: np.random.Generator) -> np.ndarray:
    """Draw loyalty tiers: better for those who order more and dearer, with noise."""
    persona = lives.personas[:, 1]
    value = np.log(trait("orders")[persona] * lives.rate) + 0.5 * trait("price_level")[persona]
    return np.digitize(value + rng.normal(0, 0.5, len(persona)), [1.9, 2.7])


def customer_table(lives: Lives, rng: np.random.Generator) -> pa.Table:
    """Write the customers records of the people who have one, clean and complete.

    Parameters
    ----------
    lives : Lives
        The hidden lives of these people.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    pyarrow.Table
        One row per person, all columns text.
    """
    persona = lives.personas[:, 0]
    size = len(persona)
    female = trait("female")[persona] * 0.97
    gender = draw(np.column_stack([female, 0.97 - female, np.full(size, 0.03)]), rng)
    name, address = _full_names(gender, rng)
    occupation = draw(shares("occupations")[persona], rng)
    income = trait("income")[persona] * OCCUPATION_INCOME[occupation]
    income = np.rint(income * np.exp(rng.normal(0, INCOME_SPREAD, size)) / 100) * 100
    abroad = rng.random(size) < IN_CANADA
    region = draw(shares("regions")[persona], rng) + len(REGIONS) * abroad
    granted = trait("consent")[persona] * (1 - CONSENT_UNKNOWN)
    unknown = np.full(size, CONSENT_UNKNOWN)
    consent = draw(np.column_stack([granted, 1 - granted - unknown, unknown]), rng)
    household = 1 + np.minimum(rng.poisson(trait("household")[persona] - 1), 8)
    domain = rng.integers(0, 3, size)
    area = 201 + rng.integers(0, 780, size)
    signed_up_at = text.stamp(lives.signed_up_at)
    table = pa.table(
        {
            "customer_id": text.padded(lives.number, 7),
            "email": text.joined(
                address,
                text.plain(lives.number),
                text.named(("@example.com", "@example.org", "@example.net"), domain),
            ),
            # 555-0100 to 555-0199 are kept for fiction in every area.
            "phone": text.joined(
                "+1-", text.plain(area), "-555-01", text.padded(rng.integers(0, 100, size), 2)
            ),
            "full_name": name,
            "birth_date": text.day(_birth_days(persona, lives.signed_up_at, rng)),
            "gender": text.named(GENDERS, gender),
            "occupation": text.named(OCCUPATIONS, occupation),
            "annual_income": text.plain(income),
            "country": text.named(("US", "CA"), abroad),
            "region": text.named(REGIONS + CANADA, region),
            "signed_up_at": signed_up_at,
            "marketing_consent": text.named(CONSENTS, consent),
            "loyalty_tier": text.named(TIERS, _tiers(lives, rng)),
            "household_size": text.plain(household),
            "updated_at": signed_up_at,
        }
    )
    return table.filter(pc.invert(pa.array(lives.orphan)))
