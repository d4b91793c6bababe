"""The health of the data: what became of the records, whether customers change, what is lacking."""

from customer_personas.language.texts import Texts
from customer_personas.report.colours import ACCENT, BAD, GOOD, MUTED, WARN
from customer_personas.report.exhibit import Exhibit
from customer_personas.report.pictures import Bar, Part, draw_bars, draw_parts
from customer_personas.report.published import Facts

_ENDS = {
    "accepted": (GOOD, 1.0),
    "duplicates": (MUTED, 0.55),
    "superseded": (MUTED, 0.3),
    "quarantined": (WARN, 1.0),
    "erased": (BAD, 1.0),
}
_MOST_FEATURES = 12


def show_records(facts: Facts, texts: Texts) -> Exhibit | None:
    """Show where the records received ended."""
    rows = [each for each in facts["records"] if each["received"]]
    if not rows:
        return None
    received = sum(each["received"] for each in rows)
    set_aside = sum(each["quarantined"] for each in rows)
    used = sum(each["accepted"] for each in rows)
    # "100 of 100" is said only of all
    share = f"{min(100 * used / received, 99.9):.1f}"
    if used == received:
        title = texts.say("health.records_all", received=texts.number(received))
    elif set_aside or any(each["erased"] for each in rows):
        title = texts.say("health.records", share=share, set_aside=texts.number(set_aside))
    else:
        title = texts.say("health.records_repeated", share=share)
    systems = {each["source_system"] for each in rows}
    ends = [end for end in _ENDS if any(each[end] for each in rows)]

    def name(row: dict) -> str:
        entity = texts.known("entities", row["entity"])
        return f"{row['source_system']}: {entity}" if len(systems) > 1 else entity

    parts = [
        (
            name(each),
            texts.say("health.received", number=texts.number(each["received"])),
            [Part(each[end] / each["received"], *_ENDS[end]) for end in ends],
        )
        for each in rows
    ]
    return Exhibit(
        "records",
        title,
        texts.say("health.records_more"),
        lambda canvas: draw_parts(
            canvas, parts, [(texts.say(f"health.{end}"), *_ENDS[end]) for end in ends]
        ),
        [
            texts.say("health.entity"),
            texts.say("health.received_column"),
            *(texts.say(f"health.{end}") for end in _ENDS),
        ],
        [
            [
                name(each),
                texts.number(each["received"]),
                *(texts.number(each[end]) for end in _ENDS),
            ]
            for each in rows
        ],
        ["records"],
    )


def show_rejected(facts: Facts, texts: Texts) -> Exhibit | None:
    """Say why records were set aside."""
    rows = facts["rejected"]
    if not rows:
        return None
    reasons = [texts.reason(each["rejection_reason"], each["meaning"]) for each in rows]
    bars = [
        Bar(
            texts.say("format.about", what=texts.known("entities", each["entity"]), said=reason),
            each["records"],
            texts.number(each["records"]),
        )
        for each, reason in zip(rows, reasons, strict=True)
    ]
    return Exhibit(
        "rejected",
        texts.say("health.rejected", reason=reasons[0].rstrip(".\u3002")),
        "",
        lambda canvas: draw_bars(canvas, bars),
        [texts.say("health.entity"), texts.say("health.reason"), texts.say("health.count")],
        [
            [texts.known("entities", each["entity"]), reason, texts.number(each["records"])]
            for each, reason in zip(rows, reasons, strict=True)
        ],
        ["rejected"],
    )


def show_drift(facts: Facts, texts: Texts) -> Exhibit:
    """Say whether customers have changed since the personas were fitted."""
    rows = facts["drift"]
    if not rows:
        return Exhibit("drift", texts.say("health.drift_first"), queries=["drift"])
    drifted = sum(bool(each["is_drifted"]) for each in rows)
    title = texts.say("health.drift_none")
    if drifted:
        title = texts.say("health.drift", features=drifted, all=len(rows))
    # what rounds to nothing is much like it was
    shown = [each for each in rows if round(each["psi"], 2)][:_MOST_FEATURES]
    bars = [
        Bar(
            texts.feature(each),
            each["psi"],
            f"{each['psi']:.2f}",
            WARN if each["is_drifted"] else ACCENT,
        )
        for each in shown
    ]
    return Exhibit(
        "drift",
        title,
        texts.say("health.drift_more", date=texts.day(rows[0]["fitted_on"])),
        (lambda canvas: draw_bars(canvas, bars)) if bars else None,
        [texts.say("health.feature"), "PSI"],
        [[bar.label, bar.text] for bar in bars],
        ["drift"],
    )


def show_coverage(facts: Facts, texts: Texts) -> Exhibit | None:
    """Say which kinds of records are not delivered and what they would add."""
    rows = facts["coverage"]
    if not rows:
        return None
    missing = [each for each in rows if not each["is_provided"]]
    helpful = [each for each in missing if each["missing_features"]]
    title = texts.say("health.adds_nothing" if missing else "health.complete")
    if helpful:
        title = texts.say(
            "health.missing",
            entities=texts.listed([texts.known("entities", each["entity"]) for each in helpful]),
            features=sum(each["missing_features"] for each in helpful),
        )
    return Exhibit(
        "coverage",
        title,
        texts.say("health.missing_more") if missing else "",
        headers=[texts.say("health.entity"), texts.say("health.state"), texts.say("health.adds")],
        rows=[
            [
                texts.known("entities", each["entity"]),
                texts.say("health.is_there" if each["is_provided"] else "health.is_absent"),
                texts.number(each["missing_features"]),
            ]
            for each in rows
        ],
        queries=["coverage"],
    )


# What the section shows, in this order.
SHOWN = (show_records, show_rejected, show_drift, show_coverage)
