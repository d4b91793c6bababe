"""Tells the story: figures at a glance, six questions answered, the sections in their order."""

from dataclasses import dataclass

from customer_personas.language.texts import Texts, plain
from customer_personas.report.exhibit import Section
from customer_personas.report.published import Facts, Row
from customer_personas.report.sections import act, changed, health, trust, where, who
from customer_personas.report.sections.wholes import bounded_revenue, say_customers, say_without

# So far may what happened lie from what was promised, on average over all customers.
_CLOSE = 0.05
# So many audiences are named in one minute.
_MOST_AUDIENCES = 3
# So many next steps are named there.
_MOST_ACTIONS = 3
# So many personas are named in one minute, of more the largest.
_MOST_PERSONAS, _LARGEST_PERSONAS = 8, 5


@dataclass(frozen=True)
class Story:
    """All that the page says.

    Attributes
    ----------
    tiles : list of (str, str)
        A value and what it is.
    minute : list of (str, str, str)
        A question, its answer, and the section that says more.
    """

    title: str
    tiles: list[tuple[str, str]]
    minute: list[tuple[str, str, str]]
    sections: list[Section]
    glossary: list[tuple[str, str]]
    published: str


def show_tiles(facts: Facts, texts: Texts) -> list[tuple[str, str]]:
    """Give the figures at a glance.

    Parameters
    ----------
    facts : Facts
        What the published file holds.
    texts : Texts
        The language.

    Returns
    -------
    list of (str, str)
        A value and what it is; only what is known.
    """
    total, personas = facts.one("customers"), facts["personas"]
    tiles = []
    if total.get("customers"):
        tiles.append((texts.number(total["customers"]), texts.say("tiles.customers")))
    if len(personas) > 1:
        stands_in = personas[0]["persona_kind"] == "RFM segments"
        kind = "tiles.stand_ins" if stands_in else "tiles.personas"
        tiles.append((str(len(personas)), texts.say(kind)))
    if total.get("spend_365d"):
        whole, bounded = round(total["spend_365d"]), bounded_revenue(facts)
        what = texts.say("tiles.revenue")
        if bounded is not None:
            what = texts.say("tiles.revenue_bounded", revenue=texts.number(whole))
        tiles.append((texts.number(bounded or whole), what))
    if total.get("satisfaction") is not None and total.get("rated"):
        rated = texts.say("tiles.satisfaction", customers=texts.count(total["rated"]))
        tiles.append((f"{total['satisfaction']:.0f}", rated))
    if total.get("consent_known"):
        tiles.append((texts.count(total["consenting"]), texts.say("tiles.consent")))
    elif total:
        tiles.append((texts.say("format.none"), texts.say("tiles.consent_unknown")))
    return tiles


def list_personas(personas: list[Row], texts: Texts) -> str:
    """List personas with their shares of the customers; of many the largest only.

    Parameters
    ----------
    personas : list of dict
        Rows of ``marts.personas``, the largest first.
    texts : Texts
        The language.

    Returns
    -------
    str
        Names and shares.
    """
    shown = personas if len(personas) <= _MOST_PERSONAS else personas[:_LARGEST_PERSONAS]
    said = [
        texts.say(
            "format.in_brackets",
            first=texts.persona(each["persona_name"]),
            text=texts.percent(each["customer_share"]),
        )
        if each["customer_share"] is not None
        else texts.persona(each["persona_name"])
        for each in shown
    ]
    if rest := len(personas) - len(shown):
        said.append(texts.say("minute.who_rest", personas=rest))
    return texts.entries["format"]["apart"].join(said)


def answer_who(facts: Facts, texts: Texts) -> str:
    """Answer who the customers are."""
    personas = facts["personas"]
    if len(personas) < 2:
        return texts.say("minute.who_one")
    names = list_personas(personas, texts)
    found = who.most_remarkable(personas)
    best = found and {
        "name": texts.persona(found["persona_name"]),
        "revenue": texts.percent(found["revenue_share"]),
        "share": texts.percent(found["customer_share"]),
        "customers": say_customers(facts, texts),
    }
    stands_in = personas[0]["persona_kind"] == "RFM segments"
    key = "minute.who_stand_ins" if stands_in else "minute.who_personas"
    return texts.sentences(
        texts.say(key, personas=len(personas), names=names),
        say_without(facts, texts),
        texts.say("minute.who_best", **best) if best else "",
    )


