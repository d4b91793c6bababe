"""How far to trust it: what came true, who is found, which personas come back."""

import re
from datetime import date

from customer_personas.language.texts import Texts
from customer_personas.report.colours import persona_colour
from customer_personas.report.exhibit import Exhibit
from customer_personas.report.pictures import Bar, draw_bars, draw_curve
from customer_personas.report.published import Facts, Row

# The example that says what calibration is: the group that was given about this.
_EXAMPLE = 0.7
# One group alone says nothing about whether probabilities come true.
_FEWEST_BINS = 2
# Overlap from which on a group counts as stable.
STABLE = 0.75


def choose_example(bins: list[Row]) -> Row | None:
    """Choose the group of customers by which calibration is explained.

    Parameters
    ----------
    bins : list of dict
        Rows of ``marts.model_calibration``.

    Returns
    -------
    dict or None
        The one whose probability lies nearest to 70 %, of those whose outcome is told; none where
        there is only one.
    """
    told = [each for each in bins if each["hit_rate"] is not None]
    if len(told) < _FEWEST_BINS:
        return None
    return min(told, key=lambda each: abs(each["mean_probability"] - _EXAMPLE), default=None)


def show_calibration(facts: Facts, texts: Texts) -> Exhibit | None:
    """Show whether probabilities come true."""
    bins = [each for each in facts["calibration"] if each["hit_rate"] is not None]
    example = choose_example(bins)
    if example is None:
        return None
    title = texts.say(
        "trust.calibrated",
        given=texts.percent(example["mean_probability"]),
        happened=texts.hundred(example["hit_rate"]),
    )
    mark = bins.index(example)
    return Exhibit(
        "calibration",
        title,
        texts.say("trust.calibration_more", horizon=texts.horizon(facts.horizon_days)),
        lambda canvas: draw_curve(
            canvas,
            [each["mean_probability"] for each in bins],
            [each["hit_rate"] for each in bins],
            [each["customers"] for each in bins],
            texts.say("trust.given"),
            texts.say("trust.happened"),
            mark,
            f"{texts.percent(example['mean_probability'])} → {texts.percent(example['hit_rate'])}",
        ),
        [
            texts.say("trust.given_column"),
            texts.say("trust.happened_column"),
            texts.say("trust.customers"),
        ],
        [
            [
                texts.percent(each["mean_probability"]),
                texts.percent(each["hit_rate"]),
                texts.count(each["customers"]),
            ]
            for each in facts["calibration"]
        ],
        ["calibration"],
    )


def show_gains(facts: Facts, texts: Texts) -> Exhibit | None:
    """Show how many buyers are found among those ranked highest."""
    rows = facts["gains"]
    told = [each for each in rows if each["cumulative_share_of_hits"] is not None]
    if len(told) < 2:
        return None
    everybody = sum(each["customers"] for each in rows)
    asked = [
        sum(each["customers"] for each in rows if each["decile"] <= row["decile"]) / everybody
        for row in told
    ]
    found = [each["cumulative_share_of_hits"] for each in told]
    # the first point at which more than half of the buyers are found
    mark = next((place for place, share in enumerate(found) if share > 0.5), len(found) - 1)
    tenths, share = told[mark]["decile"], texts.percent(found[mark])
    title = (
        texts.say("trust.gains_one", share=share)
        if tenths == 1
        else texts.say("trust.gains", tenths=tenths, share=share)
    )
    return Exhibit(
        "gains",
        title,
        texts.say("trust.gains_more"),
        lambda canvas: draw_curve(
            canvas,
            [0.0, *asked],
            [0.0, *found],
            None,
            texts.say("trust.asked"),
            texts.say("trust.found"),
            mark + 1,
            f"{texts.percent(asked[mark])} → {share}",
        ),
        [
            texts.say("trust.tenth"),
            texts.say("trust.customers"),
            texts.say("trust.happened_column"),
            texts.say("trust.found"),
        ],
        [
            [
                str(each["decile"]),
                texts.count(each["customers"]),
                texts.percent(each["hit_rate"]),
                texts.percent(each["cumulative_share_of_hits"]),
            ]
            for each in rows
        ],
        ["gains"],
    )


def show_stability(facts: Facts, texts: Texts) -> Exhibit | None:
    """Show whether the personas come back when they are drawn anew."""
    rows = [each for each in facts["personas"] if each["jaccard_stability"] is not None]
    if not rows:
        return None
    least = min(rows, key=lambda each: (each["jaccard_stability"], each["persona_id"]))
    # rounded down: "at least" has to be true
    overlap = str(int(100 * least["jaccard_stability"]))
    title = (
        texts.say("trust.stability", overlap=overlap)
        if least["jaccard_stability"] >= STABLE
        else texts.say("trust.unstable", name=texts.persona(least["persona_name"]), overlap=overlap)
    )
    bars = [
        Bar(
            texts.persona(each["persona_name"]),
            each["jaccard_stability"],
            str(int(100 * each["jaccard_stability"])),
            persona_colour(each["persona_id"]),
        )
        for each in rows
    ]
    return Exhibit(
        "stability",
        title,
        texts.say("trust.stability_more"),
        lambda canvas: draw_bars(canvas, bars),
        [texts.say("changed.persona"), texts.say("trust.overlap")],
        [[bar.label, bar.text] for bar in bars],
        ["personas"],
    )


def list_models(facts: Facts) -> list[Row]:
    """List the model in force of each target, by the metric that says most about it.

    Parameters
    ----------
    facts : Facts
        What the published file holds.

    Returns
    -------
    list of dict
        A row per target.
    """
    of_two = {each["target"] for each in facts["evaluations"] if each["metric"] == "prevalence"}
    return [
        each
        for each in facts["evaluations"]
        if each["metric"] == "hit_rate_at_5"
        or each["metric"] == ("roc_auc" if each["target"] in of_two else "accuracy")
    ]


