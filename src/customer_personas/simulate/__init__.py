"""A plausible company: raw customer records with planted dirt and a truth to test against."""

from customer_personas.simulate.company import simulate

__all__ = ["simulate"]