def answer_growing(facts: Facts, texts: Texts) -> str:
    """Answer which personas grow, or from when on that can be told."""
    if len(facts["personas"]) < 2:
        return texts.say("minute.growing_one")
    rows = changed.list_growth(facts)
    if not rows:
        as_of = facts.one("customers").get("as_of_date")
        is_new = {each["fitted_on"] for each in facts["personas"]} == {as_of}
        return texts.say("minute.growing_new" if is_new else "minute.growing_withheld")
    fitted = texts.day(rows[0]["fitted_on"])
    names = {each["persona_id"]: texts.persona(each["persona_name"]) for each in facts["personas"]}
    # the first of each direction has changed most
    said = []
    for way, sign in (("growing_up", 1), ("growing_down", -1)):
        each = next((row for row in rows if changed.points(row) * sign > 0), None)
        if each:
            chance = "" if each["is_drifted"] else texts.say("minute.growing_chance")
            said.append(
                texts.say(
                    f"minute.{way}",
                    name=names[each["persona_id"]],
                    before=texts.percent(each["share_at_fit"]),
                    now=texts.percent(each["customer_share"]),
                    chance=chance,
                )
            )
    if not said:
        return texts.say("minute.growing_none", fitted=fitted)
    return texts.sentences(texts.say("minute.growing_since", fitted=fitted), *said)


def answer_leaving(facts: Facts, texts: Texts) -> str:
    """Answer who is leaving."""
    if facts["churn_by_spend"]:
        leaving, revenue = act.good_customers_leaving(facts)
        if not leaving:
            return texts.say("minute.leaving_none")
        answer = texts.say(
            "minute.leaving_bands",
            customers=texts.count(leaving),
            revenue=texts.share(revenue),
            horizon=texts.horizon(facts.horizon_days),
        )
        most = ""
        personas, segments = (act.list_leaving(facts, by) for by in ("persona", "segment"))
        if personas and segments and len(facts["personas"]) > 1:
            most = texts.say(
                "minute.leaving_most",
                personas=act.name_leaving(personas, texts),
                segments=act.name_leaving(segments, texts),
            )
        elif segments:
            most = texts.say("act.leaving_segments", segments=act.name_leaving(segments, texts))
        return texts.sentences(answer, most, act.say_list(facts, texts))
    slipping = sum(
        each["customers"] or 0
        for each in facts["rfm_segments"]
        if each["rfm_segment"] in where.SLIPPING
    )
    if slipping:
        return texts.say("minute.leaving_segments", customers=texts.count(slipping))
    return texts.say("minute.leaving_unknown")


def answer_write(facts: Facts, texts: Texts) -> str:
    """Answer whom to write to."""
    total = facts.one("customers")
    if not total.get("consent_known"):
        return texts.say("minute.write_nobody")
    told = [each for each in facts["actions"] if each["customers"]]
    if not told or not total["consenting"]:
        return texts.say("minute.write_few")
    answer = texts.say(
        "minute.write_actions",
        consenting=texts.count(total["consenting"]),
        acting=texts.count(told[0]["acting"]),
        actions=act.name_actions(facts, texts, _MOST_ACTIONS),
    )
    others = ""
    if held_back := act.say_held_back(facts, texts):
        others = texts.say("minute.write_others", reasons=held_back)
    ready = [
        texts.say(
            "minute.write_audience",
            label=texts.known("audiences", each["label"] or each["audience"]),
            reachable=texts.count(act.round_few(each["reachable_count"], facts)),
            audience=plain(each["audience"]),
        )
        for each in facts["audiences"]
        if each["reachable_count"]
    ][:_MOST_AUDIENCES]
    audiences = ""
    if ready:
        listed = texts.entries["format"]["apart"].join(ready)
        audiences = texts.say("minute.write_audiences", audiences=listed)
    return texts.sentences(answer, others, audiences)


def answer_offer(facts: Facts, texts: Texts) -> str:
    """Answer what to offer."""
    if demand := act.named_demand(facts):
        return texts.say(
            "minute.offer_needs",
            need=texts.known("value_words", demand[0]["need"]),
            customers=texts.count(demand[0]["expected_customers"]),
            buyers=texts.count(demand[0]["expected_buyers"]),
            horizon=texts.horizon(facts.horizon_days),
        )
    if any(each["customers"] for each in facts["offers"]):
        return texts.say("minute.offer_products")
    has_orders = bool(facts.one("customers").get("buyers"))
    return texts.say("minute.offer_nothing" if has_orders else "minute.offer_unknown")


