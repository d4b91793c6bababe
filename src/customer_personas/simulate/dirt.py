"""Dirt: what is wrong in the files, at which rates, planted without touching other rows.

Everything wrong stands on a record of its own. Rejected records are made up: a copy of a good
record with a fresh identity and exactly one thing wrong. Good records change in two ways only: a
newer version takes the place of a superseded one, and some accepted records carry one bad value.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from customer_personas.simulate import text
from customer_personas.simulate.personas import OCCUPATIONS

Record = dict[str, str | None]

# Every rate is a share of the entity's accepted records.
RATES: dict[str, dict] = {
    "customers": {
        "exact_duplicates": 0.010,
        "superseded": 0.010,
        "rejected": {"missing_customer_id": 0.004, "future_signed_up_at": 0.004},
        "value_issues": {
            "implausible_birth_date": 0.006,
            "unreadable_birth_date": 0.003,
            "unreadable_annual_income": 0.004,
            "negative_annual_income": 0.003,
        },
        "missing_values": {
            "email": 0.03,
            "phone": 0.10,
            "birth_date": 0.06,
            "gender": 0.04,
            "occupation": 0.08,
            "annual_income": 0.12,
        },
    },
    "order_lines": {
        "exact_duplicates": 0.010,
        "superseded": 0.003,
        "outlier_quantity": 0.0004,
        "rejected": {
            "missing_customer_id": 0.0010,
            "missing_order_id": 0.0006,
            "missing_ordered_at": 0.0006,
            "unreadable_ordered_at": 0.0005,
            "future_ordered_at": 0.0004,
            "implausible_ordered_at": 0.0004,
            "missing_quantity": 0.0006,
            "unreadable_quantity": 0.0004,
            "zero_quantity": 0.0005,
            "missing_unit_price": 0.0006,
            "unreadable_unit_price": 0.0004,
            "negative_unit_price": 0.0005,
            "test_product": 0.0006,
            "non_product": 0.0010,
            "adjustment": 0.0005,
        },
    },
    "web_events": {
        "exact_duplicates": 0.010,
        "rejected": {
            "missing_event_id": 0.0006,
            "missing_occurred_at": 0.0006,
            "unreadable_occurred_at": 0.0005,
            "future_occurred_at": 0.0004,
            "missing_visitor_and_customer": 0.0008,
        },
    },
    "feedback": {
        "exact_duplicates": 0.010,
        "rejected": {
            "missing_customer_id": 0.003,
            "missing_submitted_at": 0.002,
            "future_submitted_at": 0.002,
            "rating_out_of_scale": 0.003,
            "unreadable_rating": 0.002,
        },
    },
    "declared_needs": {
        "exact_duplicates": 0.010,
        "rejected": {
            "missing_customer_id": 0.006,
            "missing_need": 0.008,
            "future_declared_at": 0.006,
        },
    },
    "consents": {
        "exact_duplicates": 0.010,
        "rejected": {"missing_customer_id": 0.003, "missing_status": 0.004},
    },
    "contacts": {
        "exact_duplicates": 0.010,
        "rejected": {
            "missing_customer_id": 0.003,
            "missing_campaign": 0.003,
            "missing_sent_at": 0.003,
            "future_sent_at": 0.003,
        },
    },
}
ORPHANS = 1 / 150  # people without a customers record, per customer
OUTLIER_QUANTITY = "5000"

_FUTURE = ("2099-01-01 00:00:00", "2099-12-31 23:59:59")
_UNREADABLE_TIME = ("not a date", "2025-13-45 10:00:00", "31-02-2025", "yesterday")
_ANCIENT = ("1900-01-01 00:00:00", "1970-01-01 00:00:00")


def _known(record: Record, column: str) -> str:
    """Return a value that is never missing in an accepted record."""
    value = record[column]
    assert value is not None, column
    return value


def _after_sign_up(record: Record) -> str:
    """Return a day a year after a customer's sign-up."""
    return f"{int(_known(record, 'signed_up_at')[:4]) + 1}-12-31"


