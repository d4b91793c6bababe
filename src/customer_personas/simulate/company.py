"""The whole company: chunks of people, each from its own seed, streamed into files."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa

from customer_personas.simulate.campaigns import (
    LOTS,
    consent_table,
    contact_table,
    draw_consents,
    draw_lots,
)
from customer_personas.simulate.catalogue import Catalogue, build_catalogue
from customer_personas.simulate.customers import customer_table
from customer_personas.simulate.dialects import write_dialect
from customer_personas.simulate.dirt import ORPHANS, RATES, Ledger, blank, soil
from customer_personas.simulate.events import draw_sessions, web_event_table
from customer_personas.simulate.feedback import feedback_table
from customer_personas.simulate.lives import Lives, draw_lives
from customer_personas.simulate.needs import declared_need_table
from customer_personas.simulate.orders import (
    Lines,
    Orders,
    fill_lines,
    order_line_table,
    place_orders,
)
from customer_personas.simulate.timeline import DAY, ORDINARY, Course, Timeline, build_timeline
from customer_personas.simulate.truth import truth_table
from customer_personas.simulate.writer import TableWriter

CHUNK = 10_000
AS_OF = date(2026, 1, 1)
SETTLED_DAYS = 3  # a newer version comes within two days, so before the as-of date
# A new one goes to the end: the others, and with them their files, stay as they are.
_STREAMS = (
    *("lives", "customers", "orders", "events", "feedback", "needs", "truth", "dirt", "mail"),
    "lots",
)


@dataclass
class Counters:
    """Numbers that go on from chunk to chunk."""

    made_up_customer: int
    order: int = 1
    event: int = 1
    feedback: int = 1
    stranger: int = 0
    # by campaign, the effects on those who were in for it
    effects: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in LOTS})
    ledgers: dict[str, Ledger] = field(
        default_factory=lambda: {entity: Ledger(entity) for entity in RATES}
    )


def orphan_mask(first: int, size: int, people: int, orphans: int) -> np.ndarray:
    """Spread the people without a customers record evenly over all numbers from one.

    Parameters
    ----------
    first : int
        The first number of the chunk.
    size : int
        Number of people in the chunk.
    people : int
        Number of people in the company.
    orphans : int
        How many of them have no customers record.

    Returns
    -------
    numpy.ndarray
        Booleans, shape (size,): who has none.
    """
    number = np.arange(first, first + size)
    return number * orphans // people != (number - 1) * orphans // people


def simulate(
    customers: int,
    out: Path,
    file_format: str = "csv",
    seed: int = 0,
    truth: Path | None = None,
    as_of: date = AS_OF,
    dialect: str | None = None,
    density: float = 1.0,
    course: Course = ORDINARY,
) -> dict[str, dict]:
    """Write the files of a company and the truth about it.

    Parameters
    ----------
    customers : int
        Accepted customers records.
    out : pathlib.Path
        Directory for the seven files, made if need be.
    file_format : str
        ``csv`` or ``parquet``.
    seed : int
        The same seed and arguments give the same bytes.
    truth : pathlib.Path, optional
        Directory for the truth; ``out / "truth"`` by default.
    as_of : datetime.date
        The day after the last simulated one.
    dialect : str, optional
        Name of a dialect of :mod:`customer_personas.simulate.dialects`; `file_format` does not
        count then.
    density : float
        Factor on everybody's rates of orders and browsing.
    course : Course
        What kind of a life the company has.

    Returns
    -------
    planted : dict
        Exact counts of what was planted, by entity, as in ``planted.json``; of contacts also by how
        much campaigns with a lot raise the chance to order, in the mean of all who are in for them.
    """
    truth = truth or out / "truth"
    if dialect is not None:
        with TemporaryDirectory() as plain:
            counts = simulate(
                customers, Path(plain), "csv", seed, truth, as_of, density=density, course=course
            )
            planted = write_dialect(Path(plain), out, dialect, counts)
        _write_planted(truth, planted)
        return planted
    for directory in (out, truth):
        directory.mkdir(parents=True, exist_ok=True)
    timeline, catalogue = build_timeline(as_of, course), build_catalogue()
    orphans = round(customers * ORPHANS)
    people = customers + orphans
    counters = Counters(made_up_customer=people + 1)
    with ExitStack() as stack:
        writers = {entity: TableWriter(out, entity, file_format) for entity in RATES}
        writers["customers_truth"] = TableWriter(truth, "customers_truth", file_format)
        for writer in writers.values():
            stack.callback(writer.close)
        for chunk, first in enumerate(range(1, people + 1, CHUNK)):
            size = min(CHUNK, people + 1 - first)
            orphan = orphan_mask(first, size, people, orphans)
            rngs = _streams(seed, chunk)
            number = np.arange(first, first + size)
            lives = draw_lives(number, people, orphan, timeline, rngs["lives"], density)
            for name, table in _tables(lives, timeline, catalogue, counters, rngs):
                writers[name].write(table)
    planted = {entity: ledger.counts() for entity, ledger in counters.ledgers.items()}
    planted["contacts"]["campaign_effects"] = {
        campaign: round(sum(effects) / max(len(effects), 1), 4)
        for campaign, effects in counters.effects.items()
    }
    _write_planted(truth, planted)
    return planted


def _write_planted(truth: Path, planted: dict[str, dict]) -> None:
    (truth / "planted.json").write_text(json.dumps(planted, indent=2) + "\n", encoding="utf-8")


def _streams(seed: int, chunk: int) -> dict[str, np.random.Generator]:
    """Give each part of a chunk its own randomness, so that a change in one leaves the others."""
    children = np.random.SeedSequence(seed, spawn_key=(chunk,)).spawn(len(_STREAMS))
    return {
        name: np.random.default_rng(child) for name, child in zip(_STREAMS, children, strict=True)
    }


def _tables(
    lives: Lives,
    timeline: Timeline,
    catalogue: Catalogue,
    counters: Counters,
    rngs: dict[str, np.random.Generator],
) -> Iterator[tuple[str, pa.Table]]:
    """Yield the files' pieces for one chunk of people, one after another."""
    dirt, ledgers = rngs["dirt"], counters.ledgers

    signed_up_at = lives.signed_up_at[~lives.orphan]
    table = customer_table(lives, rngs["customers"])
    consents = draw_consents(lives, table["marketing_consent"], timeline, rngs["mail"])
    table = blank(table, dirt)
    settled = signed_up_at < timeline.as_of - SETTLED_DAYS * DAY
    table, counters.made_up_customer = soil(
        table, settled, ledgers["customers"], counters.made_up_customer, dirt
    )
    yield "customers", table

    orders = place_orders(lives, timeline, catalogue, rngs["orders"])
    lines = fill_lines(orders, lives, timeline, catalogue, rngs["orders"])
    table = order_line_table(lines, orders, lives, timeline, catalogue, counters.order)
    ledger = ledgers["order_lines"]
    ledger.extra["orphans"] += int(lives.orphan[orders.who[lines.order]].sum())
    ledger.extra["returns"] += int((lines.status == 2).sum())
    settled = _settled_lines(lines, orders, lives, timeline)
    table, counters.order = soil(table, settled, ledger, counters.order + len(orders.who), dirt)
    yield "order_lines", table

    sessions = draw_sessions(lives, orders, timeline, rngs["events"])
    table = web_event_table(
        sessions,
        lives,
        timeline,
        catalogue,
        counters.event,
        counters.stranger,
        rngs["events"],
    )
    counters.stranger += int((sessions.who < 0).sum())
    table, counters.event = _soil_plain(
        table, ledgers["web_events"], counters.event + len(table), lives, dirt
    )
    yield "web_events", table

    table = feedback_table(lives, orders, timeline, counters.feedback, rngs["feedback"])
    table, counters.feedback = _soil_plain(
        table, ledgers["feedback"], counters.feedback + len(table), lives, dirt
    )
    yield "feedback", table

    table = declared_need_table(lives, timeline, rngs["needs"])
    table, _ = _soil_plain(table, ledgers["declared_needs"], 0, lives, dirt)
    yield "declared_needs", table

    table = consent_table(consents, lives, timeline, rngs["mail"])
    table, _ = _soil_plain(table, ledgers["consents"], 0, lives, rngs["mail"])
    yield "consents", table

    lots = draw_lots(orders, lives, timeline, rngs["lots"])
    table = contact_table(consents, lives, timeline, rngs["mail"], lots)
    for campaign, lot in lots.items():
        counters.effects[campaign].extend(lot.effect[lot.members].tolist())
    table, _ = _soil_plain(table, ledgers["contacts"], 0, lives, rngs["mail"])
    yield "contacts", table

    yield "customers_truth", truth_table(lives, timeline, rngs["truth"])


def _settled_lines(lines: Lines, orders: Orders, lives: Lives, timeline: Timeline) -> np.ndarray:
    """Return the lines whose quantity may be wrong or corrected: sold, kept, not too new."""
    sold = (lines.status == 0) & ~lines.comes_back & ~lives.orphan[orders.who[lines.order]]
    return sold & (lines.at < timeline.as_of - SETTLED_DAYS * DAY)


def _soil_plain(
    table: pa.Table,
    ledger: Ledger,
    first_fresh: int,
    lives: Lives,
    rng: np.random.Generator,
) -> tuple[pa.Table, int]:
    """Plant dirt where no record has versions, and count the records of orphans."""
    known = table["customer_id"].drop_null().cast(pa.int64()).to_numpy() - lives.number[0]
    ledger.extra["orphans"] += int(lives.orphan[known].sum())
    return soil(table, np.zeros(len(table), dtype=bool), ledger, first_fresh, rng)
