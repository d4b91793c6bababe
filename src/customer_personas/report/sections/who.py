"""Who the customers are: the personas beside each other, and a card for each."""

from customer_personas.language.texts import Texts
from customer_personas.report.colours import ACCENT, persona_colour, persona_place
from customer_personas.report.exhibit import Card, Exhibit
from customer_personas.report.pictures import Bar, draw_bars, draw_deviations
from customer_personas.report.published import Facts, Row
from customer_personas.report.sections.act import OTHER
from customer_personas.report.sections.wholes import say_customers, say_revenue, say_without

_TRAITS = 5
# Standard deviations below which a trait sets nobody apart.
_SLIGHT = 0.05
_KINDS = {
    "groups": "who.kind_groups",
    "slices of a continuum": "who.kind_slices",
    "RFM segments": "who.kind_rfm",
    "everybody": "who.kind_everybody",
}
# Features that tell what a measure of orders or visits tells.
_SAME_AS = {
    "discounted_orders": {"discount_share"},
    "returns": {"return_rate"},
    "evening_orders": {"evening_order_share", "night_order_share", "morning_order_share"},
    "weekend_orders": {"weekend_order_share"},
    "mobile_visits": {"mobile_share", "desktop_share", "tablet_share"},
}
# A persona brings remarkably much from this many times its share of the customers on.
_REMARKABLE = 1.25


def most_remarkable(personas: list[Row]) -> Row | None:
    """Find the persona whose revenue exceeds its share of the customers most.

    Parameters
    ----------
    personas : list of dict
        Rows of ``marts.personas``.

    Returns
    -------
    dict or None
        The persona, if any brings a quarter more than its share and a tenth of all.
    """
    told = [
        each
        for each in personas
        if each["customer_share"] and each["revenue_share"] and each["revenue_share"] >= 0.1
    ]
    found = max(
        told,
        key=lambda each: (each["revenue_share"] - each["customer_share"], each["persona_id"]),
        default=None,
    )
    if found and found["revenue_share"] >= _REMARKABLE * found["customer_share"]:
        return found
    return None


def say_who(personas: list[Row], texts: Texts, customers: str) -> str:
    """Say in a title what is most remarkable about the personas.

    Parameters
    ----------
    personas : list of dict
        Rows of ``marts.personas``, the largest first.
    texts : Texts
        The language.
    customers : str
        Which customers their shares are of.

    Returns
    -------
    str
        The title.
    """
    if len(personas) == 1:
        return texts.say("who.one")
    if found := most_remarkable(personas):
        return texts.say(
            "who.revenue",
            name=texts.persona(found["persona_name"]),
            share=texts.percent(found["customer_share"]),
            revenue=texts.percent(found["revenue_share"]),
            customers=customers,
        )
    largest = personas[0]
    if any(each["revenue_share"] is not None for each in personas):
        return texts.say("who.even")
    if largest["customer_share"] is None:
        return texts.say("who.sizes_withheld")
    return texts.say(
        "who.size",
        name=texts.persona(largest["persona_name"]),
        share=texts.percent(largest["customer_share"]),
        customers=customers,
    )


def show_shares(facts: Facts, texts: Texts) -> Exhibit | None:
    """Show the personas by their shares of customers and revenue."""
    personas = facts["personas"]
    if not personas:
        return None
    has_revenue = any(each["revenue_share"] is not None for each in personas)
    lead = texts.sentences(
        texts.say(_KINDS.get(personas[0]["persona_kind"], "who.kind_groups")),
        say_without(facts, texts),
        say_revenue(facts, texts) if has_revenue else "",
    )
    bars = []
    for each in personas:
        share, revenue = each["customer_share"], each["revenue_share"]
        few = texts.say("who.few")
        shares = (revenue, share) if has_revenue else (share, None)
        bars.append(
            Bar(
                texts.persona(each["persona_name"]),
                shares[0] or 0,
                few if shares[0] is None else texts.percent(shares[0]),
                persona_colour(each["persona_id"]),
                shares[1],
                "" if shares[1] is None else texts.percent(shares[1]),
            )
        )
    of_customers = texts.say("who.share", customers=say_customers(facts, texts))
    names = [
        (texts.say("who.share_revenue"), ACCENT, 1.0),
        (of_customers, ACCENT, 0.45),
    ]
    return Exhibit(
        "personas",
        say_who(personas, texts, say_customers(facts, texts)),
        lead,
        lambda canvas: draw_bars(canvas, bars, names if has_revenue else ()),
        [
            texts.say("changed.persona"),
            texts.say("who.customers"),
            of_customers,
            texts.say("who.share_revenue"),
            texts.say("who.satisfaction"),
        ],
        [
            [
                texts.persona(each["persona_name"]),
                texts.count(each["customer_count"]),
                texts.percent(each["customer_share"]),
                texts.percent(each["revenue_share"]),
                texts.number(each["satisfaction"]),
            ]
            for each in personas
        ],
        ["personas"],
    )


