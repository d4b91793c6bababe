"""Personas described by rules that a person can read and the engine can count.

A shallow decision tree imitates the assignment of personas on the features in their own units. Its
thresholds are rounded to readable figures, and the counts are those of the rounded rules.
"""
