"""Warehouse: the databases, the state that outlives them, and what is published from them."""
