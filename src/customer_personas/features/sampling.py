"""Samples of customers, chosen by a hash of the customer id.

A hash needs no state and no random numbers: the same customers are chosen on every run, on every
machine and by any number of threads, and a customer's rows stay together.
"""

import duckdb
import numpy as np

from customer_personas.sql import query


def customer_hash(seed: int | str) -> str:
    """Give the SQL expression that puts customers in an arbitrary but fixed order.

    Parameters
    ----------
    seed : int or str
        Another seed gives another order; a text is the SQL of a whole number.

    Returns
    -------
    str
        An unsigned 64-bit number for each ``customer_id``.
    """
    return f"md5_number_lower(customer_id || ':' || {seed})"


def sample_customers(
    features: duckdb.DuckDBPyRelation, max_rows: int, seed: int
) -> duckdb.DuckDBPyRelation:
    """Take customers in hash order, each with all their rows, while the rows fit in `max_rows`.

    Parameters
    ----------
    features : duckdb.DuckDBPyRelation
        Rows with a ``customer_id``.
    max_rows : int
        Upper bound on the number of rows.
    seed : int
        Seed of the hash.

    Returns
    -------
    duckdb.DuckDBPyRelation
        The rows of the customers taken, with the columns of `features`.
    """
    return query(
        features,
        "features",
        f"""
        with customers as (
            select customer_id, count(*) as row_count from features group by customer_id
        ),
        ranked as (
            select
                customer_id,
                sum(row_count) over (
                    order by {customer_hash(seed)}, customer_id
                    rows between unbounded preceding and current row
                ) as rows_so_far
            from customers
        )
        select * from features
        where customer_id in (select customer_id from ranked where rows_so_far <= {int(max_rows)})
        """,
    )


def take_evenly(rows: np.ndarray, most: int) -> np.ndarray:
    """Take evenly spaced rows, which stand for all.

    Parameters
    ----------
    rows : numpy.ndarray of shape (n, ...)
        Ordered by customer_id, which says nothing of a customer.
    most : int
        Rows to take at most.

    Returns
    -------
    numpy.ndarray of shape (min(n, most), ...)
        The rows.
    """
    if len(rows) <= most:
        return rows
    return rows[np.linspace(0, len(rows) - 1, most).astype(int)]
