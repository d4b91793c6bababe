"""Whom to act on: who may leave and what they are worth, next steps, what is needed next."""

import numpy as np

from customer_personas.language.texts import Texts, plain
from customer_personas.report.colours import ACCENT, GOOD, persona_colour
from customer_personas.report.exhibit import Exhibit
from customer_personas.report.pictures import Bar, Interval, draw_bars, draw_intervals, draw_map
from customer_personas.report.published import Facts, Row, round_count
from customer_personas.report.sections.wholes import say_revenue

_MOST_ROWS = 12
# The class of all needs that are too rare to be one of their own.
OTHER = "other"


def good_customers_leaving(facts: Facts) -> tuple[int, float | None]:
    """Count the customers of the upper third by spend who are likelier to stay away than not.

    Parameters
    ----------
    facts : Facts
        What the published file holds.

    Returns
    -------
    tuple of (int, float or None)
        How many, rounded, and the share of the last year's revenue that they brought.
    """
    for each in list_leaving(facts, "all"):
        return each["customers"], each["revenue_share"]
    # what another version published may have no lists; cells are rounded one by one
    cells = [
        each
        for each in facts["churn_by_spend"]
        if each["spend_band"] == 3 and each["churn_band"] >= 2 and each["customers"]
    ]
    shares = [each["revenue_share"] for each in cells if each["revenue_share"] is not None]
    return sum(each["customers"] for each in cells), sum(shares) if shares else None


def show_churn(facts: Facts, texts: Texts) -> Exhibit | None:
    """Show customers by how likely they are to stay away and what they spent."""
    cells = facts["churn_by_spend"]
    if not any(each["customers"] for each in cells):
        # a map of nothing but withheld figures shows nothing
        return None
    values = np.full((4, 4), np.nan)
    written = [["" for _ in range(4)] for _ in range(4)]
    for each in cells:
        place = 3 - each["churn_band"], each["spend_band"]
        values[place] = np.nan if each["customers"] is None else each["customers"]
        written[place[0]][place[1]] = texts.count(each["customers"])
    leaving, revenue = good_customers_leaving(facts)
    title = texts.say("act.churn_none")
    if leaving:
        title = texts.say("act.churn", customers=texts.count(leaving), revenue=texts.share(revenue))
    rows = [texts.say(f"act.churn_band_{band}") for band in (3, 2, 1, 0)]
    columns = [texts.say(f"act.spend_band_{band}") for band in range(4)]
    return Exhibit(
        "churn_by_spend",
        title,
        texts.sentences(
            texts.say("act.churn_more", horizon=texts.horizon(facts.horizon_days)),
            say_revenue(facts, texts),
        ),
        lambda canvas: draw_map(
            canvas,
            values,
            written,
            rows,
            columns,
            f"↑ {texts.say('act.churn_rows')}",
            texts.say("act.churn_columns"),
        ),
        [
            texts.say("act.churn_rows"),
            texts.say("act.churn_columns"),
            texts.say("act.customers"),
            texts.say("act.revenue"),
        ],
        [
            [
                rows[3 - each["churn_band"]],
                columns[each["spend_band"]],
                texts.count(each["customers"]),
                texts.percent(each["revenue_share"]),
            ]
            for each in cells
        ],
        ["churn_by_spend"],
        is_rounded=True,
    )


def list_leaving(facts: Facts, grouped_by: str) -> list[Row]:
    """List the good customers who may leave by persona, RFM segment or audience, the most first."""
    return [
        each for each in facts["leaving"] if each["grouped_by"] == grouped_by and each["customers"]
    ]


def name_leaving(rows: list[Row], texts: Texts, most: int = 2) -> str:
    """Name the groups that most of the good customers who may leave are in, with how many."""
    return texts.listed(
        [
            texts.say(
                "format.in_brackets",
                first=texts.persona(each["name"]),
                text=texts.count(each["customers"]),
            )
            for each in rows[:most]
        ]
    )