# entity, reason: the columns that are wrong, with the values taken in turn; None is missing.
Wrong = dict[str, tuple[str | Callable[[Record], str] | None, ...]]
WRONG: dict[str, dict[str, Wrong]] = {
    "customers": {
        "missing_customer_id": {"customer_id": (None,)},
        "future_signed_up_at": {"signed_up_at": _FUTURE},
        "implausible_birth_date": {"birth_date": ("1880-05-04", _after_sign_up, "2090-06-15")},
        "unreadable_birth_date": {"birth_date": ("unknown", "1984-13-45", "not a date")},
        "unreadable_annual_income": {"annual_income": ("about 40k", "rather not say", "??")},
        "negative_annual_income": {"annual_income": ("-52000", "-1")},
    },
    "order_lines": {
        "missing_customer_id": {"customer_id": (None,)},
        "missing_order_id": {"order_id": (None,)},
        "missing_ordered_at": {"ordered_at": (None,)},
        "unreadable_ordered_at": {"ordered_at": _UNREADABLE_TIME},
        "future_ordered_at": {"ordered_at": _FUTURE},
        "implausible_ordered_at": {"ordered_at": _ANCIENT},
        "missing_quantity": {"quantity": (None,)},
        "unreadable_quantity": {"quantity": ("two", "3 pieces", "??")},
        "zero_quantity": {"quantity": ("0",)},
        "missing_unit_price": {"unit_price": (None,)},
        "unreadable_unit_price": {"unit_price": ("free", "call us", "$$")},
        "negative_unit_price": {"unit_price": ("-9.99", "-0.01")},
        "test_product": {
            "product_id": ("TEST001", "TEST002"),
            "product_name": ("Test",),
            "product_category": ("test",),
        },
        "non_product": {
            "product_id": ("POST", "FEE"),
            "product_name": ("Postage", "Fee"),
            "product_category": ("service",),
        },
        "adjustment": {
            "product_id": ("ADJUST",),
            "product_name": ("Adjustment",),
            "product_category": ("service",),
        },
    },
    "web_events": {
        "missing_event_id": {"event_id": (None,)},
        "missing_occurred_at": {"occurred_at": (None,)},
        "unreadable_occurred_at": {"occurred_at": _UNREADABLE_TIME},
        "future_occurred_at": {"occurred_at": _FUTURE},
        "missing_visitor_and_customer": {"visitor_id": (None,), "customer_id": (None,)},
    },
    "feedback": {
        "missing_customer_id": {"customer_id": (None,)},
        "missing_submitted_at": {"submitted_at": (None,)},
        "future_submitted_at": {"submitted_at": _FUTURE},
        "rating_out_of_scale": {"rating": ("11",), "rating_scale_max": ("5",)},
        "unreadable_rating": {"rating": ("great", "five"), "rating_scale_max": ("5",)},
    },
    "declared_needs": {
        "missing_customer_id": {"customer_id": (None,)},
        "missing_need": {"need": (None,)},
        "future_declared_at": {"declared_at": _FUTURE},
    },
    "consents": {
        "missing_customer_id": {"customer_id": (None,)},
        "missing_status": {"status": (None,)},
    },
    "contacts": {
        "missing_customer_id": {"customer_id": (None,)},
        "missing_campaign": {"campaign": (None,)},
        "missing_sent_at": {"sent_at": (None,)},
        "future_sent_at": {"sent_at": _FUTURE},
    },
}


