"""Learning: fits on bounded samples, and the SQL that scores every customer.

The modules are imported here, one after the other, because dbt runs Python models in threads: two
threads that import scikit-learn for the first time at the same moment find each other's half-made
modules.
"""

import os

from threadpoolctl import threadpool_limits

# OpenMP keeps a number of threads for each thread that calls it, and dbt calls from its own: what
# holds for all of them has to be said before scikit-learn brings its OpenMP along.
os.environ["OMP_NUM_THREADS"] = "1"

from customer_personas.learning import champions, persona_fits, persona_rules, product_groups

__all__ = ["champions", "persona_fits", "persona_rules", "product_groups"]

# The order of threads is the order of sums: one thread makes every figure the same everywhere. Set
# once and for all, because a limit that one fit takes back would be lifted under another.
threadpool_limits(1)