def answer_believe(facts: Facts, texts: Texts) -> str:
    """Answer whether it can be believed: how many checks were passed, and what they found."""
    said, passed = [], []
    if trust.choose_example(facts["calibration"]):
        passed.append(trust.gaps(facts["calibration"])[0] <= _CLOSE)
        said.append(trust.say_calibration(facts, texts))
    known = [each["jaccard_stability"] for each in facts["personas"]]
    known = [each for each in known if each is not None]
    if known:
        passed.append(min(known) >= trust.STABLE)
        said.append(texts.say("minute.believe_stable", overlap=texts.overlap(min(known))))
    if models := trust.list_models(facts):
        passed += [trust.is_better(each) for each in models]
        said.append(trust.say_models(models, texts) + texts.say("format.full_stop"))
    if not said:
        return texts.say("minute.believe_nothing")
    share = sum(passed) / len(passed)
    verdict = "believe_yes" if share == 1 else "believe_mostly" if share > 0.5 else "believe_no"
    counts = {"passed": sum(passed), "all": len(passed)}
    return texts.sentences(texts.say(f"minute.{verdict}", **counts), *said)


def name_systems(records: list[Row], texts: Texts) -> str:
    """Say in words which records of which systems were published.

    Parameters
    ----------
    records : list of dict
        Rows of ``monitoring.record_reconciliation``.
    texts : Texts
        The language.

    Returns
    -------
    str
        The systems as they are called, their records in words.
    """
    systems: dict[str, list[str]] = {}
    for each in sorted(records, key=lambda row: (row["source_system"], row["entity"])):
        if each["accepted"]:
            known = texts.known("entities", each["entity"]).lower()
            systems.setdefault(each["source_system"], []).append(known)
    return texts.entries["format"]["apart"].join(
        texts.say("format.in_brackets", first=plain(name), text=texts.listed(known))
        for name, known in systems.items()
    )


def tell(facts: Facts, texts: Texts) -> Story:
    """Tell the story of a published file.

    Parameters
    ----------
    facts : Facts
        What it holds.
    texts : Texts
        The language.

    Returns
    -------
    Story
        All that the page says.
    """
    order = {
        "changed": changed.SHOWN,
        "who": who.SHOWN,
        "where": where.SHOWN,
        "act": act.SHOWN,
        "trust": trust.SHOWN,
        "health": health.SHOWN,
    }
    made = {
        key: [exhibit for show in shown if (exhibit := show(facts, texts))]
        for key, shown in order.items()
    }
    cards = who.show_cards(facts, texts)
    sections = [
        Section(key, texts.say(f"sections.{key}"), exhibits, cards if key == "who" else ())
        for key, exhibits in made.items()
        if exhibits
    ]
    minute = [
        (texts.say("minute.who"), answer_who(facts, texts), "who"),
        (texts.say("minute.growing"), answer_growing(facts, texts), "changed"),
        (texts.say("minute.leaving"), answer_leaving(facts, texts), "act"),
        (texts.say("minute.write"), answer_write(facts, texts), "act"),
        (texts.say("minute.offer"), answer_offer(facts, texts), "who"),
        (texts.say("minute.believe"), answer_believe(facts, texts), "trust"),
    ]
    there = {section.key for section in sections}
    now = (facts["publications"] or [{}])[0]
    as_of = facts.one("customers").get("as_of_date")
    return Story(
        texts.say("page.title", date=texts.day(as_of)),
        show_tiles(facts, texts),
        [(question, answer, key if key in there else "") for question, answer, key in minute],
        sections,
        [(term, meaning) for term, meaning in texts.entries["glossary"].values()],
        texts.say(
            "page.published",
            time=texts.say(
                "format.moment",
                date=texts.day(now["published_at"]),
                time=f"{now['published_at']:%H:%M}",
            ),
            version=now["version"],
            systems=name_systems(facts["records"], texts) or plain(now["source_systems"]),
            number=facts.minimum_cell,
        )
        if now
        else "",
    )
