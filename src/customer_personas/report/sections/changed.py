"""What changed since the last publication."""

from collections import Counter

from customer_personas.language.texts import Texts
from customer_personas.report.colours import persona_colour
from customer_personas.report.exhibit import Exhibit
from customer_personas.report.pictures import Bar, draw_bars
from customer_personas.report.published import Facts, Row


def show_arrivals(facts: Facts, texts: Texts) -> Exhibit:
    """Say who came and left since the publication before, or that this is the first one."""
    publications = facts["publications"]
    if len(publications) < 2:
        return Exhibit(
            "changed",
            texts.say("changed.first"),
            texts.say("changed.first_more"),
            queries=["publications"],
        )
    now, before = (each["as_of_date"] for each in publications[:2])
    between = {"before": texts.day(before), "now": texts.day(now)}
    names = {each["persona_id"]: texts.persona(each["persona_name"]) for each in facts["personas"]}
    rows = [each for each in facts["arrivals"] if each["persona_id"] in names]
    arrived = [each for each in rows if each["arrived"]]
    # where all of them came to at once, personas are new and nobody moved
    is_new = {each["born_on"] for each in facts["personas"]} == {now}
    if not arrived or is_new:
        return Exhibit(
            "changed",
            texts.say("changed.same", days=(now - before).days)
            if not is_new
            else texts.say(
                "changed.events",
                events=texts.say(
                    "changed.event_count", count=len(names), event=texts.say("events.born")
                ),
            ),
            texts.say("changed.same_more", **between) if not is_new else "",
            queries=["publications", "arrivals"],
            is_rounded=True,
        )
    most = max(arrived, key=lambda each: (each["arrived"], each["persona_id"]))
    bars = [
        Bar(
            names[each["persona_id"]],
            each["arrived"] or 0,
            f"+{texts.count(each['arrived'])}" if each["arrived"] else texts.count(None),
            persona_colour(each["persona_id"]),
            each["left_it"] or 0,
            f"\N{MINUS SIGN}{texts.count(each['left_it'])}"
            if each["left_it"]
            else texts.count(None),
        )
        for each in rows
    ]
    legend = [
        (texts.say("changed.arrived"), bars[0].colour, 1.0),
        (texts.say("changed.left"), bars[0].colour, 0.45),
    ]
    return Exhibit(
        "changed",
        texts.say(
            "changed.moved",
            customers=texts.count(sum(each["arrived"] for each in arrived)),
            name=names[most["persona_id"]],
        ),
        texts.say("changed.moved_more", **between),
        lambda canvas: draw_bars(canvas, bars, legend),
        [
            texts.say("changed.persona"),
            texts.say("changed.arrived"),
            texts.say("changed.left"),
        ],
        [
            [names[each["persona_id"]], texts.count(each["arrived"]), texts.count(each["left_it"])]
            for each in rows
        ],
        ["publications", "arrivals"],
        is_rounded=True,
    )


def show_events(facts: Facts, texts: Texts) -> Exhibit | None:
    """Say which personas are new, went on, split, merged or ended, if they did lately."""
    publications, events = facts["publications"], facts["lifecycle"]
    if (
        len(publications) < 2
        or not events
        or events[0]["event_on"] <= publications[1]["as_of_date"]
    ):
        return None
    counted = Counter(each["event"] for each in events)
    if set(counted) == {"continued"}:
        return None
    said = [
        texts.say("changed.event_count", count=count, event=texts.known("events", event))
        for event, count in counted.items()
    ]
    return Exhibit(
        "events",
        texts.say("changed.events", events=texts.listed(said)),
        headers=[
            texts.say("changed.persona"),
            texts.say("changed.event"),
            texts.say("changed.before"),
            texts.say("who.customers"),
        ],
        rows=[
            [
                texts.persona(each["persona_name"]),
                texts.known("events", each["event"]),
                texts.persona(each["related_persona_name"] or texts.say("format.none")),
                texts.count(each["customers_after"]),
            ]
            for each in events
        ],
        queries=["lifecycle"],
    )