def say_list(facts: Facts, texts: Texts) -> str:
    """Say which list has the good customers who may leave, as far as they may be written to."""
    said = []
    for each in list_leaving(facts, "all"):
        if each["listed"]:
            listed = texts.count(each["listed"])
            said.append(texts.say("act.leaving_listed", listed=listed))
    audiences = {each["audience"]: each for each in facts["audiences"]}
    for each in list_leaving(facts, "audience")[:1]:
        audience = audiences[each["name"]]
        said.append(
            texts.say(
                "act.leaving_audience",
                label=texts.known("audiences", audience["label"] or audience["audience"]),
                reachable=texts.count(round_few(audience["reachable_count"], facts)),
                customers=texts.count(each["customers"]),
                audience=plain(each["name"]),
            )
        )
    return texts.sentences(*said)


def show_leaving(facts: Facts, texts: Texts) -> Exhibit | None:
    """Show in which personas the good customers are who may leave, and on which list."""
    rows, whole = list_leaving(facts, "persona"), list_leaving(facts, "all")
    if len(facts["personas"]) < 2:
        rows = list_leaving(facts, "segment")
    if not rows or not whole:
        return None
    segments = list_leaving(facts, "segment")
    bars = [
        Bar(
            texts.persona(each["name"]),
            each["customers"],
            texts.count(each["customers"]),
            persona_colour(each["persona_id"]) if each["persona_id"] else ACCENT,
        )
        for each in rows
    ]
    by_segment = ""
    if segments and rows is not segments:
        by_segment = texts.say("act.leaving_segments", segments=name_leaving(segments, texts))
    return Exhibit(
        "leaving",
        texts.say(
            "act.leaving",
            name=bars[0].label,
            customers=bars[0].text,
            all=texts.count(whole[0]["customers"]),
        ),
        texts.sentences(by_segment, say_list(facts, texts)),
        lambda canvas: draw_bars(canvas, bars),
        [
            texts.say("changed.persona" if rows[0]["persona_id"] else "where.segment"),
            texts.say("act.customers"),
            texts.say("act.revenue"),
            texts.say("act.listed"),
            texts.say("act.acting"),
        ],
        [
            [
                bar.label,
                bar.text,
                texts.percent(each["revenue_share"]),
                texts.count(each["listed"]),
                texts.count(each["acting"]),
            ]
            for bar, each in zip(bars, rows, strict=True)
        ],
        ["leaving"],
        is_rounded=True,
    )


def name_actions(facts: Facts, texts: Texts, most: int) -> str:
    """Name the next steps that come first by the rules, with how many customers each is for."""
    told = [each for each in facts["actions"] if each["customers"]]
    return texts.entries["format"]["join"].join(
        texts.say(
            "format.in_brackets",
            first=texts.known("actions", each["next_best_action"]),
            text=texts.count(each["customers"]),
        )
        for each in told[:most]
    )


def say_held_back(facts: Facts, texts: Texts) -> str:
    """Say why others who agreed to be written to have no next step now."""
    reasons = [
        (texts.known("held_back", each["held_back_by"]), each["customers"])
        for each in facts["audience_list"]
        if each["held_back_by"] and each["customers"]
    ]
    listed = facts.one("audience_list").get("listed")
    agreed = facts.one("customers").get("consenting")
    # both are rounded
    if listed and agreed and agreed > listed:
        reasons.append((texts.say("act.kept_back"), agreed - listed))
    return texts.entries["format"]["join"].join(
        texts.say("format.in_brackets", first=reason, text=texts.count(customers))
        for reason, customers in reasons
    )


def show_actions(facts: Facts, texts: Texts) -> Exhibit | None:
    """Show the next best actions of those who may be written to."""
    rows = facts["actions"]
    told = [each for each in rows if each["customers"]]
    if not told:
        # whether nobody agreed, or nobody was asked, the page says what to deliver
        if facts.one("customers").get("consent_known"):
            return None
        return Exhibit(
            "actions",
            texts.say("act.no_audience"),
            texts.say("act.no_audience_more"),
            queries=["customers"],
        )
    names = [texts.known("actions", each["next_best_action"]) for each in rows]
    bars = [
        Bar(name, each["customers"] or 0, texts.count(each["customers"]))
        for name, each in zip(names, rows, strict=True)
    ]
    return Exhibit(
        "actions",
        texts.say(
            "act.actions",
            acting=texts.count(told[0]["acting"]),
            actions=name_actions(facts, texts, 1),
        ),
        texts.say("act.actions_more"),
        lambda canvas: draw_bars(canvas, bars),
        [texts.say("act.action"), texts.say("act.customers"), texts.say("act.churn_mean")],
        [
            [name, texts.count(each["customers"]), texts.percent(each["churn_probability"])]
            for name, each in zip(names, rows, strict=True)
        ],
        ["actions"],
        is_rounded=True,
    )


