"""Splits records into two deliveries: the last day, and all before it.

``python -m benchmarks.deliveries RECORDS BEFORE LAST_DAY`` writes each file of the first folder
into both others. A record belongs to the day it is dated: orders, events, feedback and needs by
their time, customers by their last update. What cannot be dated, or lies in the future, comes
first.
"""

import sys
from pathlib import Path

import duckdb

DATED_BY = {
    "customers": "updated_at",
    "order_lines": "ordered_at",
    "web_events": "occurred_at",
    "feedback": "submitted_at",
    "declared_needs": "declared_at",
}


def split_last_day(records: Path, before: Path, last_day: Path) -> dict[str, int]:
    """Write the records of the last day, and those before it, into folders of their own.

    Parameters
    ----------
    records : pathlib.Path
        Folder of one Parquet file an entity, all columns text.
    before, last_day : pathlib.Path
        Folders for the two deliveries; they are made. Files of the second have names that come
        later, so that their records replace earlier ones.

    Returns
    -------
    dict of str to int
        For each entity the number of records of the last day.
    """
    connection = duckdb.connect()
    connection.execute("set threads = 2; set timezone = 'UTC'")
    before.mkdir(parents=True)
    last_day.mkdir(parents=True)
    (day,) = connection.execute(
        f"""
        select max(day)
        from (
            select cast(try_cast(ordered_at as timestamp) as date) as day
            from '{records}/order_lines.parquet'
        )
        where day <= current_date
        """
    ).fetchone() or (None,)
    counts = {}
    for entity, column in DATED_BY.items():
        source = f"'{records}/{entity}.parquet'"
        is_last = f"coalesce(cast(try_cast({column} as timestamp) as date) = '{day}', false)"
        for target, condition in (
            (before / f"{entity}.parquet", f"not {is_last}"),
            (last_day / f"{entity}_last_day.parquet", is_last),
        ):
            connection.execute(
                f"copy (from {source} where {condition}) to '{target}' (compression zstd)"
            )
        counts[entity] = connection.execute(
            f"select count(*) from {source} where {is_last}"
        ).fetchall()[0][0]
    return counts


if __name__ == "__main__":
    split_last_day(*map(Path, sys.argv[1:4]))