def points(row: Row) -> float:
    """Tell by how many hundredths of the customers a persona's share has changed."""
    return round(100 * row["share_change"])


def list_growth(facts: Facts) -> list[Row]:
    """List the personas whose change of share is told, the largest change first.

    Parameters
    ----------
    facts : Facts
        What the published file holds.

    Returns
    -------
    list of dict
        Rows of ``monitoring.persona_drift``; none before there is something to compare with.
    """
    known = {each["persona_id"] for each in facts["personas"]}
    return [
        each
        for each in facts["share_changes"]
        if each["persona_id"] in known and each["share_change"] is not None
    ]


def show_growth(facts: Facts, texts: Texts) -> Exhibit | None:
    """Show how the shares of the personas changed since they were fitted."""
    names = {each["persona_id"]: texts.persona(each["persona_name"]) for each in facts["personas"]}
    rows = list_growth(facts)
    if not rows or points(rows[0]) == 0:
        return None
    first = rows[0]
    bars = [
        Bar(
            names[each["persona_id"]],
            each["customer_share"],
            texts.percent(each["customer_share"])
            + (f" · {texts.say('changed.drifted')}" if each["is_drifted"] else ""),
            persona_colour(each["persona_id"]),
            each["share_at_fit"],
            texts.percent(each["share_at_fit"]),
        )
        for each in rows
    ]
    legend = [
        (texts.say("changed.now"), bars[0].colour, 1.0),
        (texts.say("changed.before"), bars[0].colour, 0.45),
    ]
    return Exhibit(
        "growth",
        texts.say(
            "changed.grown" if first["share_change"] > 0 else "changed.shrunk",
            name=names[first["persona_id"]],
            before=texts.percent(first["share_at_fit"]),
            now=texts.percent(first["customer_share"]),
        ),
        texts.say("changed.grown_more", fitted=texts.day(first["fitted_on"])),
        lambda canvas: draw_bars(canvas, bars, legend),
        [texts.say("changed.persona"), texts.say("changed.before"), texts.say("changed.now")],
        [
            [
                names[each["persona_id"]],
                texts.percent(each["share_at_fit"]),
                texts.percent(each["customer_share"]),
            ]
            for each in rows
        ],
        ["share_changes"],
    )


def show_outcomes(facts: Facts, texts: Texts) -> Exhibit | None:
    """Say what came of earlier predictions, or when that can be said."""
    outcomes = facts["outcomes"]
    if not outcomes:
        return None
    judged = [each for each in outcomes if each["happened_share"] is not None]
    if judged:
        first = next((each for each in judged if each["target"] == "will_purchase"), judged[0])
        title = texts.say(
            "changed.judged" if first["target"] == "will_purchase" else "changed.judged_other",
            target=texts.target(first["target"]),
            expected=texts.hundred(first["mean_probability"]),
            happened=texts.hundred(first["happened_share"]),
            verdict=texts.known("verdicts", first["verdict"]),
        )
    else:
        pending = min(outcomes, key=lambda each: each["horizon_end"])
        title = texts.say(
            "changed.pending",
            date=texts.day(pending["horizon_end"]),
            days=(pending["horizon_end"] - pending["as_of_date"]).days,
        )
    return Exhibit(
        "outcomes",
        title,
        headers=[]
        if not judged
        else [
            texts.say("trust.target"),
            texts.say("changed.as_of"),
            texts.say("trust.given_column"),
            texts.say("trust.happened_column"),
            texts.say("changed.verdict"),
        ],
        rows=[
            [
                texts.target(each["target"]),
                texts.day(each["as_of_date"]),
                texts.percent(each["mean_probability"]),
                texts.percent(each["happened_share"]),
                texts.known("verdicts", each["verdict"]),
            ]
            for each in judged[:12]
        ],
        queries=["outcomes"],
    )


# What the section shows, in this order.
SHOWN = (show_arrivals, show_events, show_growth, show_outcomes)