def named_demand(facts: Facts) -> list[Row]:
    """List the needs of enough customers; what is folded into ``other`` is nothing to offer."""
    return [
        each for each in facts["demand"] if each["expected_customers"] and each["need"] != OTHER
    ]


def show_demand(facts: Facts, texts: Texts) -> Exhibit | None:
    """Show what customers are expected to buy next."""
    rows = facts["demand"][:_MOST_ROWS]
    named = named_demand(facts)
    if not named:
        return None
    bars = [
        Bar(
            texts.known("value_words", each["need"]),
            each["expected_customers"] or 0,
            texts.count(each["expected_customers"]),
        )
        for each in rows
    ]
    horizon = texts.horizon(facts.horizon_days)
    return Exhibit(
        "demand",
        texts.say(
            "act.demand",
            need=texts.known("value_words", named[0]["need"]),
            customers=texts.count(named[0]["expected_customers"]),
            buyers=texts.count(named[0]["expected_buyers"]),
        ),
        texts.say("act.demand_more", horizon=horizon),
        lambda canvas: draw_bars(canvas, bars),
        [texts.say("act.need"), texts.say("act.expected"), texts.say("act.of_buyers")],
        [
            [
                bar.label,
                bar.text,
                texts.percent(
                    each["expected_customers"]
                    and each["expected_customers"] / each["expected_buyers"]
                ),
            ]
            for bar, each in zip(bars, rows, strict=True)
        ],
        ["demand"],
        is_rounded=True,
    )


def round_few(count: int | None, facts: Facts) -> int | None:
    """Round a count as those that the report makes are; what is nobody, or unknown, stays."""
    return round_count(count, facts.minimum_cell) if count else count


def show_audiences(facts: Facts, texts: Texts) -> Exhibit | None:
    """Show the audiences and whom they reach."""
    # one that nobody is in, or so few that they are not told, says nothing
    rows = [
        each
        | {name: round_few(each[name], facts) for name in ("reachable_count", "customer_count")}
        for each in facts["audiences"]
        if each["customer_count"]
    ]
    if not rows:
        return None
    names = [texts.known("audiences", each["label"] or each["audience"]) for each in rows]
    bars = [
        Bar(
            name,
            each["reachable_count"] or 0,
            # not told where few are reachable, or few of all are not
            texts.count(each["reachable_count"]),
            second=each["customer_count"],
            second_text=texts.count(each["customer_count"]),
        )
        for name, each in zip(names, rows, strict=True)
    ]
    nobody = all(each["reachable_count"] == 0 for each in rows)
    title = texts.say("act.audiences_nobody" if nobody else "act.audiences_none")
    if rows[0]["reachable_count"]:
        reachable = texts.count(rows[0]["reachable_count"])
        title = texts.say("act.audiences", label=names[0], reachable=reachable)
    return Exhibit(
        "audiences",
        title,
        texts.say("act.audiences_more"),
        lambda canvas: draw_bars(
            canvas,
            bars,
            [
                (texts.say("act.reachable"), ACCENT, 1.0),
                (texts.say("act.customers"), ACCENT, 0.45),
            ],
        ),
        [
            texts.say("act.audience"),
            texts.say("act.reachable"),
            texts.say("act.customers"),
            texts.say("act.status"),
            texts.say("act.command"),
        ],
        [
            [
                name,
                texts.count(each["reachable_count"]),
                texts.count(each["customer_count"]),
                texts.known("audience_statuses", each["status"]),
                plain(each["audience"]),
            ]
            for name, each in zip(names, rows, strict=True)
        ],
        ["audiences"],
        is_rounded=True,
    )


