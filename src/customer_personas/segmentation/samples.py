"""What segmentation reads: bounded samples of customers, and what they bought later."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import duckdb
import numpy as np

from customer_personas.features.encoding import measure_features
from customer_personas.features.sampling import sample_customers
from customer_personas.features.statistics import ColumnStatistics
from customer_personas.segmentation.quality import measure_explained_share
from customer_personas.segmentation.space import find_population

# Fewer later buyers than this, and usefulness is a figure of chance.
LATER_BUYERS = 100


@dataclass(frozen=True)
class Samples:
    """What segmentation learns from and is judged by.

    Parameters
    ----------
    catalog : duckdb.DuckDBPyRelation
        The features that personas may be formed on.
    population : str
        SQL condition on the customers to group.
    now, then : duckdb.DuckDBPyRelation
        Features on the date to score for, and one horizon or more earlier.
    now_statistics, then_statistics : dict of ColumnStatistics
        What `measure_features` says of them, once for all sets of features.
    later_spend : dict
        log(1 + spend) of the customers of `then` within that horizon; who is not there spent
        nothing.
    later_categories : dict
        Shares of the categories in it, by customer who bought something with a category.
    seed : int
        Seed of everything random.
    progress : callable
        Takes a line that says what is being done.
    """

    catalog: duckdb.DuckDBPyRelation
    population: str
    now: duckdb.DuckDBPyRelation
    then: duckdb.DuckDBPyRelation
    now_statistics: dict[str, ColumnStatistics]
    then_statistics: dict[str, ColumnStatistics]
    later_spend: dict[str, float]
    later_categories: dict[str, np.ndarray]
    seed: int
    progress: Callable[[str], None]

    @property
    def knows_later(self) -> bool:
        """Whether enough customers of `then` bought something later."""
        return sum(spend > 0 for spend in self.later_spend.values()) >= LATER_BUYERS

    def count_customers(self) -> int:
        """Count the customers of `now`.

        Returns
        -------
        int
            How many there are to fit on.
        """
        ((customers,),) = self.now.aggregate("count(*)").fetchall()
        return customers

    def read_outcomes(self, customer_ids: list[str]) -> "Outcomes":
        """Read what customers of `then` did later.

        Parameters
        ----------
        customer_ids : list of str
            The customers.

        Returns
        -------
        Outcomes
            Of these customers, in order.
        """
        who = [n for n, each in enumerate(customer_ids) if each in self.later_categories]
        return Outcomes(
            np.array([[self.later_spend.get(each, 0.0)] for each in customer_ids]),
            np.array(who, dtype=int),
            np.array([self.later_categories[customer_ids[n]] for n in who]),
        )


@dataclass(frozen=True)
class Outcomes:
    """What some customers bought later.

    Parameters
    ----------
    spend : numpy.ndarray
        Shape (n, 1): log(1 + spend).
    buyers : numpy.ndarray
        Shape (m,): positions of those who bought something with a category.
    mixes : numpy.ndarray
        Shape (m, c): their shares of the categories.
    """

    spend: np.ndarray
    buyers: np.ndarray
    mixes: np.ndarray

    def measure_usefulness(self, labels: np.ndarray) -> dict[str, float]:
        """Measure how much of it groups explain.

        Parameters
        ----------
        labels : numpy.ndarray
            Shape (n,): the groups of the customers.

        Returns
        -------
        dict
            later_spend_explained, later_categories_explained (where enough bought something with a
            category), each where customers differ in it, and usefulness, the mean of these: shares
            of variance from 0 to 1; nothing where too few of these customers bought something, or
            where all did the same.
        """
        if np.count_nonzero(self.spend > 0) < LATER_BUYERS:
            return {}
        explained = {}
        if _differ(self.spend):
            explained["later_spend_explained"] = measure_explained_share(labels, self.spend)
        if len(self.buyers) >= LATER_BUYERS and _differ(self.mixes):
            share = measure_explained_share(labels[self.buyers], self.mixes)
            explained["later_categories_explained"] = share
        if not explained:
            return {}
        return explained | {"usefulness": float(np.mean(list(explained.values())))}


def _differ(outcomes: np.ndarray) -> bool:
    """Say whether not all customers did the same: their variance is a matter of rounding then."""
    return bool(np.ptp(outcomes, axis=0).any())


def read_samples(
    features: duckdb.DuckDBPyRelation,
    catalog: duckdb.DuckDBPyRelation,
    later_purchases: duckdb.DuckDBPyRelation,
    *,
    observation_date: date,
    seed: int,
    sample_size: int,
    progress: Callable[[str], None],
) -> Samples:
    """Take the samples that segmentation learns from and is judged by.

    Parameters
    ----------
    features : duckdb.DuckDBPyRelation
        One row per customer and observation date.
    catalog : duckdb.DuckDBPyRelation
        The feature catalogue.
    later_purchases : duckdb.DuckDBPyRelation
        customer_id, observation_date, product_category, net_amount and sale_amount of what was
        bought within the horizon after the newest complete grid date.
    observation_date : datetime.date
        The date to group customers on.
    seed : int
        Seed of the sample and of the fits.
    sample_size : int
        Largest number of customers.
    progress : callable
        Takes a line that says what is being done.

    Returns
    -------
    Samples
        The samples.
    """
    usable = catalog.filter("in_segmentation")
    current = features.filter(f"observation_date = date '{observation_date}'")
    population = find_population(current, usable)
    # a later date than the one to group on would know its future
    judged = later_purchases.filter(f"observation_date < date '{observation_date}'")
    ((earlier,),) = judged.aggregate("max(observation_date)").fetchall()
    past = features.filter(f"observation_date = date '{earlier or observation_date}'")
    sampled_now, sampled_then = (
        sample_customers(rows.filter(population), sample_size, seed) for rows in (current, past)
    )
    now, then = _hold(sampled_now), _hold(sampled_then)
    # what the others bought, newcomers among them, says nothing of customers of the earlier date
    judged = judged.set_alias("judged").join(
        sampled_then.project("customer_id").set_alias("sampled"), "customer_id", "semi"
    )
    spend = judged.aggregate(
        "customer_id, ln(1 + greatest(cast(sum(net_amount) as double), 0)) as spend", "customer_id"
    )
    return Samples(
        usable,
        population,
        now,
        then,
        measure_features(now, usable),
        measure_features(then, usable),
        dict(spend.fetchall()),
        _read_category_shares(judged),
        seed,
        progress,
    )


def _hold(rows: duckdb.DuckDBPyRelation) -> duckdb.DuckDBPyRelation:
    """Hold rows in memory: a relation is read anew by each query over it."""
    return duckdb.connect().from_arrow(rows.to_arrow_table())


def _read_category_shares(purchases: duckdb.DuckDBPyRelation) -> dict[str, np.ndarray]:
    """Read each customer's shares of the categories, in one order for all."""
    amounts: dict[str, dict[str, float]] = {}
    bought = purchases.filter("product_category is not null and sale_amount > 0")
    # the order of the rows is the order of the sums below
    bought = bought.order("customer_id, product_category")
    for customer, category, amount in bought.project(
        "customer_id, product_category, cast(sale_amount as double)"
    ).fetchall():
        amounts.setdefault(customer, {})[category] = amount
    categories = sorted({category for own in amounts.values() for category in own})
    return {
        customer: np.array([own.get(each, 0.0) for each in categories]) / sum(own.values())
        for customer, own in sorted(amounts.items())
    }