@dataclass
class Ledger:
    """What one entity was given so far: keeps the rates over all chunks and counts exactly.

    Attributes
    ----------
    entity : str
        Name of the file.
    rows : int
        Accepted records so far.
    planted : collections.Counter
        Records planted so far, by kind or by kind and reason.
    missing : collections.Counter
        Missing values among accepted records, by column.
    extra : collections.Counter
        Other counts of accepted records: orphans, returns.
    """

    entity: str
    rows: int = 0
    planted: Counter = field(default_factory=Counter)
    missing: Counter = field(default_factory=Counter)
    extra: Counter = field(default_factory=Counter)

    def due(self, *kind: str) -> int:
        """Return how many records of a kind bring it up to its rate, and book them.

        Parameters
        ----------
        *kind : str
            The kind, and the reason where it has reasons.

        Returns
        -------
        int
            Number of records.
        """
        rate: Any = RATES[self.entity]
        for name in kind:
            rate = rate.get(name, 0.0)
        number = round(rate * self.rows) - self.planted[kind]
        self.planted[kind] += number
        return number

    def taken(self, available: np.ndarray, *kind: str) -> tuple[np.ndarray, np.ndarray]:
        """Split what is due of a kind from the rows available; what is lacking waits.

        Parameters
        ----------
        available : numpy.ndarray
            Row numbers.
        *kind : str
            The kind, and the reason where it has reasons.

        Returns
        -------
        taken : numpy.ndarray
            The rows for it.
        left : numpy.ndarray
            The other rows.
        """
        number = self.due(*kind)
        lacking = max(number - len(available), 0)
        self.planted[kind] -= lacking
        return available[: number - lacking], available[number - lacking :]

    def counts(self) -> dict:
        """Return the exact counts, nested by kind and reason.

        Returns
        -------
        dict
            Counts of received, accepted and other records, those of reasons in dictionaries.
        """
        by_kind: dict[str, dict] = {}
        for kind in ("rejected", "value_issues"):
            reasons = RATES[self.entity].get(kind, {})
            by_kind[kind] = {reason: self.planted[kind, reason] for reason in reasons}
        duplicates, superseded = self.planted["exact_duplicates",], self.planted["superseded",]
        counts = {
            "received": self.rows + duplicates + superseded + sum(by_kind["rejected"].values()),
            "accepted": self.rows,
            "exact_duplicates": duplicates,
            "superseded": superseded,
            **by_kind,
            "missing_values": {name: n for name, n in sorted(self.missing.items()) if n},
            **self.extra,
        }
        if "outlier_quantity" in RATES[self.entity]:
            counts["outlier_quantity"] = self.planted["outlier_quantity",]
        return counts


def blank(table: pa.Table, rng: np.random.Generator) -> pa.Table:
    """Empty some values of the customers records.

    Parameters
    ----------
    table : pyarrow.Table
        The records.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    pyarrow.Table
        The records with values missing at their rates.
    """
    for column, rate in RATES["customers"]["missing_values"].items():
        kept = rng.random(len(table)) >= rate
        blanked = text.only(kept, table[column])
        table = table.set_column(table.schema.get_field_index(column), column, blanked)
    return table


def _spoil(record: Record, wrong: Wrong, turn: int) -> Record:
    """Return a record with the wrong values of the given turn."""
    spoiled = dict(record)
    for column, values in wrong.items():
        value = values[turn % len(values)]
        spoiled[column] = value(record) if callable(value) else value
    return spoiled


def _fresh(entity: str, record: Record, number: int) -> Record:
    """Return a record with an identity of its own, made from a number used nowhere else."""
    identity: dict[str, Record] = {
        "customers": {
            "customer_id": f"{number:07d}",
            "email": f"guest{number}@example.com",
            "phone": None,
        },
        "order_lines": {"order_id": f"O{number:08d}", "order_line_number": "1"},
        "web_events": {"event_id": f"E{number:08d}"},
        "feedback": {"feedback_id": f"F{number:07d}"},
        "declared_needs": {},
        "consents": {},
        "contacts": {},
    }
    return {**record, **identity[entity]}


