"""Loads scikit-learn once and for all, with one thread for each fit.

The order of threads is the order of sums: one thread makes every figure the same everywhere. And
dbt runs Python models in threads of its own: two of them that import scikit-learn for the first
time at the same moment find each other's half-made modules. Packages that fit import this module
first; the import lock makes the second thread wait.
"""

import os

from threadpoolctl import threadpool_limits

# OpenMP keeps a number of threads for each thread that calls it: what holds for all of them has to
# be said before scikit-learn brings its OpenMP along.
os.environ["OMP_NUM_THREADS"] = "1"

import sklearn.cluster
import sklearn.decomposition
import sklearn.ensemble
import sklearn.feature_extraction.text
import sklearn.kernel_approximation
import sklearn.linear_model
import sklearn.metrics
import sklearn.mixture
import sklearn.pipeline
import sklearn.preprocessing
import sklearn.svm
import sklearn.tree  # noqa: F401

# Set for good: a limit that one fit takes back would be lifted under another.
threadpool_limits(1)
