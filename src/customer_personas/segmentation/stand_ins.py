"""What stands in for personas where none can be trusted: RFM segments, or everybody."""

import duckdb
import numpy as np

from customer_personas.features.encoding import Encoding
from customer_personas.segmentation.candidates import Candidate, measure_cheaply
from customer_personas.segmentation.clusterings import Clustering
from customer_personas.segmentation.rfm import RfmSegments, fit_rfm_segments
from customer_personas.segmentation.samples import Samples
from customer_personas.segmentation.space import Space, fit_space
from customer_personas.sql import query

# Fewer customers than this have no quintiles worth the name.
QUINTILE_CUSTOMERS = 100


def make_stand_in(samples: Samples, rfm_rules: duckdb.DuckDBPyRelation) -> Candidate:
    """Make what stands in for personas where none can be trusted.

    Parameters
    ----------
    samples : Samples
        The customers.
    rfm_rules : duckdb.DuckDBPyRelation
        The seed rfm_segments.

    Returns
    -------
    Candidate
        The RFM segments, measured like every candidate; without orders, or with fewer than 100
        customers, one group of everybody.
    """
    segments = fit_rfm_segments(samples.now, samples.catalog, rfm_rules)
    if segments is None or samples.count_customers() < QUINTILE_CUSTOMERS:
        nothing = Space("none", Encoding(()), samples.population, np.zeros(0), np.zeros(0))
        return Candidate("fallback", nothing, Clustering("everybody", np.zeros((1, 0))), 1)
    families = samples.catalog.filter("family = 'rfm'")
    space, points, _ = fit_space(
        "rfm", samples.now, families, samples.population, samples.now_statistics
    )
    count = len(segments.names)
    groups = Clustering("rfm_segments", np.zeros((count, 0)))
    candidate = Candidate("fallback", space, groups, count, segments=segments)
    _, labels = _assign(segments, samples.now, samples.population)
    if len(points) == len(labels) and points.size:
        candidate.metrics |= measure_cheaply(points, labels)
    past = fit_rfm_segments(samples.then, samples.catalog, rfm_rules)
    if samples.knows_later and past is not None:
        customer_ids, labels = _assign(past, samples.then, samples.population)
        candidate.metrics |= samples.read_outcomes(customer_ids).measure_usefulness(labels)
    return candidate


def _assign(
    segments: RfmSegments, features: duckdb.DuckDBPyRelation, population: str
) -> tuple[list[str], np.ndarray]:
    found = query(features, "features", segments.write_assignment(population)).order("customer_id")
    rows = found.project("customer_id, cluster").fetchall()
    return [customer for customer, _ in rows], np.array([cluster for _, cluster in rows])
