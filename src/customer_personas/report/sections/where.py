"""Where customers go: moves between personas, and their place on the RFM map."""

import re

import numpy as np

from customer_personas.language.texts import Texts
from customer_personas.report.colours import ACCENT, BAD
from customer_personas.report.exhibit import Exhibit
from customer_personas.report.pictures import Bar, draw_bars, draw_map
from customer_personas.report.published import Facts
from customer_personas.report.sections.wholes import say_revenue
from customer_personas.report.value_types import load_value_types

_MOST_TRAVELS = 12
# So many columns of a map have room for names.
_MOST_NAMES = 4
# Segments of customers who bought regularly and stay away.
SLIPPING = ("At Risk", "Cannot Lose Them")


def show_moves(facts: Facts, texts: Texts) -> Exhibit:
    """Show who moved between personas in the last period."""
    moves = facts["moves"]
    if not moves:
        return Exhibit(
            "moves", texts.say("where.none"), texts.say("where.none_more"), queries=["moves"]
        )
    names = {}
    for each in moves:
        names[each["from_persona_id"]] = texts.persona(each["from_persona_name"])
        names[each["to_persona_id"]] = texts.persona(each["to_persona_name"])
    ids = sorted(names)
    counts = {(each["from_persona_id"], each["to_persona_id"]): each for each in moves}
    values = np.full((len(ids), len(ids)), np.nan)
    written = [["" for _ in ids] for _ in ids]
    for (start, end), each in counts.items():
        place = ids.index(start), ids.index(end)
        if each["customer_count"] is not None:
            values[place] = each["customer_count"] ** 0.5
        written[place[0]][place[1]] = (
            texts.say("format.none")
            if each["customer_count"] is None
            else texts.number(each["customer_count"])
        )
    told_at_all = any(each["customer_count"] for each in moves)
    told = [
        each
        for each in moves
        if each["customer_count"] and each["from_persona_id"] != each["to_persona_id"]
    ]
    largest = max(
        told,
        key=lambda each: (each["customer_count"], each["from_persona_id"], each["to_persona_id"]),
        default=None,
    )
    title = texts.say("where.stayed")
    if not told_at_all:
        title = texts.say("where.few")
    if largest:
        title = texts.say(
            "where.moved",
            customers=texts.count(largest["customer_count"]),
            **{
                "from": names[largest["from_persona_id"]],
                "to": names[largest["to_persona_id"]],
            },
        )
    labels = [names[each] for each in ids]
    # many columns have room for a number each, which the rows tell the name of
    columns, rows = labels, labels
    if len(ids) > _MOST_NAMES:
        columns = [re.sub(r"^P0*(?=\d)", "", each) for each in ids]
        rows = [f"{number} · {name}" for number, name in zip(columns, labels, strict=True)]
    return Exhibit(
        "moves",
        title,
        texts.say(
            "where.moves_more",
            start=texts.day(moves[0]["period_start"]),
            end=texts.day(moves[0]["period_end"]),
        ),
        (
            lambda canvas: draw_map(
                canvas,
                values,
                written,
                rows,
                columns,
                f"↓ {texts.say('where.from')}",
                texts.say("where.to"),
            )
        )
        if told_at_all
        else None,
        [
            texts.say("changed.persona"),
            *(f"{name} ({each})" for each, name in zip(ids, labels, strict=True)),
        ],
        [[f"{names[each]} ({each})", *written[place]] for place, each in enumerate(ids)]
        if told_at_all
        else [],
        ["moves"],
    )


def show_map(facts: Facts, texts: Texts) -> Exhibit | None:
    """Show where the buyers are on the map of recency and frequency."""
    cells, segments = facts["rfm_map"], facts["rfm_segments"]
    if not cells:
        return None
    values = np.full((5, 5), np.nan)
    written = [["" for _ in range(5)] for _ in range(5)]
    for each in cells:
        # the best stand above and on the right
        place = 5 - each["f_score"], each["r_score"] - 1
        values[place] = np.nan if each["customers"] is None else each["customers"]
        written[place[0]][place[1]] = texts.count(each["customers"])
    is_told = bool(np.isfinite(values).any())
    scores = [str(score) for score in range(1, 6)]
    told = [each for each in segments if each["customers"]]
    buyers = sum(each["customers"] for each in told)
    slipping = sum(each["customers"] for each in told if each["rfm_segment"] in SLIPPING)
    if slipping:
        title = texts.say(
            "where.slipping",
            customers=texts.count(slipping),
            buyers=texts.count(buyers),
            segments=texts.entries["format"]["join"].join(
                texts.known("segments", each["rfm_segment"])
                for each in told
                if each["rfm_segment"] in SLIPPING
            ),
        )
    elif told:
        title = texts.say(
            "where.largest",
            segment=texts.known("segments", told[0]["rfm_segment"]),
            share=texts.percent(told[0]["customers"] / buyers),
        )
    else:
        title = texts.say("page.withheld")
    lead = texts.say("where.map_more")
    movers = max(
        (each for each in told if each["moved"]), key=lambda each: each["moved"], default=None
    )
    if movers:
        lead = texts.sentences(
            lead,
            texts.say(
                "where.movers",
                customers=texts.count(movers["moved"]),
                segment=texts.known("segments", movers["rfm_segment"]),
            ),
        )
    return Exhibit(
        "rfm_map",
        title,
        lead if is_told else "",
        (
            lambda canvas: draw_map(
                canvas,
                values,
                written,
                scores[::-1],
                scores,
                f"↑ {texts.say('where.frequency')}",
                texts.say("where.recency"),
            )
        )
        if is_told
        else None,
        [f"{texts.say('where.frequency')} \\ {texts.say('where.recency')}", *scores],
        [[str(5 - place), *line] for place, line in enumerate(written)] if is_told else [],
        ["rfm_map", "rfm_segments"],
        is_rounded=True,
    )


