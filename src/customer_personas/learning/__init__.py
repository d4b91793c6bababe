"""Learning: fits on bounded samples, and the SQL that scores every customer.

The modules are imported here, one after the other, because dbt runs Python models in threads: two
threads that import scikit-learn for the first time at the same moment find each other's half-made
modules.
"""

from threadpoolctl import threadpool_limits

from customer_personas.learning import champions, persona_fits, persona_rules, product_groups

__all__ = ["champions", "persona_fits", "persona_rules", "product_groups"]

# The order of threads is the order of sums: one thread makes every figure the same everywhere. Set
# once and for all, because a limit that one fit takes back would be lifted under another.
threadpool_limits(1)
