"""Clusters recognised as the personas that are there already, by the members they share."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from scipy.optimize import linear_sum_assignment

from customer_personas.segmentation.quality import measure_jaccard

# A persona goes on where it shares half of all members, before or now, with a cluster.
CONTINUES = 0.5
# A new cluster comes out of an old persona, and an old persona goes into a new cluster, with half
# of its own members.
MOST = 0.5

# What became of a persona.
EVENT = pa.struct(
    [
        ("event", pa.string()),
        ("persona_id", pa.string()),
        ("related_persona_id", pa.string()),
        ("customers_before", pa.int32()),
        ("customers_after", pa.int32()),
        ("shared_customers", pa.int32()),
        ("jaccard", pa.float64()),
    ]
)


@dataclass(frozen=True)
class Matching:
    """Which persona each cluster is.

    Parameters
    ----------
    persona_ids : list of str
        The persona of each cluster.
    events : list of dict
        What became of each persona, as in `EVENT`: event (continued, born, split, merged, retired)
        with figures.
    """

    persona_ids: list[str]
    events: list[dict[str, Any]]


def match_personas(
    shared: np.ndarray,
    sizes_before: np.ndarray,
    sizes_after: np.ndarray,
    living: list[str],
    next_number: int,
    prefix: str = "P",
) -> Matching:
    """Match new clusters to living personas by optimal assignment.

    The events are the transitions of Spiliopoulou et al., MONIC: modeling and monitoring cluster
    transitions (KDD 2006), with the assignment of Kuhn (1955) in place of its greedy one.

    Parameters
    ----------
    shared : numpy.ndarray
        Shape (personas, clusters): customers that are in both, on the same day.
    sizes_before, sizes_after : numpy.ndarray
        Shapes (personas,) and (clusters,): all members of each.
    living : list of str
        The personas, in the order of the rows.
    next_number : int
        Number of the next persona to be born; no number is used twice.
    prefix : str
        Letter before the number.

    Returns
    -------
    Matching
        The persona of each cluster, and the events.
    """
    similarity = measure_jaccard(shared, sizes_before, sizes_after)
    # what is too unlike counts nothing: two pairs of it together must not part one that goes on
    goes_on = np.where(similarity >= CONTINUES, similarity, 0.0)
    pairs = list(zip(*linear_sum_assignment(-goes_on), strict=True))
    parent = {int(new): int(old) for old, new in pairs if goes_on[old, new] > 0}
    persona_ids: list[str] = []
    events: list[dict[str, Any]] = []
    for new in range(shared.shape[1]):
        if new in parent:
            persona_ids.append(living[parent[new]])
        else:
            persona_ids.append(f"{prefix}{next_number:03}")
            next_number += 1

    def record(
        event: str, persona_id: str, related: str | None, old: int | None, new: int | None
    ) -> None:
        pair = (old, new) if old is not None and new is not None else None
        events.append(
            {
                "event": event,
                "persona_id": persona_id,
                "related_persona_id": related,
                "customers_before": int(sizes_before[old]) if old is not None else 0,
                "customers_after": int(sizes_after[new]) if new is not None else 0,
                "shared_customers": int(shared[pair]) if pair else 0,
                "jaccard": float(similarity[pair]) if pair else 0.0,
            }
        )

    for new, persona_id in enumerate(persona_ids):
        source = int(shared[:, new].argmax()) if len(living) else None
        if new in parent:
            record("continued", persona_id, None, parent[new], new)
        elif source is not None and shared[source, new] >= MOST * max(1, sizes_after[new]):
            record("split", persona_id, living[source], source, new)
        else:
            record("born", persona_id, None, None, new)
    for old, persona_id in enumerate(living):
        if old in parent.values():
            continue
        into = int(shared[old].argmax()) if shared.shape[1] else None
        if into is not None and shared[old, into] >= MOST * max(1, sizes_before[old]):
            record("merged", persona_id, persona_ids[into], old, into)
        else:
            record("retired", persona_id, None, old, None)
    return Matching(persona_ids, events)
