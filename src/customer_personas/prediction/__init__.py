"""Prediction: what a customer will do or need next, chosen and judged on dates that lie later."""

import customer_personas.single_thread  # noqa: F401