def _versions(entity: str, record: Record, turn: int) -> tuple[Record, Record]:
    """Return the older and the newer version of a record."""
    updated_at = datetime.fromisoformat(_known(record, "updated_at"))
    newer = {**record, "updated_at": str(updated_at + timedelta(hours=1 + turn % 47))}
    if entity == "order_lines":
        return {**record, "quantity": str(int(_known(record, "quantity")) + 1 + turn % 2)}, newer
    regions = ("Northeast", "Midwest", "South", "West")
    old = {
        "region": regions[(turn + (record["region"] == regions[turn % 4])) % 4],
        "country": "US",
        "occupation": OCCUPATIONS[turn % len(OCCUPATIONS)],
    }
    return {**record, **old}, newer


def _records(table: pa.Table, rows: np.ndarray) -> list[Record]:
    """Return some rows as records."""
    return table.take(pa.array(rows, pa.int64())).to_pylist()


def soil(
    table: pa.Table,
    settled: np.ndarray,
    ledger: Ledger,
    first_fresh: int,
    rng: np.random.Generator,
) -> tuple[pa.Table, int]:
    """Plant the dirt of one chunk of clean records.

    Parameters
    ----------
    table : pyarrow.Table
        Clean records.
    settled : numpy.ndarray
        Mask of the records that may get a newer version, a bad value or an outlier.
    ledger : Ledger
        The entity's counts, brought up to date here.
    first_fresh : int
        First number free for made-up identities.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    soiled : pyarrow.Table
        The records as received.
    next_fresh : int
        First number still free.
    """
    entity, size = ledger.entity, len(table)
    ledger.rows += size
    planted: list[tuple[float, Record]] = []  # with the place in the file, in rows of the table
    replaced = np.zeros(size, dtype=bool)

    def replace(row: int, record: Record) -> None:
        planted.append((row, record))
        replaced[row] = True

    free = rng.permutation(np.flatnonzero(settled))
    rows, free = ledger.taken(free, "superseded")
    for turn, (row, record) in enumerate(zip(rows, _records(table, rows), strict=True)):
        older, newer = _versions(entity, record, turn)
        planted.append((rng.uniform(0, size), older))
        replace(row, newer)
    rows, free = ledger.taken(free, "outlier_quantity")
    for row, record in zip(rows, _records(table, rows), strict=True):
        replace(row, {**record, "quantity": OUTLIER_QUANTITY})
    for reason in RATES[entity].get("value_issues", {}):
        rows, free = ledger.taken(free, "value_issues", reason)
        for turn, (row, record) in enumerate(zip(rows, _records(table, rows), strict=True)):
            replace(row, _spoil(record, WRONG[entity][reason], turn))

    repeated, _ = ledger.taken(rng.permutation(np.flatnonzero(~replaced)), "exact_duplicates")
    for reason in RATES[entity]["rejected"]:
        rows, _ = ledger.taken(rng.permutation(size), "rejected", reason)
        for turn, record in enumerate(_records(table, rows)):
            made_up = _fresh(entity, record, first_fresh)
            first_fresh += 1
            planted.append((rng.uniform(0, size), _spoil(made_up, WRONG[entity][reason], turn)))

    records = pa.Table.from_pylist([record for _, record in planted], schema=table.schema)
    place = np.concatenate(
        [
            np.arange(size),
            rng.uniform(repeated + 0.5, size),  # a duplicate comes later than its original
            np.array([place for place, _ in planted], dtype=float),
        ]
    )
    kept = np.concatenate([~replaced, np.ones(len(place) - size, dtype=bool)])
    order = np.argsort(place, kind="stable")
    source = np.concatenate([np.arange(size), repeated, size + np.arange(len(planted))])
    both = pa.concat_tables([table, records])
    accepted = np.concatenate([np.flatnonzero(~replaced), _changed(planted, size)])
    for column in table.schema.names:
        ledger.missing[column] += both[column].take(pa.array(accepted)).null_count
    return both.take(pa.array(source[order[kept[order]]])), first_fresh


def _changed(planted: list[tuple[float, Record]], size: int) -> np.ndarray:
    """Return where, after the clean rows, the records stand that took a clean row's place."""
    return np.array(
        [size + n for n, (place, _) in enumerate(planted) if isinstance(place, np.integer)],
        dtype=np.int64,
    )
