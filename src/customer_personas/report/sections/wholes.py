"""What shares are shares of: which customers, and which sum of revenue."""

from customer_personas.language.texts import Texts
from customer_personas.report.published import Facts

# So many digits of a sum say what it is worth, and nothing of the largest customer in it.
_DIGITS = 3
# Where bounding leaves so much of a sum, one sum says it all.
_MUCH = 0.95


def without_persona(facts: Facts) -> int:
    """Count the customers who have no persona; 0 where they are too few to be told."""
    total = facts.one("customers")
    without = (total.get("customers") or 0) - (total.get("with_persona") or 0)
    return without if without >= facts.minimum_cell else 0


def say_customers(facts: Facts, texts: Texts) -> str:
    """Say which customers the shares of personas are of."""
    return texts.say("who.of_members" if without_persona(facts) else "who.of_all")


def say_without(facts: Facts, texts: Texts) -> str:
    """Say how many customers have no persona, and why; nothing where all have one."""
    without, total = without_persona(facts), facts.one("customers")
    if not without:
        return ""
    never_ordered = total.get("buyers") and total.get("only_buyers_have_one")
    return texts.say(
        "who.without_orders" if never_ordered else "who.without",
        customers=texts.count(without),
        all=texts.count(total["customers"]),
        members=texts.count(total["with_persona"]),
    )


def bounded_revenue(facts: Facts) -> int | None:
    """Return the sum that shares of revenue are of, to three digits.

    Parameters
    ----------
    facts : Facts
        What the published file holds.

    Returns
    -------
    int or None
        The revenue of the last year with giant orders bounded; None where it is not known, or
        where bounding takes hardly anything off.
    """
    total = facts.one("customers")
    whole, bounded = total.get("spend_365d"), total.get("bounded_spend")
    if not whole or not bounded or bounded > _MUCH * whole:
        return None
    return int(float(f"{bounded:.{_DIGITS}g}"))


def say_revenue(facts: Facts, texts: Texts) -> str:
    """Say which revenue shares are of, where it is not all of it."""
    bounded = bounded_revenue(facts)
    if bounded is None:
        return ""
    return texts.say("page.bounded", revenue=texts.number(bounded))