def show_travels(facts: Facts, texts: Texts) -> Exhibit | None:
    """Show who went from one RFM segment to another since the publication before."""
    publications = facts["publications"]
    if not facts["rfm_moves"] or len(publications) < 2:
        return None
    told = [each for each in facts["rfm_moves"] if each["customers"]][:_MOST_TRAVELS]
    names = [
        (
            texts.known("segments", each["rfm_segment_before"]),
            texts.known("segments", each["rfm_segment"]),
        )
        for each in told
    ]
    bars = [
        Bar(
            texts.say("where.travel", before=before, now=now),
            each["customers"],
            texts.count(each["customers"]),
            BAD if each["rfm_segment"] in SLIPPING else ACCENT,
        )
        for (before, now), each in zip(names, told, strict=True)
    ]
    title = texts.say("where.travels_none")
    if told:
        before, now = names[0]
        title = texts.say(
            "where.travels", before=before, now=now, customers=texts.count(told[0]["customers"])
        )
    return Exhibit(
        "rfm_moves",
        title,
        texts.say("where.travels_more", before=texts.day(publications[1]["as_of_date"]))
        if told
        else "",
        (lambda canvas: draw_bars(canvas, bars)) if told else None,
        [texts.say("where.from"), texts.say("where.to"), texts.say("act.customers")],
        [[*pair, texts.count(each["customers"])] for pair, each in zip(names, told, strict=True)],
        ["publications", "rfm_moves"],
        is_rounded=True,
    )


def _names(texts: Texts) -> list[tuple[str, str, float]]:
    """Say what the two bars of a group of buyers are."""
    return [
        (texts.say("where.buyers"), ACCENT, 1.0),
        (texts.say("who.share_revenue"), ACCENT, 0.45),
    ]


def show_segments(facts: Facts, texts: Texts) -> Exhibit | None:
    """Show the RFM segments, and whose revenue they bring."""
    rows = facts["rfm_segments"]
    told = [each for each in rows if each["customers"]]
    if not told:
        return None
    buyers = sum(each["customers"] for each in told)
    names = [texts.known("segments", each["rfm_segment"]) for each in rows]
    richest = max(told, key=lambda each: (each["revenue_share"] or 0, each["customers"]))
    if richest["revenue_share"]:
        title = texts.say(
            "where.segments",
            segment=texts.known("segments", richest["rfm_segment"]),
            share=texts.percent(richest["customers"] / buyers),
            revenue=texts.percent(richest["revenue_share"]),
        )
    else:
        title = texts.say(
            "where.largest",
            segment=texts.known("segments", told[0]["rfm_segment"]),
            share=texts.percent(told[0]["customers"] / buyers),
        )
    # nobody moved before there were two publications
    has_moved = any(each["moved"] for each in rows)
    bars = [
        Bar(
            name,
            (each["customers"] or 0) / buyers,
            texts.count(each["customers"]),
            second=each["revenue_share"],
            second_text=texts.percent(each["revenue_share"]) if each["customers"] else "",
        )
        for name, each in zip(names, rows, strict=True)
    ]
    return Exhibit(
        "rfm_segments",
        title,
        texts.sentences(texts.say("where.segments_more"), say_revenue(facts, texts)),
        lambda canvas: draw_bars(canvas, bars, _names(texts)),
        [
            texts.say("where.segment"),
            texts.say("where.buyers"),
            texts.say("act.revenue"),
            *([texts.say("where.moved_here")] if has_moved else []),
        ],
        [
            [
                name,
                texts.count(each["customers"]),
                texts.percent(each["revenue_share"]),
                *([texts.count(each["moved"])] if has_moved else []),
            ]
            for name, each in zip(names, rows, strict=True)
        ],
        ["rfm_segments"],
        is_rounded=True,
    )


def show_value_types(facts: Facts, texts: Texts) -> Exhibit | None:
    """Show the eight value types that Chinese CRM uses."""
    rules = load_value_types()
    found = {
        rules[each["is_recent"], each["is_frequent"], each["is_high_spending"]]: each
        for each in facts["value_types"]
    }
    told = {key: each for key, each in found.items() if each["customers"]}
    if not told:
        return None
    buyers = sum(each["customers"] for each in told.values())
    rows = [(key, found[key]) for key in rules.values() if key in found]
    richest = max(told, key=lambda key: (told[key]["revenue_share"] or 0, key))
    title = texts.say("where.types_plain")
    if told[richest]["revenue_share"]:
        title = texts.say(
            "where.types",
            type=texts.say(f"value_types.{richest}"),
            share=texts.percent(told[richest]["customers"] / buyers),
            revenue=texts.percent(told[richest]["revenue_share"]),
        )
    bars = [
        Bar(
            texts.say(f"value_types.{key}"),
            (each["customers"] or 0) / buyers,
            texts.count(each["customers"]),
            second=each["revenue_share"],
            second_text=texts.percent(each["revenue_share"]) if each["customers"] else "",
        )
        for key, each in rows
    ]
    return Exhibit(
        "value_types",
        title,
        texts.sentences(texts.say("where.types_more"), say_revenue(facts, texts)),
        lambda canvas: draw_bars(canvas, bars, _names(texts)),
        [texts.say("where.type"), texts.say("where.buyers"), texts.say("act.revenue")],
        [
            [
                texts.say(f"value_types.{key}"),
                texts.count(each["customers"]),
                texts.percent(each["revenue_share"]),
            ]
            for key, each in rows
        ],
        ["value_types"],
        is_rounded=True,
    )


# What the section shows, in this order.
SHOWN = (show_moves, show_map, show_travels, show_segments, show_value_types)
