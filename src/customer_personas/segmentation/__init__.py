"""Segmentation: which kinds of customers there are, and which kind each customer is."""

import customer_personas.single_thread  # noqa: F401
