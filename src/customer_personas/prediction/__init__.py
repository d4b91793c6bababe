"""Prediction: what a customer will do or need next, chosen and judged on dates that lie later.

As in `customer_personas.learning`, which sets the number of threads, the modules are imported here,
one after the other.
"""

from customer_personas.learning import champions
from customer_personas.prediction import fits, scores

__all__ = ["champions", "fits", "scores"]
