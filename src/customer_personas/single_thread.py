"""Loads scikit-learn once and for all, with one thread for each fit.

The order of threads is the order of sums: one thread makes every figure the same everywhere. And
dbt runs Python models in threads of its own: two of them that import scikit-learn for the first
time at the same moment find each other's half-made modules. Packages that fit import this module
first; the import lock makes the second thread wait.
"""

import os
from importlib import import_module

from threadpoolctl import threadpool_limits

# OpenMP keeps a number of threads for each thread that calls it: what holds for all of them has to
# be said before scikit-learn brings its OpenMP along.
os.environ["OMP_NUM_THREADS"] = "1"

for name in (
    "cluster",
    "decomposition",
    "ensemble",
    "feature_extraction.text",
    "kernel_approximation",
    "linear_model",
    "metrics",
    "mixture",
    "pipeline",
    "preprocessing",
    "svm",
    "tree",
):
    import_module(f"sklearn.{name}")

# Set for good: a limit that one fit takes back would be lifted under another.
threadpool_limits(1)