def _label_length(trait: Row) -> int:
    """Say how long the label of a trait is."""
    return len(trait["feature_label"] or trait["feature_name"])


def choose_traits(traits: list[Row]) -> list[Row]:
    """Choose what sets a persona apart, so that nothing is said twice.

    Parameters
    ----------
    traits : list of dict
        Rows of ``marts.persona_traits`` of one persona, the strongest first.

    Returns
    -------
    list of dict
        Five at most: one of each family, and one about each category or level.
    """
    families: set[str] = set()
    abouts: set[str] = set()
    chosen: list[Row] = []
    # of several figures about the interest in one category the plainest says it
    interests: dict[str, Row] = {}
    for each in traits:
        if each["family"] == "interests" and each["feature_level"] is None:
            shorter = min(interests.get(each["about"], each), each, key=_label_length)
            interests[each["about"]] = shorter
    plainest = [interests.get(each["about"], each) if each["about"] else each for each in traits]
    for trait in plainest:
        if abs(trait["z_score"]) < _SLIGHT:
            continue
        about = trait["about"]
        # columns of the company's own are one family, but different things
        is_own = trait["family"] == "attributes"
        if (trait["family"] in families and not is_own) or about in abouts:
            continue
        if is_own and trait["feature_name"] in families:
            continue
        families.add(trait["feature_name"] if is_own else trait["family"])
        abouts |= {about} if about else set()
        chosen.append(trait)
        if len(chosen) == _TRAITS:
            break
    return chosen


def show_traits(
    persona: Row, traits: list[Row], span: tuple[float, float], texts: Texts
) -> Exhibit:
    """Show how far a persona lies from everybody in what sets it apart."""
    bars = []
    for trait in traits:
        is_level = trait["feature_level"] is not None
        own = texts.value(trait["member_mean"], trait["unit"], is_level)
        overall = texts.value(trait["overall_mean"], trait["unit"], is_level)
        bars.append(
            Bar(
                texts.feature(trait),
                trait["z_score"],
                texts.say(
                    "format.in_brackets", first=own, text=texts.say("who.all", value=overall)
                ),
                persona_colour(persona["persona_id"]),
            )
        )
    return Exhibit(
        f"traits_{persona['persona_id']}",
        texts.say("who.sets_apart"),
        "" if bars else texts.say("who.no_traits"),
        (
            lambda canvas: draw_deviations(
                canvas, bars, span, (texts.say("who.less"), texts.say("who.more"))
            )
        )
        if bars
        else None,
        [
            texts.say("who.trait"),
            texts.say("who.members"),
            texts.say("who.everybody"),
            texts.say("who.deviations"),
        ],
        [
            [
                bar.label,
                texts.value(
                    trait["member_mean"], trait["unit"], trait["feature_level"] is not None
                ),
                texts.value(
                    trait["overall_mean"], trait["unit"], trait["feature_level"] is not None
                ),
                f"{trait['z_score']:+.1f}",
            ]
            for bar, trait in zip(bars, traits, strict=True)
        ],
        ["traits"],
    )