def say_campaigns(rows: list[Row], texts: Texts) -> str:
    """Say in a title how many of the campaigns that can be judged worked.

    Parameters
    ----------
    rows : list of dict
        Rows of ``marts.campaign_results`` that decide on a campaign.
    texts : Texts
        The language.

    Returns
    -------
    str
        The title.
    """
    working = [each for each in rows if each["verdict"] == "works"]
    judged = [each for each in rows if each["effect"] is not None]
    if not working:
        return texts.say("act.campaigns_unclear")
    if len(judged) == 1:
        return texts.say("act.campaign_works", campaign=plain(working[0]["campaign"]))
    return texts.say("act.campaigns", works=len(working), judged=len(judged))


def say_effect(share: float, texts: Texts) -> str:
    """Say how many more or fewer of 100 customers ordered.

    Parameters
    ----------
    share : float
        The difference of two shares of customers.
    texts : Texts
        The language.

    Returns
    -------
    str
        Such as ``0.2 fewer``.
    """
    of_100 = round(100 * share, 1)
    if of_100 == 0:
        return texts.say("act.effect_none")
    kind = "act.effect_more" if of_100 > 0 else "act.effect_fewer"
    return texts.say(kind, customers=f"{abs(of_100):.1f}")


def show_campaigns(facts: Facts, texts: Texts) -> Exhibit | None:
    """Show what campaigns brought, against customers left out by lot."""
    rows = facts["campaigns"]
    if not rows:
        return None
    known = [each for each in rows if each["effect"] is not None and each["effect_low"] is not None]

    def effect(row: Row) -> str:
        if row not in known:
            return texts.say("format.none")
        return texts.say(
            "act.effect_between",
            effect=say_effect(row["effect"], texts),
            low=say_effect(row["effect_low"], texts),
            high=say_effect(row["effect_high"], texts),
        )

    bars = [
        Interval(
            texts.say(
                "format.about",
                what=plain(each["campaign"]),
                said=texts.known("verdicts", each["verdict"]),
            ),
            each["effect"],
            each["effect_low"],
            each["effect_high"],
            effect(each),
            GOOD if each["verdict"] == "works" else ACCENT,
        )
        for each in known
    ]
    lead = [texts.say("act.campaigns_more")] if bars else []
    rest = [each["result"].split(": ", 1)[-1] for each in rows if each not in known]
    if rest:
        reason = texts.known("campaign_reasons", max(sorted(set(rest)), key=rest.count))
        lead.append(texts.say("act.campaigns_rest", rest=len(rest), reason=reason))

    def verdict(row: Row) -> str:
        if row in known:
            return texts.known("verdicts", row["verdict"])
        if not row["is_over"]:
            return texts.say("verdicts.pending")
        reason = texts.known("campaign_reasons", row["result"].split(": ", 1)[-1])
        return texts.say("format.about", what=texts.say("act.unjudged"), said=reason)

    def ordered(row: Row, group: str) -> str:
        # beside each other they would look like a result
        return texts.percent(row[f"{group}_mean"] if row in known else None)

    return Exhibit(
        "campaigns",
        say_campaigns(rows, texts),
        texts.sentences(*lead),
        (lambda canvas: draw_intervals(canvas, bars)) if bars else None,
        [
            texts.say("act.campaign"),
            texts.say("changed.verdict"),
            *(
                texts.say(f"act.{name}")
                for name in (("treated", "held_out", "effect") if known else ())
            ),
            texts.say("act.began"),
        ],
        [
            [
                plain(each["campaign"]),
                verdict(each),
                *(
                    (ordered(each, "treated"), ordered(each, "holdout"), effect(each))
                    if known
                    else ()
                ),
                f"{each['began_on']:%Y-%m-%d}",
            ]
            for each in rows
        ],
        ["campaigns"],
    )


# What the section shows, in this order.
SHOWN = (
    show_churn,
    show_leaving,
    show_actions,
    show_audiences,
    show_campaigns,
    show_demand,
)