def show_models(facts: Facts, texts: Texts) -> Exhibit | None:
    """Say which predictions there are and what they are worth."""
    models = list_models(facts)
    if not models:
        return None
    better = sum(
        not each["is_baseline"]
        and (each["baseline_value"] is None or each["metric_value"] > each["baseline_value"])
        for each in models
    )
    if not better:
        title = texts.say("trust.models_none")
    elif len(models) == 1:
        title = texts.say("trust.models_all_one")
    else:
        title = texts.say("trust.models", better=better, all=len(models))
    rows = [
        [
            texts.target(each["target"]),
            texts.known("metrics", each["metric"]),
            texts.percent(each["metric_value"])
            if each["value_low"] is None
            else texts.say(
                "format.in_brackets",
                first=texts.percent(each["metric_value"]),
                text=texts.between(each["value_low"], each["value_high"]),
            ),
            texts.say("trust.is_baseline")
            if each["is_baseline"]
            else texts.percent(each["baseline_value"]),
        ]
        for each in models
    ]
    return Exhibit(
        "models",
        title,
        texts.say("trust.models_more"),
        headers=[
            texts.say("trust.target"),
            texts.say("trust.metric"),
            texts.say("trust.value"),
            texts.say("trust.baseline"),
        ],
        rows=rows,
        queries=["evaluations"],
    )


# What a check says where it fails, and how that is said to whoever knows no metric.
_PROBLEMS = {
    "give no two features": "trust.refused_little",
    "no better than noise": "trust.refused_noise",
    "not stable": "trust.refused_unstable",
    "another random start": "trust.refused_unstable",
    "the smallest cluster holds": "trust.refused_small",
}


def show_no_personas(facts: Facts, texts: Texts) -> Exhibit | None:
    """Say why no personas could be trusted, where something stands in for them."""
    kinds = {each["persona_kind"]: each["champion_reason"] for each in facts["personas"]}
    reason = kinds.get("RFM segments") or kinds.get("everybody")
    if reason is None:
        return None
    why = reason.removeprefix("Stands in for personas: ")
    plainly = next((key for sign, key in _PROBLEMS.items() if sign in why), "trust.refused_other")
    return Exhibit(
        "no_personas",
        texts.say("trust.no_personas"),
        texts.say(plainly),
        headers=[texts.say("trust.figures")],
        rows=[[texts.sentence(why)]],
        queries=["personas"],
    )


def show_refused(facts: Facts, texts: Texts) -> Exhibit | None:
    """Say which learnt models were not published, what is used instead, and why."""
    rows = facts["refused"]
    if not rows:
        return None
    names = [texts.target(each["target"]) for each in rows]

    def explain(row: Row) -> str:
        if row["advantage"] is None:
            return texts.say("trust.refused_unjudged")
        key = "trust.refused_worse" if row["advantage"] <= 0 else "trust.refused_chance"
        return texts.say(key)

    return Exhibit(
        "refused",
        texts.say("trust.refused", targets=texts.listed(names)),
        texts.say("trust.refused_more"),
        headers=[
            texts.say("trust.target"),
            texts.say("trust.why_refused"),
        ],
        rows=[[name, explain(each)] for name, each in zip(names, rows, strict=True)],
        queries=["refused"],
    )


# What a learner says that has too little to learn from, and how that is said to whoever knows none.
_TOO_LITTLE = {
    "No training date": "trust.learn_later",
    "Too few answers": "trust.learn_answers",
    "have one class": "trust.learn_one",
    "has fewer than": "trust.learn_rare",
    "No feature can be used": "trust.learn_nothing_known",
    "No customer with a label": "trust.learn_no_labels",
    "No training rows": "trust.learn_no_labels",
}
_KNOWN_FROM = re.compile(r"is complete on (\d{4}-\d{2}-\d{2})")


def explain_no_model(reason: str, has_orders: bool, texts: Texts) -> str:
    """Say plainly why nothing could be learnt, and from when on it can be, if that is known.

    Parameters
    ----------
    reason : str
        As ``marts.model_evaluations`` has it.
    has_orders : bool
        Whether there are dated orders: without them waiting helps nothing.
    texts : Texts
        The language.

    Returns
    -------
    str
        A sentence or two; the reason itself where it is of no kind that is known.
    """
    key = next((key for sign, key in _TOO_LITTLE.items() if sign in reason), None)
    if key is None:
        return texts.sentence(reason)
    if key == "trust.learn_later" and not has_orders:
        return texts.say("trust.learn_no_records")
    known_from = _KNOWN_FROM.search(reason) if key == "trust.learn_later" else None
    if known_from is None:
        return texts.say(key)
    day = texts.day(date.fromisoformat(known_from[1]))
    return texts.sentences(texts.say(key), texts.say("trust.learn_from", date=day))


def show_no_models(facts: Facts, texts: Texts) -> Exhibit | None:
    """Say what nothing could be learnt of, and why."""
    rows = facts["no_models"]
    if not rows:
        return None
    names = [texts.target(each["target"]) for each in rows]
    has_orders = bool(facts.one("customers").get("buyers"))
    return Exhibit(
        "no_models",
        texts.say("trust.no_models", targets=texts.listed(names)),
        headers=[texts.say("trust.target"), texts.say("trust.why")],
        rows=[
            [name, explain_no_model(each["reason"], has_orders, texts)]
            for name, each in zip(names, rows, strict=True)
        ],
        queries=["no_models"],
    )


# What the section shows, in this order.
SHOWN = (
    show_calibration,
    show_gains,
    show_stability,
    show_no_personas,
    show_models,
    show_refused,
    show_no_models,
)