def show_cards(facts: Facts, texts: Texts) -> list[Card]:
    """Make a card for each persona.

    Parameters
    ----------
    facts : Facts
        What the published file holds.
    texts : Texts
        The language.

    Returns
    -------
    list of Card
        The largest persona first.
    """
    chosen = {
        persona["persona_id"]: choose_traits(
            [each for each in facts["traits"] if each["persona_id"] == persona["persona_id"]]
        )
        for persona in facts["personas"]
    }
    # cards stand beside each other: they have one scale
    scores = [each["z_score"] for traits in chosen.values() for each in traits]
    above = max(1.0, *scores) if scores else 1.0
    below = max(0.06 * above, *(-score for score in scores)) if scores else 1.0
    of_customers = texts.say("who.of", customers=say_customers(facts, texts))
    cards = []
    for persona in facts["personas"]:
        persona_id = persona["persona_id"]
        figures = [(texts.percent(persona["customer_share"]), of_customers)]
        if persona["customer_share"] is None:
            figures = [(texts.say("format.none"), texts.say("who.few"))]
        if persona["revenue_share"] is not None:
            figures.append((texts.percent(persona["revenue_share"]), texts.say("who.of_revenue")))
        if persona["satisfaction"] is not None:
            figures.append((f"{persona['satisfaction']:.0f}", texts.say("who.satisfaction")))
        exhibit = show_traits(persona, chosen[persona_id], (below, above), texts)
        said = texts.entries["format"]["apart"].join(
            texts.say("format.in_brackets", first=f"{row[0]} {row[1]}", text=row[2])
            for row in exhibit.rows
        )
        name = texts.persona(persona["persona_name"])
        cards.append(
            Card(
                persona_id,
                persona_place(persona_id),
                name,
                texts.say("who.kind_everybody")
                if persona["persona_kind"] == "everybody"
                else texts.description(persona["persona_description"]),
                figures,
                exhibit,
                texts.say("who.sets_apart_alt", name=name, traits=said),
                say_what_to_do(
                    persona_id, facts, texts, {each["feature_name"] for each in chosen[persona_id]}
                ),
            )
        )
    return cards


def say_driver(persona_id: str, facts: Facts, texts: Texts, shown: set[str]) -> str:
    """Say which habit differs most from everybody's, where that is a quarter at least.

    Parameters
    ----------
    persona_id : str
        The persona.
    facts : Facts
        What the published file holds.
    texts : Texts
        The language.
    shown : set of str
        Features that the card shows: what one of them tells is not said twice.

    Returns
    -------
    str
        The habit, or nothing.
    """
    for each in facts["drivers"]:
        is_said = shown & _SAME_AS.get(each["measure"], set())
        if each["persona_id"] == persona_id and not is_said:
            if 80 < each["share_index"] < 125:
                return ""
            return texts.say(
                "who.driven_text",
                measure=texts.known("drivers", each["measure"]),
                share=texts.percent(each["share"]),
                overall=texts.percent(each["company_share"]),
            )
    return ""


def say_what_to_do(
    persona_id: str, facts: Facts, texts: Texts, shown: set[str]
) -> list[tuple[str, str]]:
    """Say what a persona will need, what to offer to it and what to do.

    Parameters
    ----------
    persona_id : str
        The persona.
    facts : Facts
        What the published file holds.
    texts : Texts
        The language.
    shown : set of str
        Features that the card shows.

    Returns
    -------
    list of (str, str)
        Headings with a sentence; only what is known of enough customers.
    """

    def first(query: str) -> Row | None:
        rows = [each for each in facts[query] if each["persona_id"] == persona_id]
        known = (each for each in rows if each["customers"] is not None and each["need"] != OTHER)
        return next(known, None)

    said = []
    size = next(
        (each["customer_count"] for each in facts["personas"] if each["persona_id"] == persona_id),
        None,
    )
    for query, heading, text in (
        ("needs", "who.needs_next", "who.needs_next_text"),
        ("declared_needs", "who.wants", "who.wants_text"),
    ):
        if size and (found := first(query)):
            # who would be the few others is nobody's business
            is_nearly_all = found["customers"] > size - 2 * facts.minimum_cell
            share = texts.percent(found["customers"] / size)
            share = texts.say("who.almost_all") if is_nearly_all else share
            need = texts.known("value_words", found["need"])
            said.append((texts.say(heading), texts.say(text, need=need, share=share)))
    for kind in ("discover", "buy_again"):
        products = [
            texts.known("value_words", each["product_name"])
            for each in facts["offers"]
            if (each["persona_id"], each["kind"]) == (persona_id, kind)
            and each["customers"] is not None
        ]
        if products:
            said.append((texts.say(f"who.offer_{kind}"), texts.listed(products)))
    if driven := say_driver(persona_id, facts, texts, shown):
        said.append((texts.say("who.driven"), driven))
    actions = [
        texts.say(
            "who.do_text",
            action=texts.known("actions", each["next_best_action"]),
            customers=texts.count(each["customers"]),
        )
        for each in facts["persona_actions"]
        if each["persona_id"] == persona_id and each["customers"] is not None
    ]
    if actions:
        said.append((texts.say("who.do"), texts.entries["format"]["join"].join(actions[:2])))
    elif any(each["persona_id"] == persona_id for each in facts["persona_actions"]):
        said.append((texts.say("who.do"), texts.say("who.few")))
    elif facts["actions"]:
        said.append((texts.say("who.do"), texts.say("who.do_unknown")))
    return said


# What the section shows beside the cards.
SHOWN = (show_shares,)
