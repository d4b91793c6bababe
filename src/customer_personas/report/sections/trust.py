"""How far to trust it: what came true, who is found, which personas come back."""

import re
from datetime import date

from customer_personas.language.texts import Texts
from customer_personas.report.colours import persona_colour
from customer_personas.report.exhibit import Exhibit
from customer_personas.report.pictures import Bar, draw_bars, draw_curve
from customer_personas.report.published import Facts, Row, round_count

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


def gaps(bins: list[Row]) -> tuple[float, float]:
    """Tell how far what happened lies from the probabilities given.

    Parameters
    ----------
    bins : list of dict
        Rows of ``marts.model_calibration``.

    Returns
    -------
    tuple of (float, float)
        The mean over the customers whose outcome is told, and the largest, as shares.
    """
    told = [each for each in bins if each["hit_rate"] is not None]
    apart = [abs(each["mean_probability"] - each["hit_rate"]) for each in told]
    sizes = [each["customers"] or 0 for each in told]
    weighted = sum(gap * size for gap, size in zip(apart, sizes, strict=True))
    return weighted / (sum(sizes) or 1), max(apart)


def say_calibration(facts: Facts, texts: Texts) -> str:
    """Say how far from what happened the probabilities to buy were, and give the example."""
    example = choose_example(facts["calibration"])
    if example is None:
        return ""
    mean, most = gaps(facts["calibration"])
    return texts.say(
        "trust.close",
        mean=texts.hundred(mean),
        most=texts.hundred(most),
        given=texts.percent(example["mean_probability"]),
        happened=texts.hundred(example["hit_rate"]),
        horizon=texts.horizon(facts.horizon_days),
    )


def show_calibration(facts: Facts, texts: Texts) -> Exhibit | None:
    """Show whether probabilities come true."""
    bins = [each for each in facts["calibration"] if each["hit_rate"] is not None]
    example = choose_example(bins)
    if example is None:
        return None
    mean, most = gaps(bins)
    title = texts.say("trust.calibrated", mean=texts.hundred(mean), most=texts.hundred(most))
    mark = bins.index(example)
    return Exhibit(
        "calibration",
        title,
        texts.say(
            "trust.calibration_more",
            horizon=texts.horizon(facts.horizon_days),
            given=texts.percent(example["mean_probability"]),
            happened=texts.hundred(example["hit_rate"]),
        ),
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
    overlap = texts.overlap(least["jaccard_stability"])
    title = (
        texts.say("trust.stability", overlap=overlap)
        if least["jaccard_stability"] >= STABLE
        else texts.say("trust.unstable", name=texts.persona(least["persona_name"]), overlap=overlap)
    )
    bars = [
        Bar(
            texts.persona(each["persona_name"]),
            each["jaccard_stability"],
            texts.overlap(each["jaccard_stability"]),
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


# The metric that says most about a prediction: the first that is there.
_TELLING = ("hit_rate_at_5", "roc_auc", "accuracy")


def list_models(facts: Facts) -> list[Row]:
    """List the model in force of each target, by the metric that says most about it.

    Parameters
    ----------
    facts : Facts
        What the published file holds.

    Returns
    -------
    list of dict
        A row per target, with ``simple_value``: that of the best simple rule.
    """
    found: dict[str, Row] = {}
    for each in sorted(facts["evaluations"], key=lambda row: _TELLING.index(row["metric"])):
        if each["is_published"]:
            found.setdefault(each["target"], each)
    return [
        row
        | {
            "simple_value": max(
                (
                    each["metric_value"]
                    for each in facts["evaluations"]
                    if each["is_baseline"]
                    and (each["target"], each["metric"]) == (target, row["metric"])
                ),
                default=None,
            )
        }
        for target, row in sorted(found.items())
    ]


def is_better(model: Row) -> bool:
    """Say whether a model in force is surely better than the best simple rule.

    Parameters
    ----------
    model : dict
        A row of :func:`list_models`.

    Returns
    -------
    bool
        Whether it is learnt, and its advantage, or its interval where the warehouse compares it
        with another rule, lies above that rule. Where no interval is told its value decides.
    """
    simple = model["simple_value"]
    if model["is_baseline"]:
        return False
    if simple is None:
        return True
    if model["advantage_low"] is not None and model["baseline_value"] == simple:
        return bool(model["advantage_low"] > 0)
    least = model["metric_value"] if model["value_low"] is None else model["value_low"]
    return bool(least > simple)


def say_models(models: list[Row], texts: Texts) -> str:
    """Say how many predictions beat the best simple rule, and which do not."""
    worse = [texts.target(each["target"]) for each in models if not is_better(each)]
    if len(worse) == len(models):
        return texts.say("trust.models_none")
    if len(models) == 1:
        return texts.say("trust.models_all_one")
    if not worse:
        return texts.say("trust.models_all", all=len(models))
    return texts.say(
        "trust.models",
        better=len(models) - len(worse),
        all=len(models),
        worse=texts.listed(worse),
    )


def show_models(facts: Facts, texts: Texts) -> Exhibit | None:
    """Say which predictions there are and what they are worth."""
    models = list_models(facts)
    if not models:
        return None

    def value(each: Row) -> str:
        said = texts.percent(each["metric_value"])
        if each["value_low"] is None:
            return said
        interval = texts.between(each["value_low"], each["value_high"])
        return texts.say("format.in_brackets", first=said, text=interval)

    lead = texts.say("trust.models_more")
    if undated := [each for each in models if each["observation_date"] is None]:
        lead = texts.sentences(
            lead,
            texts.say(
                "trust.models_held_out",
                targets=texts.listed([texts.target(each["target"]) for each in undated]),
                customers=texts.listed(
                    [
                        texts.count(round_count(each["customers"], facts.minimum_cell))
                        for each in undated
                    ]
                ),
            ),
        )
    return Exhibit(
        "models",
        say_models(models, texts),
        lead,
        headers=[
            texts.say("trust.target"),
            texts.say("trust.value"),
            texts.say("trust.baseline"),
            texts.say("trust.metric"),
        ],
        rows=[
            [
                texts.target(each["target"]),
                value(each),
                texts.say("trust.is_baseline")
                if each["is_baseline"]
                else texts.percent(each["simple_value"]),
                texts.known("metrics", each["metric"]),
            ]
            for each in models
        ],
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
