"""The assignment of customers to clusters written as SQL over a relation ``features``.

Every query gives customer_id, cluster, distance, second_cluster, second_distance and confidence:
0 on the border between the two nearest clusters, 1 at the centre.
"""

import numpy as np

from customer_personas.segmentation.clusterings import Clustering
from customer_personas.segmentation.space import Space
from customer_personas.sql import identifier, indent, literal, number


def write_assignment(space: Space, clustering: Clustering) -> str:
    """Write the assignment to the nearest centroid, or to the most likely Gaussian.

    Parameters
    ----------
    space : Space
        Where distances are measured.
    clustering : Clustering
        The clusters.

    Returns
    -------
    str
        The query. Confidence is 1 less the distance to the own centre over that to the second
        nearest; for Gaussians 1 less the second's likelihood over the own.
    """
    squares = [
        f"{_write_squared_distance(space.encoding.names, clustering, cluster)} as squared_{cluster}"
        for cluster in range(clustering.count)
    ]
    costs = [
        f"squared_{cluster} - {number(2 * log_share)} as cost_{cluster}"
        for cluster, log_share in enumerate(clustering.log_shares())
    ]
    confidence = (
        "case when second_distance = 0 then 0e0 else 1 - distance / second_distance end"
        if clustering.weights is None
        else "1 - exp((least_cost - second_cost) / 2)"
    )
    clusters = range(clustering.count)
    listed = ", ".join(f"cost_{c}" for c in clusters)
    others = ", ".join(f"case when cluster <> {c} then cost_{c} end" for c in clusters)
    least = " ".join(f"when cost_{c} = least_cost then {c}" for c in clusters)
    second = " ".join(f"when cluster <> {c} and cost_{c} = second_cost then {c}" for c in clusters)
    return f"""with points as (
{indent(space.write_points())}
),

squared_distances as (
    select
        {_list_lines(["customer_id", *squares])}
    from points
),

costs as (
    select
        {_list_lines(["*", *costs])}
    from squared_distances
),

first_clusters as (
    select *, case {least} end as cluster
    from (select *, least({listed}) as least_cost from costs)
),

second_clusters as (
    select *, case {second} end as second_cluster
    from (select *, least({others}) as second_cost from first_clusters)
),

distances as (
    select
        *,
        sqrt({_choose_by_cluster("cluster", clusters)}) as distance,
        sqrt({_choose_by_cluster("second_cluster", clusters)}) as second_distance
    from second_clusters
)

select
    customer_id,
    cast(cluster as integer) as cluster,
    distance,
    cast(second_cluster as integer) as second_cluster,
    second_distance,
    case when second_cluster is null then 1e0 else {confidence} end as confidence
from distances"""


def write_contributions(space: Space, clustering: Clustering, assignments: str) -> str:
    """Write what speaks for a customer's cluster, feature by feature.

    Parameters
    ----------
    space : Space
        Where distances are measured; the average customer is its origin.
    clustering : Clustering
        The clusters.
    assignments : str
        Relation with customer_id and cluster, as SQL text.

    Returns
    -------
    str
        A SELECT of customer_id, reason_rank (1 to 4), feature_name, feature_value (as text)
        and contribution: how much
        nearer, in squared standard deviations, the feature brings the customer to the own centre
        than to the average customer. Over all features the contributions add up to the difference
        of the squared distances. Only those above zero are given, and the strongest in any case.
    """
    names = space.encoding.names
    features = []
    for feature, group in zip(space.encoding.features, space.groups, strict=True):
        # to the average less to the own centre, input by input
        signed = " + ".join(
            f"{_square(point)} - {_square(f'({point} - {_write_center(clustering, each)})')}"
            for each in group
            for point in [f"points.{identifier(names[each])}"]
        )
        features.append(
            f"{{'contribution': {signed}, 'feature_name': {literal(feature)}, "
            f"'feature_value': cast(features.{identifier(feature)} as varchar)}}"
        )
    listed = ",\n            ".join(features)
    return f"""with points as (
{indent(space.write_points())}
),

contributions as (
    select
        points.customer_id,
        list_reverse_sort([
            {listed}
        ]) as strongest
    from points
    inner join {assignments} as assignments
        on points.customer_id = assignments.customer_id
    inner join features
        on points.customer_id = features.customer_id
),

ranked as (
    select
        customer_id,
        reason_rank,
        strongest[reason_rank].feature_name as feature_name,
        strongest[reason_rank].feature_value as feature_value,
        strongest[reason_rank].contribution as contribution
    from contributions
    cross join (values (1), (2), (3), (4)) as ranks (reason_rank)
)

select
    customer_id,
    cast(reason_rank as integer) as reason_rank,
    feature_name,
    feature_value,
    contribution
from ranked
where contribution > 0 or reason_rank = 1"""


def _write_squared_distance(names: list[str], clustering: Clustering, cluster: int) -> str:
    center = clustering.centers[cluster]
    offsets = [
        f"({identifier(name)} - {number(at)})" for name, at in zip(names, center, strict=True)
    ]
    if clustering.precisions is not None and clustering.precisions.ndim == 3:
        factor = clustering.precisions[cluster]
        offsets = [
            "("
            + " + ".join(
                f"{offset} * {number(factor[row, column])}"
                for row, offset in enumerate(offsets)
                if factor[row, column]
            )
            + ")"
            for column in range(factor.shape[1])
        ]
    elif clustering.precisions is not None:
        factors = clustering.precisions[cluster]
        offsets = [
            f"({offset} * {number(factor)})"
            for offset, factor in zip(offsets, factors, strict=True)
        ]
    return "\n        + ".join(_square(offset) for offset in offsets) or "0e0"


def _square(expression: str) -> str:
    """Multiply: many times faster in the engine than a power, and rounded as numpy does."""
    return f"{expression} * {expression}"


def _write_center(clustering: Clustering, position: int) -> str:
    centers = np.asarray(clustering.centers)[:, position]
    cases = " ".join(f"when {cluster} then {number(at)}" for cluster, at in enumerate(centers))
    return f"case assignments.cluster {cases} end"


def _choose_by_cluster(column: str, clusters: range) -> str:
    return f"case {column} " + " ".join(f"when {c} then squared_{c}" for c in clusters) + " end"


def _list_lines(expressions: list[str]) -> str:
    """Put the expressions of a select list on lines of their own."""
    return ",\n        ".join(expressions)
