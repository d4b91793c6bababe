"""Measures builds and parts of them, beside references of the same run."""
