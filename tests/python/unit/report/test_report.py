import itertools
import os
import re
import subprocess
import sys
import warnings
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import matplotlib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextPath

from customer_personas.language.texts import Texts
from customer_personas.report import canvas, command
from customer_personas.report.canvas import Canvas, text_width, wrap
from customer_personas.report.colours import PERSONAS, persona_colour, persona_place
from customer_personas.report.page import SLIDE, export_figures, render
from customer_personas.report.pictures import Interval, draw_intervals
from customer_personas.report.published import (
    QUERIES,
    Facts,
    Query,
    guard_totals,
    load_query,
    protect,
    read_published,
    round_count,
)
from customer_personas.report.sections import act, changed, health, trust, where, who
from customer_personas.report.story import (
    answer_believe,
    answer_growing,
    answer_leaving,
    answer_offer,
    answer_who,
    answer_write,
    name_systems,
    show_tiles,
    tell,
)

EXAMPLES = int(os.environ.get("PERSONA_FUZZ_EXAMPLES", "50"))
HOSTILE = "<script>alert(1)</script>\"'& $x_1$ {0} </svg>"
RIGHT_TO_LEFT = "عملاء عطلة نهاية الأسبوع"
LONG = "W" * 120
EN, ZH = Texts("en", 5), Texts("zh", 5)


def facts(**rows):
    """Facts with these rows and the queries of the project."""
    return Facts(rows, {each.stem: load_query(each) for each in QUERIES.glob("*.sql")})


def persona(number=1, share=0.5, revenue=0.5, **changes):
    """A row of marts.personas."""
    return {
        "persona_id": f"P{number:03d}",
        "persona_name": "Frequent Customers",
        "persona_description": "Customers who order often.",
        "customer_count": int(1000 * share) if share else None,
        "customer_share": share,
        "revenue_share": revenue,
        "satisfaction": None,
        "persona_kind": "groups",
        "jaccard_stability": 0.9,
        "born_on": date(2026, 1, 1),
    } | changes


# ---- what small counts and colours are


@given(st.integers(0, 10_000), st.integers(2, 50))
def test_counts_are_rounded_so_that_nobody_is_found(count, minimum_cell):
    rounded = round_count(count, minimum_cell)
    if count < minimum_cell:
        assert rounded is None
    else:
        assert rounded % minimum_cell == 0
        assert rounded >= minimum_cell
        assert abs(rounded - count) <= minimum_cell / 2


@given(st.lists(st.integers(1, 30), min_size=1, max_size=4), st.integers(3, 6))
def test_an_exact_total_beside_rounded_counts_gives_no_few_away(counts, minimum_cell):
    query = Query("q", "", ("customers",), {})
    rows = [{"persona_id": None, "customers": count} for count in counts]
    told = [
        protect(query, row, minimum_cell)["customers"]
        for row in guard_totals(query, rows, minimum_cell)
    ]
    if not any(told) or None not in told:
        return
    # all that the withheld ones can be together: of each nothing is known but that it is not told
    apart = [
        [n for n in range(1, 40) if round_count(n, minimum_cell) == shown]
        for shown in told
        if shown is not None
    ]
    hidden = [count for count, shown in zip(counts, told, strict=True) if shown is None]
    if max(hidden) >= minimum_cell:
        # one more is withheld, and may be as large as it likes
        return
    rests = {sum(counts) - sum(each) for each in itertools.product(*apart)}
    possible = [
        each
        for each in itertools.product(range(minimum_cell), repeat=len(hidden))
        if sum(each) in rests
    ]
    for place in range(len(hidden)):
        assert len({each[place] for each in possible}) > 1, (counts, told)


def test_the_total_of_a_persona_gives_no_few_away_either():
    query = load_query(QUERIES / "persona_actions.sql")
    rows = [{"persona_id": "P1", "customers": 12}, {"persona_id": "P1", "customers": 4}]
    rows += [{"persona_id": "P2", "customers": 11}, {"persona_id": "P2", "customers": 4}]
    # 12 is told as 10, which is 8 to 12: of 16 four at least are left
    guarded = guard_totals(query, rows, 5)
    assert [row["customers"] for row in guarded] == [None, 4, 11, 4]


def test_every_count_over_customers_is_rounded():
    for path in QUERIES.glob("*.sql"):
        query = load_query(path)
        if {"marts.customers", "marts.crm_audience", "marts.persona_memberships"} & set(
            query.tables
        ):
            counted = set(re.findall(r"count\([^)]*\)(?: filter \([^)]*\))? as (\w+)", query.sql))
            # how many there are in all, and in personas, other tables tell as well
            assert counted - {"customers", "with_persona"} <= set(query.rounded), path.name
            assert "customers" in query.rounded or path.stem in ("customers", "arrivals", "demand")


def test_what_goes_with_a_small_count_is_withheld():
    query = load_query(QUERIES / "rfm_segments.sql")
    row = {"rfm_segment": "Lost", "customers": 4, "moved": 12, "revenue_share": 0.1234}
    assert protect(query, row, 5) == {
        "rfm_segment": "Lost",
        "customers": None,
        "moved": 10,
        "revenue_share": None,
    }


def test_totals_are_those_of_what_is_grouped_by_the_same():
    query = load_query(QUERIES / "leaving.sql")
    counts = {"listed": 5, "acting": 5}
    rows = [leaving("persona", "A", 12, **counts), leaving("persona", "B", 4, **counts)]
    whole = leaving("all", None, 16, **counts)
    # of 16 four at least are left beside the 10 that 12 is told as; the whole is no part of itself
    guarded = guard_totals(query, [whole, *rows], 5)
    assert [row["customers"] for row in guarded] == [16, None, 4]


def luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_colours_stand_out_from_either_background():
    for light, dark in PERSONAS:
        assert 1.05 / (luminance(light) + 0.05) >= 3
        assert (luminance(dark) + 0.05) / (luminance("#1b1f27") + 0.05) >= 3


def test_a_persona_keeps_its_colour_whoever_else_is_there():
    assert [persona_place(f"P{n:03d}") for n in range(1, 13)] == list(range(12))
    assert persona_place("P013") == persona_place("P001")
    assert persona_colour("gold members") == persona_colour("gold members")


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.text(max_size=150), st.floats(60, 900), st.floats(8, 20), st.integers(1, 3))
def test_lines_fit_and_nothing_is_lost_but_the_end(text, width, font, lines):
    made = wrap(text, width, font, lines)
    assert 1 <= len(made) <= lines
    assert all(text_width(line, font) <= width or len(line) <= 2 for line in made)
    whole = "".join("".join(made).split())
    assert "".join(text.split()).startswith(whole.removesuffix("…"))


# ---- findings


def test_the_title_says_which_persona_brings_most():
    rows = [persona(1, 0.9, 0.5), persona(2, 0.1, 0.5, persona_name="Big-Order Customers")]
    said = who.say_who(rows, EN, "the customers").replace("\u00a0", " ")
    assert said == "Big-Order Customers are 10 % of the customers and 50 % of the revenue"
    assert "大单的客户" in who.say_who(rows, ZH, "客户")


def test_shares_of_personas_say_which_customers_they_are_of():
    rows = [persona(1, 0.9, 0.5), persona(2, 0.1, 0.5, persona_name="Big-Order Customers")]
    total = {"customers": 1508, "with_persona": 1154, "buyers": 1155, "only_buyers_have_one": True}
    told = facts(personas=rows, customers=[total])
    with_persona = "10\u00a0% of the customers with a persona and"
    assert with_persona in who.show_shares(told, EN).title
    assert "占有画像的客户的 10%" in who.show_shares(told, ZH).title
    never = "Of 1,508 customers 1,154 have a persona; the other 354 have bought nothing yet."
    assert never in who.show_shares(told, EN).lead
    assert never in answer_who(told, EN)
    assert "share of the customers with a persona" in who.show_shares(told, EN).headers
    card = who.show_cards(told, EN)[0]
    assert ("90\u00a0%", "of the customers with a persona") in card.figures
    # where some of the others have ordered, or nobody has, that is not why
    for other in ({"only_buyers_have_one": False}, {"buyers": None}):
        few = facts(personas=rows, customers=[total | other])
        assert "of the other 354 too little is known" in who.show_shares(few, EN).lead
    everybody = facts(personas=rows, customers=[total | {"with_persona": 1508}])
    assert "10\u00a0% of the customers and" in who.show_shares(everybody, EN).title


def test_revenue_says_which_sum_it_is():
    total = {
        "customers": 20,
        "with_persona": 20,
        "spend_365d": 1355595.9,
        "bounded_spend": 451044.2,
    }
    rows = [persona(1, 0.9, 0.5), persona(2, 0.1, 0.5)]
    told = facts(personas=rows, customers=[total])
    assert (
        "451,000",
        "revenue of the last 365 days, giant orders bounded (in full 1,355,596), in your currency",
    ) in show_tiles(told, EN)
    said = "Shares of revenue are of the 451,000 with giant orders bounded."
    assert said in who.show_shares(told, EN).lead
    cell = {"churn_band": 3, "spend_band": 3, "customers": 20, "revenue_share": 0.2}
    told.rows["churn_by_spend"] = [cell]
    assert said in act.show_churn(told, EN).lead
    # where nothing was bounded there is one sum
    total["bounded_spend"] = 1300000
    assert ("1,355,596", "revenue of the last 365 days, in your currency") in show_tiles(told, EN)
    assert "Shares of revenue" not in who.show_shares(told, EN).lead


def test_satisfaction_says_of_how_many_it_is():
    total = {"customers": 20, "satisfaction": 79.3, "rated": 15}
    tiles = show_tiles(facts(customers=[total]), EN)
    assert ("79", "mean satisfaction, of 100 (15 customers gave a rating)") in tiles
    assert len(show_tiles(facts(customers=[total | {"rated": None}]), EN)) == len(tiles) - 1


def test_the_title_makes_no_finding_of_what_is_even_or_unknown():
    assert who.say_who([persona(1, 0.6, 0.6), persona(2, 0.4, 0.4)], EN, "") == (
        "Revenue is spread over the personas as customers are"
    )
    without = [persona(1, 0.6, None), persona(2, 0.4, None)]
    assert "largest persona" in who.say_who(without, EN, "")
    assert who.say_who([persona(1, 1.0, 1.0)], EN, "") == "All customers are one group"
    # withheld figures are compared with nothing
    hidden = [persona(1, None, None), persona(2, None, None)]
    assert who.say_who(hidden, EN, "") == "Too few customers to tell how large the personas are"
    # named, but of no size
    assert answer_who(facts(personas=hidden), EN).endswith(
        "Frequent Customers; Frequent Customers."
    )


def test_calibration_is_told_by_a_group_whose_outcome_is_known():
    bins = [
        {"mean_probability": 0.2, "hit_rate": 0.25, "customers": 100},
        {"mean_probability": 0.7, "hit_rate": None, "customers": 100},
        {"mean_probability": 0.66, "hit_rate": 0.61, "customers": 100},
    ]
    shown = trust.show_calibration(facts(calibration=bins), EN)
    assert "of 100 given 66 %, 61 bought" in shown.lead.replace("\u00a0", " ")
    # the title tells of all groups, the worst of them, too
    bins[0]["hit_rate"] = 0.32
    worst = "Given and real chances to buy are 9 of 100 apart on average, 12 at most"
    assert trust.show_calibration(facts(calibration=bins), EN).title == worst
    assert trust.show_calibration(facts(calibration=[bins[1]]), EN) is None
    # one group alone says nothing
    assert trust.show_calibration(facts(calibration=bins[:2]), EN) is None


def evaluation(target="next_need", **changes):
    """A row of marts.model_evaluations of a model in force."""
    return {
        "target": target,
        "metric": "roc_auc",
        "is_baseline": False,
        "is_published": True,
        "observation_date": date(2026, 1, 1),
        "customers": 97,
        "metric_value": 0.88,
        "value_low": 0.86,
        "value_high": 0.9,
        "baseline_value": 0.86,
        "advantage_low": 0.01,
    } | changes


@pytest.mark.parametrize(
    ("happened", "overlap", "advantage", "verdict"),
    [
        (0.65, 0.9, 0.01, "Yes: all 3 checks were passed."),
        (0.4, 0.9, 0.01, "Mostly: 2 of 3 checks were passed."),
        (0.65, 0.5, 0.01, "Mostly: 2 of 3 checks were passed."),
        # a model that is not surely better than a simple rule has not passed either
        (0.65, 0.9, 0.0, "Mostly: 2 of 3 checks were passed."),
        (0.4, 0.5, 0.01, "With caution: 1 of 3 checks were passed."),
    ],
)
def test_whether_to_believe_it_counts_every_check(happened, overlap, advantage, verdict):
    bins = [
        {"mean_probability": 0.2, "hit_rate": 0.2, "customers": 100},
        {"mean_probability": 0.7, "hit_rate": happened, "customers": 100},
    ]
    models = [
        evaluation(advantage_low=advantage),
        evaluation(is_baseline=True, is_published=False, metric_value=0.86),
    ]
    told = facts(
        calibration=bins,
        personas=[persona(1, jaccard_stability=overlap)],
        evaluations=models,
    )
    assert answer_believe(told, EN).startswith(verdict)
    # no language says more than the other
    chinese = {
        "Yes": "可信：全部 3 项检验都通过。",
        "Mostly": "大体可信：3 项检验中通过 2 项。",
        "With caution": "须谨慎：3 项检验中只通过 1 项。",
    }
    assert answer_believe(told, ZH).startswith(chinese[verdict.split(":")[0]])
    assert answer_believe(facts(personas=[persona(jaccard_stability=None)]), EN).startswith("There")


def test_predictions_are_compared_with_the_best_of_all_simple_rules():
    def simple(target, value):
        return evaluation(target, is_baseline=True, is_published=False, metric_value=value)

    # compared with the most frequent class, while the best single feature does nearly as well
    declared = evaluation(
        "declared_need",
        observation_date=None,
        metric_value=0.75,
        value_low=0.65,
        value_high=0.8,
        baseline_value=0.5,
        advantage_low=0.2,
    )
    rows = [evaluation(), simple("next_need", 0.86), declared]
    rows += [simple("declared_need", 0.5), simple("declared_need", 0.7)]
    shown = trust.show_models(facts(evaluations=rows), EN)
    assert shown.title == (
        "1 of 2 predictions are surely better than the best simple rule; a simple rule does about "
        "as well for the declared need"
    )
    # the interval and the best rule are told of each, and what has no later date says so
    assert [row[1:3] for row in shown.rows] == [
        ["75\u00a0% (65\u00a0% to 80\u00a0%)", "70\u00a0%"],
        ["88\u00a0% (86\u00a0% to 90\u00a0%)", "86\u00a0%"],
    ]
    assert shown.lead.endswith("no model was trained on: the declared need (95).")
    assert "declared need" not in trust.show_models(facts(evaluations=rows[:2]), EN).lead


def test_gains_name_the_first_tenths_with_most_of_the_buyers():
    rows = [
        {
            "decile": n,
            "customers": 10,
            "hits": 1,
            "hit_rate": 0.1,
            "cumulative_share_of_hits": share,
            "cumulative_lift": 1.0,
        }
        for n, share in enumerate([0.3, 0.45, 0.62, 0.7, 0.8, 0.9, 0.95, 0.97, 0.99, 1.0], 1)
    ]
    title = trust.show_gains(facts(gains=rows), EN).title
    assert title.replace("\u00a0", " ") == (
        "The 3 tenths of the customers that are ranked highest hold 62 % of the buyers"
    )


def test_stability_is_rounded_and_names_who_is_unsure():
    stable = [persona(1, jaccard_stability=0.9985), persona(2, jaccard_stability=0.9858)]
    shown = trust.show_stability(facts(personas=stable), EN)
    assert "the least sure with an overlap of 98.6 of 100" in shown.title
    assert [row[1] for row in shown.rows] == ["99.9", "98.6"]
    assert "98.6" in trust.show_stability(facts(personas=stable), ZH).title
    unsure = [persona(1), persona(2, jaccard_stability=0.61, persona_name="New Customers")]
    assert trust.show_stability(facts(personas=unsure), EN).title.startswith("New Customers")


def test_good_customers_who_leave_are_counted_over_known_cells_only():
    cells = [
        {"churn_band": 3, "spend_band": 3, "customers": 20, "revenue_share": 0.2},
        {"churn_band": 2, "spend_band": 3, "customers": None, "revenue_share": None},
        {"churn_band": 3, "spend_band": 1, "customers": 90, "revenue_share": 0.01},
        {"churn_band": 0, "spend_band": 3, "customers": 40, "revenue_share": 0.6},
    ]
    assert act.good_customers_leaving(facts(churn_by_spend=cells)) == (20, 0.2)
    assert act.show_churn(facts(churn_by_spend=cells[3:]), EN).title == (
        "Most good customers are likelier to buy again than to stay away"
    )


def campaign(verdict, **changes):
    """A row of marts.campaign_results that decides on its campaign."""
    return {
        "campaign": "spring",
        "began_on": date(2026, 1, 1),
        "effect": 0.05,
        "effect_low": -0.01,
        "effect_high": 0.11,
        "treated_mean": 0.3,
        "holdout_mean": 0.25,
        "is_over": True,
        "verdict": verdict,
        "result": "Too little to tell: nobody was left out of it by lot",
    } | changes


def test_campaigns_work_only_where_they_do():
    unclear = campaign("too little to tell")
    assert "no campaign" in act.say_campaigns([unclear], EN)
    assert act.say_campaigns([campaign("works")], EN) == "The campaign worked: spring"
    hidden = campaign("too little to tell", effect_low=None, effect_high=None, effect=None)
    # what cannot be judged is no failure
    some = [campaign("works"), unclear, hidden]
    assert act.say_campaigns(some, EN) == "1 of the 2 campaigns that can be judged worked"
    shown = act.show_campaigns(facts(campaigns=[unclear]), EN)
    assert shown.rows[0][4] == "5.0 more (1.0 fewer to 11.0 more)"
    alone = act.show_campaigns(facts(campaigns=[hidden]), EN)
    assert alone.draw is None
    why = (
        "Campaigns of which nothing can be told, most often since nobody was left out to compare "
        "with: 1."
    )
    assert alone.lead == why
    both = act.show_campaigns(facts(campaigns=[hidden, unclear]), EN)
    assert both.lead.startswith("How many more or fewer") and both.lead.endswith(why)
    # no figures beside each other that are no comparison
    assert both.rows[0][1:5] == [
        "cannot be judged: nobody was left out to compare with",
        *("–", "–", "–"),
    ]
    running = act.show_campaigns(facts(campaigns=[hidden | {"is_over": False}, unclear]), ZH)
    assert running.rows[0][1] == "尚未到期"


def test_what_a_campaign_brought_is_more_or_fewer_never_a_negative_number_of_more():
    shown = act.show_campaigns(
        facts(campaigns=[campaign("too little to tell", effect=-0.0021, effect_low=-0.03)]), EN
    )
    assert "0.2 fewer (3.0 fewer to 11.0 more)" in shown.rows[0]
    assert act.say_effect(-0.0004, EN) == "as many"
    assert [act.say_effect(share, ZH) for share in (0.05, -0.002, 0)] == [
        "多 5.0",
        "少 0.2",
        "相同",
    ]


def test_an_audience_of_few_is_no_finding():
    row = {
        "audience": "lapsing",
        "label": "Lapsing, \u0007big",
        "customer_count": 20,
        "reachable_count": None,
        "entered_count": None,
        "left_count": 0,
        "status": "in use",
    }
    few = act.show_audiences(facts(audiences=[row]), EN)
    assert "enough" in few.title
    nobody = act.show_audiences(facts(audiences=[row | {"reachable_count": 0}]), EN)
    assert nobody.title == "Nobody in the audiences may be written to"
    many = act.show_audiences(facts(audiences=[row | {"reachable_count": 12}]), EN)
    assert many.title == "“Lapsing, big” reaches most: 10 customers"
    # counts are rounded as others are, and each audience has its name for the export
    assert many.rows == [["Lapsing, big", "10", "20", "in use", "lapsing"]]


def test_moves_that_are_withheld_are_no_finding():
    move = {
        "period_start": date(2026, 1, 1),
        "period_end": date(2026, 2, 1),
        "from_persona_id": "P001",
        "from_persona_name": "A",
        "to_persona_id": "P002",
        "to_persona_name": "B",
        "customer_count": None,
        "is_withheld": True,
    }
    withheld = where.show_moves(facts(moves=[move]), EN)
    assert withheld.draw is None
    assert withheld.title == "Fewer customers moved than may be told"
    known = where.show_moves(facts(moves=[move | {"customer_count": 12}]), EN)
    assert known.title == "The largest move: 12 customers went from A to B"


def test_travels_on_the_rfm_map_name_the_earlier_place():
    rows = [
        {"rfm_segment_before": "Champions", "rfm_segment": "At Risk", "customers": 25},
        {"rfm_segment_before": "Lost", "rfm_segment": "Champions", "customers": None},
    ]
    two = [{"as_of_date": date(2026, 2, 1)}, {"as_of_date": date(2026, 1, 1)}]
    shown = where.show_travels(facts(rfm_moves=rows, publications=two), EN)
    assert "most went from Champions to At Risk: 25 customers" in shown.title
    assert "1\u00a0January\u00a02026" in shown.lead
    assert shown.rows == [["Champions", "At Risk", "25"]]
    few = where.show_travels(facts(rfm_moves=rows[1:], publications=two), ZH)
    assert (few.draw, few.rows) == (None, [])
    # nothing to compare with
    assert where.show_travels(facts(rfm_moves=rows, publications=two[:1]), EN) is None


def test_whom_to_write_to_names_first_steps_reasons_and_lists():
    total = {"consent_known": 90, "consenting": 50}
    actions = [
        {"next_best_action": "Win back with a discount", "customers": None, "acting": 35},
        {"next_best_action": "Introduce the range", "customers": 5, "acting": 35},
        {"next_best_action": "Send the seasonal newsletter only", "customers": 25, "acting": 35},
    ]
    held = [{"held_back_by": None, "customers": 35}, {"held_back_by": "cool-down", "customers": 5}]
    audiences = [
        {"label": "New customers with one order", "audience": "a", "reachable_count": 14},
        {"label": "Ours", "audience": "b", "reachable_count": None},
    ]
    told = facts(
        customers=[total],
        actions=actions,
        audiences=audiences,
        audience_list=[each | {"listed": 40} for each in held],
    )
    said = answer_write(told, EN)
    # not each of those who agreed has a next step; the rules, not the crowd, say what is first
    assert "50 customers agreed to be written to, and 35 of them have a next step now." in said
    first = "First by the rules: Introduce the range (5), Send the seasonal newsletter only (25)."
    assert first in said
    # the others are accounted for: 50 agreed, 40 are on the list
    assert "Without a step: heard from you lately (5), in the comparison group or without" in said
    assert "an address (10)." in said
    assert "New customers with one order (15): customer-personas export a." in said
    chinese = answer_write(told, ZH)
    assert "现成的名单：只下过一单的新客户（15 位）：customer-personas export a。" in chinese
    assert "其中 35 位现在有下一步行动" in chinese


def leaving(grouped_by, name, customers, **changes):
    """A row of the query of good customers who may leave."""
    return {
        "grouped_by": grouped_by,
        "name": name,
        "persona_id": "P001" if grouped_by == "persona" else None,
        "customers": customers,
        "listed": 10,
        "acting": 5,
        "revenue_share": 0.1,
    } | changes


def test_who_is_leaving_names_personas_segments_and_the_list():
    cell = {"churn_band": 3, "spend_band": 3, "customers": 75, "revenue_share": 0.15}
    audience = {"audience": "lapsing", "label": "Lapsing", "reachable_count": 58}
    rows = [
        leaving("all", None, 75, listed=35),
        leaving("audience", "lapsing", 25),
        leaving("persona", "Big-Order Customers", 30),
        leaving("persona", "Recent Customers", 20),
        leaving("persona", "New Customers", 15),
        leaving("persona", "Frequent Customers", None),
        leaving("segment", "Loyal Customers", 25),
    ]
    told = facts(
        personas=[persona(1), persona(2)],
        churn_by_spend=[cell],
        leaving=rows,
        audiences=[audience],
    )
    said = answer_leaving(told, EN)
    assert said.startswith("75 good customers (the upper third by spend)")
    assert "The largest groups: Big-Order Customers (30) and Recent Customers (20);" in said
    assert "by RFM segment Loyal Customers (25)." in said
    assert "35 of them may be written to (marts.crm_audience)." in said
    assert (
        "“Lapsing” (60 customers, 25 of them among these): customer-personas export lapsing."
        in said
    )
    shown = act.show_leaving(told, EN)
    assert shown.title == "Of 75 good customers likely to stay away 30 are Big-Order Customers"
    assert [row[0] for row in shown.rows] == [
        "Big-Order Customers",
        "Recent Customers",
        "New Customers",
    ]
    assert "忠诚客户（25）" in answer_leaving(told, ZH)
    # without personas they are told by segment
    told.rows["personas"] = [persona(1)]
    assert act.show_leaving(told, EN).rows[0][0] == "Loyal Customers"
    assert "By RFM segment most are Loyal Customers (25)." in answer_leaving(told, EN)
    told.rows["leaving"] = []
    assert act.show_leaving(told, EN) is None


def test_the_habit_of_a_card_is_none_that_its_picture_shows():
    rows = [
        {
            "persona_id": "P001",
            "measure": measure,
            "share": share,
            "company_share": 0.4,
            "share_index": index,
        }
        for measure, share, index in (("mobile_visits", 0.1, 25), ("returns", 0.2, 50))
    ]
    told = facts(drivers=rows)
    assert who.say_driver("P001", told, EN, set()).startswith("visits by mobile phone: 10")
    shown = who.say_driver("P001", told, EN, {"desktop_share"})
    assert shown == "orders with something sent back: 20\u00a0% (of everybody's: 40\u00a0%)"
    assert who.say_driver("P002", told, EN, set()) == ""


def test_where_segments_stand_in_the_best_of_them_are_named_as_well():
    rows = [
        persona(1, 0.6, 0.4, persona_name="At Risk", persona_kind="RFM segments"),
        persona(2, 0.4, 0.6, persona_name="Champions", persona_kind="RFM segments"),
    ]
    said = answer_who(facts(personas=rows), EN)
    assert "2 RFM segments stand in for personas: At Risk (60" in said
    assert said.endswith(
        "Champions bring most: 60\u00a0% of the revenue from 40\u00a0% of the customers."
    )
    chinese = answer_who(facts(personas=rows), ZH)
    assert chinese.endswith("“冠军客户”贡献最大：占客户的 40%，带来 60% 的收入。")
    even = [each | {"revenue_share": each["customer_share"]} for each in rows]
    assert answer_who(facts(personas=even), EN).count(".") == 1


def test_all_personas_are_named_in_one_minute_of_many_the_largest():
    rows = [persona(n, 0.1, 0.1, persona_name=f"Kind {n}") for n in range(1, 13)]
    eight = answer_who(facts(personas=rows[:8]), EN)
    assert all(f"Kind {n} (10" in eight for n in range(1, 9))
    twelve = answer_who(facts(personas=rows), EN)
    assert "Kind 5 (10" in twelve and "Kind 6" not in twelve
    assert twelve.endswith("; 7 smaller ones.")
    assert answer_who(facts(personas=rows), ZH).endswith("；另有 7 类人数较少。")


def test_what_is_predicted_is_said_in_words():
    assert EN.target("will_purchase") == "who buys again"
    assert EN.target("response:newsletter") == "who answers “newsletter”"
    assert ZH.target("response:newsletter") == "谁会回应“newsletter”"
    assert EN.target("our:own") == "our:own"


def test_what_is_folded_into_other_is_nothing_to_offer():
    demand = [
        {"need": "other", "expected_customers": 90, "expected_buyers": 100},
        {"need": "tea", "expected_customers": 10, "expected_buyers": 100},
    ]
    assert "100 customers are expected to buy" in answer_offer(facts(demand=demand), EN)
    assert "10 of them mostly tea" in answer_offer(facts(demand=demand), EN)
    shown = act.show_demand(facts(demand=demand), EN)
    assert shown.title == "Of 100 customers expected to buy, 10 will buy mostly tea"
    assert shown.rows == [["other", "90", "90\u00a0%"], ["tea", "10", "10\u00a0%"]]
    assert act.show_demand(facts(demand=demand[:1]), EN) is None
    assert "from the orders" in answer_offer(facts(customers=[{"buyers": 20}]), EN)
    assert "No order lines" in answer_offer(facts(customers=[{"buyers": None}]), EN)


def test_a_map_of_nothing_but_withheld_figures_is_not_drawn():
    cell = {"r_score": 1, "f_score": 1, "customers": None}
    segment = {"rfm_segment": "Lost", "customers": None, "moved": None, "revenue_share": None}
    shown = where.show_map(facts(rfm_map=[cell], rfm_segments=[segment]), EN)
    assert (shown.draw, shown.rows, shown.lead) == (None, [], "")
    cell = {"churn_band": 1, "spend_band": 1, "customers": None, "revenue_share": None}
    assert act.show_churn(facts(churn_by_spend=[cell]), EN) is None


def lines_of(figure):
    """Where the thin lines of a picture stand: left, top and bottom."""
    patches = figure.axes[0].patches
    thin = [patch for patch in patches if patch.get_width() == 1]
    return [(each.get_x(), each.get_y(), each.get_y() + each.get_height()) for each in thin]


def test_all_cards_have_one_scale():
    rows = [persona(1), persona(2)]
    traits = [
        {
            "persona_id": f"P{number:03d}",
            "feature_name": "age_years",
            "feature_label": "Age",
            "feature_level": None,
            "family": "demographics",
            "about": None,
            "unit": "years",
            "member_mean": 40.0,
            "overall_mean": 35.0,
            "z_score": score,
        }
        for number, score in ((1, 2.5), (2, -0.8))
    ]
    cards = who.show_cards(facts(personas=rows, traits=traits), EN)
    figures = [card.exhibit.draw(Canvas()) for card in cards]
    first, second = (lines_of(figure) for figure in figures)
    assert first == second
    bars = [
        next(
            each
            for each in figure.axes[0].patches
            if each.get_alpha() == 1 and each.get_width() > 1
        )
        for figure in figures
    ]
    assert bars[0].get_width() / bars[1].get_width() == pytest.approx(2.5 / 0.8)


def test_nothing_is_marked_within_the_bar_and_on_a_scale():
    rows = [Interval("a campaign", 0.05, -0.1, 0.3, "too little to tell")]
    figure = draw_intervals(Canvas(), rows)
    ((_, top, _),) = lines_of(figure)
    texts = {text.get_text(): text.get_position() for text in figure.axes[0].texts}
    # letters that reach below their line are a quarter of their size deep
    assert top >= texts["a campaign"][1] + 0.25 * Canvas().font
    assert {"-10", "0", "+30"} <= set(texts)


def test_everybody_is_set_apart_by_nothing():
    everybody = persona(1, 1.0, 1.0, persona_kind="everybody", persona_name="All Customers")
    trait = {
        "persona_id": "P001",
        "feature_name": "age_years",
        "feature_label": "Age",
        "feature_level": None,
        "family": "demographics",
        "about": None,
        "z_score": 0.01,
    }
    actions = [{"persona_id": "P001", "next_best_action": "Call", "customers": None}]
    told = facts(personas=[everybody], traits=[trait], persona_actions=actions, actions=actions)
    (card,) = who.show_cards(told, ZH)
    assert card.name == "全部客户"
    assert card.exhibit.draw is None
    # that few agreed is not that nobody did
    assert ("该做什么", "人数太少，不予显示") in card.facts


def test_what_is_not_delivered_may_add_nothing():
    row = {"entity": "consents", "is_provided": False, "missing_features": 0}
    assert "no feature" in health.show_coverage(facts(coverage=[row]), EN).title


def test_an_audience_of_nobody_is_not_shown():
    row = {"label": "a", "audience": "a", "reachable_count": 0, "customer_count": 0}
    assert act.show_audiences(facts(audiences=[row]), EN) is None


@pytest.mark.parametrize(
    ("share", "said"), [(0.004, "less than 1\u00a0%"), (0.005, "0.5\u00a0%"), (None, "–")]
)
def test_a_share_of_something_is_not_nothing(share, said):
    assert EN.share(share) == said


def test_why_there_is_no_model_is_said_in_chinese():
    rows = [{"target": "next_need", "reason": "All training rows have one class: tea."}]
    shown = trust.show_no_models(facts(no_models=rows), ZH)
    assert shown.title == "所知太少，暂时无法预测：下一个需求"
    assert shown.rows == [["下一个需求", "所有人的结果都一样，没有可区分的。"]]
    # without a model there is none to compare with a simple rule
    assert trust.show_models(facts(no_models=rows), ZH) is None


@pytest.mark.parametrize(
    ("reason", "has_orders", "plainly"),
    [
        (
            "No training date: no labelled date lies 90 days before the test date 2026-01-01. With "
            "2026-01-01 to train on, a test date from 2026-04-01 on is needed, whose label window "
            "is complete on 2026-06-30.",
            True,
            "The records do not reach back far enough. It can be learnt from 30 June 2026 on.",
        ),
        ("No training date: none.", True, "The records do not reach back far enough."),
        (
            "No training date: none.",
            False,
            "No record with a date says so. Order lines would.",
        ),
        (
            "Too few answers: of the contacts to learn from fewer than 50 are 'yes'.",
            True,
            "Too few contacts were answered, or too few were not, to learn from.",
        ),
        (
            "The class 'tea' has fewer than 10 customers in the training rows; so many are needed.",
            True,
            "One of the outcomes is too rare to learn from.",
        ),
        (
            "No feature can be used: all are empty, constant or undated.",
            True,
            "Too little is known of the customers to learn from.",
        ),
        (
            "No customer with a label has features.",
            True,
            "No record says so of any customer whose other records are known.",
        ),
        ("What nobody foresaw.", True, "What nobody foresaw."),
    ],
)
def test_why_there_is_no_model_is_said_plainly(reason, has_orders, plainly):
    said = trust.explain_no_model(reason, has_orders, EN)
    assert said.replace("\u00a0", " ") == plainly
    assert trust.explain_no_model(reason, has_orders, ZH) != said or plainly == reason


def test_what_came_of_a_prediction_says_what_was_predicted():
    row = {
        "as_of_date": date(2026, 1, 1),
        "mean_probability": 0.35,
        "happened_share": 0.34,
        "verdict": "as promised",
    }
    told = [
        changed.show_outcomes(facts(outcomes=[row | {"target": target}]), EN).title
        for target in ("will_purchase", "next_need")
    ]
    assert told[0].startswith("Of 100 customers, 35 were expected to buy again, and 34 did")
    assert told[1].startswith("what comes next: of 100 predictions, 35 were expected")


def test_a_first_publication_says_so():
    assert "first publication" in changed.SHOWN[0](facts(publications=[{}]), EN).title


def test_records_are_named_in_words_and_all_that_were_used():
    rows = [
        {"source_system": system, "entity": entity, "accepted": accepted}
        for system, entity, accepted in (
            ("demo", "order_lines", 5),
            ("demo", "consents", 5),
            ("demo", "feedback", 0),
            ("<b>", "own_records", 1),
        )
    ]
    assert name_systems(rows, EN) == "<b> (own_records); demo (consents and order lines)"
    assert name_systems(rows, ZH) == "<b>（own_records）；demo（联系许可和订单明细）"


def drift(number, before, now, is_drifted=True):
    """A row of monitoring.persona_drift."""
    return {
        "persona_id": f"P{number:03d}",
        "fitted_on": date(2026, 1, 1),
        "share_at_fit": before,
        "customer_share": now,
        "share_change": now - before,
        "is_drifted": is_drifted,
    }


def test_which_personas_grow_is_answered_with_what_may_be_chance():
    names = ["Frequent Customers", "Recent Customers", "New Customers"]
    rows = [
        persona(number, persona_name=name, fitted_on=date(2026, 1, 1))
        for number, name in enumerate(names, 1)
    ]
    told = [drift(2, 0.5, 0.4), drift(1, 0.2, 0.26, is_drifted=False), drift(3, 0.3, 0.34)]
    said = answer_growing(facts(personas=rows, share_changes=told), EN)
    assert said.startswith("Compared with 1\u00a0January\u00a02026")
    # the largest of each direction, and no other
    assert "Frequent Customers grew most, from 20\u00a0% to 26\u00a0%" in said
    assert "Recent Customers shrank most, from 50\u00a0% to 40\u00a0%." in said
    assert "New Customers" not in said
    assert said.count("chance") == 1
    chinese = answer_growing(facts(personas=rows, share_changes=told), ZH)
    assert "从 20% 升为 26%（未超出随机波动）" in chinese
    still = [drift(1, 0.2, 0.204), drift(2, 0.5, 0.496)]
    assert answer_growing(facts(personas=rows, share_changes=still), EN).startswith("None has")


def test_which_personas_grow_is_not_made_up_where_nothing_says_so():
    new = [persona(number, fitted_on=date(2026, 1, 1)) for number in (1, 2)]
    first = {"personas": new, "customers": [{"as_of_date": date(2026, 1, 1)}]}
    assert "from the next date of publication on" in answer_growing(facts(**first), EN)
    later = first | {"customers": [{"as_of_date": date(2026, 4, 1)}]}
    withheld = [drift(1, 0.2, 0.3) | {"share_change": None}]
    assert "Too few" in answer_growing(facts(**later, share_changes=withheld), EN)
    assert "one kind" in answer_growing(facts(personas=new[:1]), EN)


@pytest.mark.parametrize(
    ("problem", "plainly"),
    [
        (
            "None of 9 candidates holds. The one that came closest (rfm, kmeans, 3 clusters): not "
            "stable: of one cluster, resamples bring back 0.51 only (mean Jaccard; 0.75 at least "
            "is asked for).",
            "do not come back",
        ),
        (
            "7 customers and the features known of them give no two features to group by with five "
            "customers per cluster.",
            "Too few customers",
        ),
        (
            "None of 9 candidates holds. The one that came closest (rfm, kmeans, 3 clusters): what "
            "nobody thought of.",
            "No way to group",
        ),
    ],
)
def test_why_there_are_no_personas_is_said_plainly(problem, plainly):
    rows = [
        persona(
            kind, persona_kind="RFM segments", champion_reason=f"Stands in for personas: {problem}"
        )
        for kind in (1, 2)
    ]
    shown = trust.show_no_personas(facts(personas=rows), EN)
    assert plainly in shown.lead
    assert shown.rows == [[problem]]
    chinese = trust.show_no_personas(facts(personas=rows), ZH)
    assert not re.search("[a-z]", chinese.lead)
    assert trust.show_no_personas(facts(personas=[persona(champion_reason="Chosen.")]), EN) is None


def test_a_learnt_model_that_was_refused_says_why():
    rows = [
        {"target": "will_purchase", "advantage": 0.004},
        {"target": "next_need", "advantage": -0.01},
    ]
    shown = trust.show_refused(facts(refused=rows), EN)
    assert shown.title == "Learnt, but not used: who buys again and what comes next"
    assert ["chance" in row[1] for row in shown.rows] == [True, False]
    assert trust.show_refused(facts(refused=rows), ZH).rows[1][1] == "并不比简单规则好。"
    assert trust.show_refused(facts(), EN) is None


@pytest.mark.parametrize(("change", "verb"), [(0.04, "grew"), (-0.04, "shrank")])
def test_growing_and_shrinking_are_told_apart(change, verb):
    row = {
        "persona_id": "P001",
        "fitted_on": date(2026, 1, 1),
        "share_at_fit": 0.2,
        "customer_share": 0.2 + change,
        "share_change": change,
        "is_drifted": True,
    }
    shown = changed.show_growth(facts(personas=[persona()], share_changes=[row]), EN)
    assert verb in shown.title


def test_records_are_all_used_only_where_all_are():
    row = {
        "source_system": "files",
        "entity": "customers",
        "received": 1000,
        "accepted": 999,
        "duplicates": 0,
        "superseded": 0,
        "quarantined": 1,
        "erased": 0,
    }
    assert health.show_records(facts(records=[row]), EN).title.startswith("99.9 of 100")
    repeated = row | {"quarantined": 0, "duplicates": 1}
    assert "the others are repeated" in health.show_records(facts(records=[repeated]), EN).title
    whole = row | {"accepted": 1000, "quarantined": 0}
    assert health.show_records(facts(records=[whole]), EN).title.startswith("All 1,000")


def test_traits_say_nothing_twice():
    def trait(name, family, about=None, **changes):
        return {
            "z_score": 1.0,
            "feature_name": name,
            "feature_label": name,
            "feature_level": None,
            "family": family,
            "about": about,
        } | changes

    chosen = who.choose_traits(
        [
            trait("share of recent web events about books", "interests", "books"),
            trait("interest in books", "interests", "books"),
            trait("share of spend on books", "categories", "books"),
            trait("age", "demographics"),
            trait("income", "demographics"),
            trait("garden", "attributes"),
            trait("pets", "attributes"),
        ]
    )
    assert [each["feature_name"] for each in chosen] == [
        "interest in books",
        "age",
        "garden",
        "pets",
    ]


# ---- the page


def publish(folder, *changes):
    """Write a small published file whose names are hostile; only some tables are there."""
    folder.mkdir(exist_ok=True)
    path = folder / "customer_personas.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema marts; create schema monitoring; create schema features")
        connection.execute(
            """
            create table marts.personas as
            select
                persona_id, persona_name, $hostile as persona_description,
                40 as customer_count, 0.4 as customer_share, revenue_share, 71.2 as satisfaction,
                3.0 as mean_recency_days, 3.0 as mean_frequency, 3.0 as mean_monetary_value,
                0.9 as mean_confidence, 'groups' as persona_kind, 0.91 as jaccard_stability,
                0.9 as surrogate_fidelity, date '2026-01-01' as born_on,
                date '2026-01-01' as fitted_on, '' as champion_reason
            from (values ('P001', $hostile, 0.7), ('P002', $other, 0.2), ('P003', $long, null))
                as named (persona_id, persona_name, revenue_share)
            """,
            {"hostile": HOSTILE, "other": RIGHT_TO_LEFT, "long": LONG},
        )
        connection.execute(
            """
            create table marts.persona_traits as
            select
                persona_id, 'attribute_x' as feature_name, $hostile as feature_level,
                $hostile as feature_label, 'attributes' as family, 'category' as unit,
                0.5 as member_mean, 0.1 as overall_mean, -1.5 as z_score, 1 as trait_rank
            from marts.personas
            """,
            {"hostile": HOSTILE},
        )
        connection.execute(
            "create table features.feature_catalog as select 'attribute_x' as feature_name, "
            "null::varchar as product_category, null::varchar as no_trait_because"
        )
        # 3 of the 103 customers are in a cell of their own
        connection.execute(
            """
            create table marts.customers as
            select
                range as customer_id, date '2026-01-01' as as_of_date, 'P001' as persona_id,
                $hostile as persona_name, true as has_purchased,
                case when range < 3 then 1 else 5 end as r_score, 5 as f_score, 5 as m_score,
                case when range < 3 then 'At Risk' else 'Champions' end as rfm_segment,
                range::decimal(18, 2) as spend_365d, 70.0 as satisfaction,
                'unknown' as marketing_consent, false as has_entered_persona,
                null::varchar as left_persona_id, range / 103 as churn_probability,
                $hostile as next_need, null::varchar as likely_declared_need
            from range(103)
            """,
            {"hostile": HOSTILE},
        )
        connection.execute(
            "create table monitoring.publications as select 1 as version, "
            "timestamp '2026-01-02' as published_at, date '2026-01-01' as as_of_date, "
            "$hostile as source_systems, 1 as table_count, 1 as row_count",
            {"hostile": HOSTILE},
        )
        for change in changes:
            connection.execute(change)
    return path


def facts_of(path):
    return next(step for step in read_published(path) if isinstance(step, Facts))


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    return publish(tmp_path_factory.mktemp("published"))


@pytest.fixture(scope="module")
def page(published):
    found = facts_of(published)
    return render(tell(found, EN), found, EN)


def test_what_came_from_data_is_text_on_the_page(page):
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert RIGHT_TO_LEFT in page
    assert LONG in page
    # in pictures, too: no formula, no end of the picture
    assert page.count("<svg") == page.count("</svg>") >= 5
    assert "$x_1$" in re.search(r"<svg.*?</svg>", page, flags=re.DOTALL)[0]


def test_the_page_needs_nothing_but_itself(page):
    assert not re.findall(r"(?:src|href)=\"(?!#|data:)[^\"]*\"", page)
    assert "url(" not in page.replace("url(#", "")
    assert "@import" not in page
    assert len(page) < 5_000_000
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    for target in re.findall(r'(?:href="#|url\(#)([^")]+)', page):
        assert target in ids


def test_every_picture_says_its_finding_and_has_its_figures(page):
    assert page.count('role="img" aria-label="') == page.count("<svg") <= page.count("<details>")
    assert page.count("<table") >= page.count("<svg")
    assert "select" in page
    assert "From marts.personas" in page


def test_small_cells_are_withheld(published):
    found = facts_of(published)
    # 3 and 100 of 103
    assert {each["rfm_segment"]: each["customers"] for each in found["rfm_segments"]} == {
        "At Risk": None,
        "Champions": 100,
    }
    assert "at risk" not in where.show_map(found, EN).title.lower()


def test_sections_are_there_where_their_tables_are(published):
    found = facts_of(published)
    assert "calibration" in found.absent
    assert "personas" not in found.absent
    story = tell(found, EN)
    shown = {exhibit.name for section in story.sections for exhibit in section.exhibits}
    assert {"personas", "rfm_map", "rfm_segments", "value_types", "churn_by_spend"} <= shown
    assert not {"calibration", "gains", "demand", "records", "coverage"} & shown


def test_an_empty_file_makes_a_page(tmp_path):
    path = publish(
        tmp_path / "empty",
        *(f"delete from {table}" for table in ("marts.personas", "marts.customers")),
        "delete from monitoring.publications",
    )
    found = facts_of(path)
    for texts in (EN, ZH):
        assert "<h1>" in render(tell(found, texts), found, texts)


def test_a_picture_goes_onto_a_slide(published, tmp_path):
    found = facts_of(published)
    story = tell(found, EN)
    story = type(story)(**{**vars(story), "sections": story.sections[1:2]})
    section = story.sections[0]
    one = type(section)(section.key, section.title, section.exhibits, ())
    story = type(story)(**{**vars(story), "sections": [one]})
    svg, png = export_figures(story, found, EN, tmp_path / "figures")
    assert "marts.personas" in svg.read_text(encoding="utf-8")
    # width and height of a PNG stand in bytes 16 to 24
    head = png.read_bytes()[16:24]
    assert (int.from_bytes(head[:4]), int.from_bytes(head[4:])) == (1920, 1080)


def drawn_width(text, size, weight):
    # the widest of the families
    letters = FontProperties(family="DejaVu Sans", weight=weight)
    return TextPath((0, 0), text, size=size, prop=letters).get_extents().width


def test_letters_are_found_that_were_installed_after_matplotlib(monkeypatch):
    manager = matplotlib.font_manager.fontManager
    found = set(canvas.find_fonts())
    if not found & set(canvas.CHINESE):
        pytest.skip("no family with Chinese signs is installed")
    files = {font.fname for font in manager.ttflist if font.name in canvas.CHINESE}
    remembered = [font for font in manager.ttflist if font.fname not in files]
    monkeypatch.setattr(manager, "ttflist", remembered)
    assert set(canvas.find_fonts()) & set(canvas.CHINESE)
    # and a slide has them
    figure = draw_intervals(
        replace(SLIDE, title="客户画像"), [Interval("活动", 0.05, -0.1, 0.3, "有效")]
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        FigureCanvasAgg(figure).draw()


def test_titles_and_leads_fit_the_slide():
    texts = [
        *(str(entry) for group in ("changed", "who", "where", "act", "trust", "health")
          for entry in EN.entries[group].values()),
        "Of 75 good customers likely to stay away 30 are Big-Order, Affluent Electronics Customers",
        "WMMW mwmw @@ %% " * 4,
    ]  # fmt: skip
    for text in texts:
        slide = replace(SLIDE, title=text, lead=text)
        for line in slide.title_lines:
            assert drawn_width(line, 1.3 * slide.font, "bold") <= slide.width, line
        for line in slide.lead_lines:
            assert drawn_width(line, 0.8 * slide.font, "normal") <= slide.width, line
    # no title is cut
    assert not any(line.endswith("…") for line in replace(SLIDE, title=texts[-2]).title_lines)


# ---- the command


def test_the_command_writes_beside_the_published_set(published, monkeypatch, capsys):
    monkeypatch.setenv("PERSONA_PUBLISH_DIR", str(published.parent))
    monkeypatch.setenv("PERSONA_LANGUAGE", "zh")
    assert command.main([]) == 0
    written = published.parent / "report.html"
    assert written.stat().st_mode & 0o777 == 0o444
    assert '<html lang="zh-CN"' in written.read_text(encoding="utf-8")
    assert str(written) in capsys.readouterr().out


def test_an_unknown_language_is_refused(published, monkeypatch, capsys):
    monkeypatch.setenv("PERSONA_PUBLISH_DIR", str(published.parent))
    monkeypatch.setenv("PERSONA_LANGUAGE", "klingon")
    with pytest.raises(SystemExit):
        command.main([])
    assert "PERSONA_LANGUAGE is 'klingon'; there is en and zh." in capsys.readouterr().err


def test_a_file_that_is_no_database_is_told(tmp_path, monkeypatch, capsys):
    (tmp_path / "customer_personas.duckdb").write_text("no database")
    monkeypatch.setenv("PERSONA_PUBLISH_DIR", str(tmp_path))
    assert command.main([]) == 1
    assert "cannot be opened" in capsys.readouterr().err


def test_nothing_is_imported_for_pictures_before_there_are_any():
    code = (
        "import sys, customer_personas.cli, customer_personas.report.command;"
        "assert not {'matplotlib', 'seaborn', 'pandas'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


CHROMIUM = next((path for path in map(Path, ["/usr/bin/chromium"]) if path.exists()), None)


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
def test_a_browser_shows_the_page_without_complaint(page, tmp_path):
    (tmp_path / "report.html").write_text(page, encoding="utf-8")
    shown = subprocess.run(
        [
            *(str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic"),
            *("--no-first-run", "--disable-background-networking", "--disable-sync"),
            *("--disable-component-update", "--enable-logging=stderr", "--dump-dom"),
            *(f"--user-data-dir={tmp_path / 'profile'}", f"file://{tmp_path / 'report.html'}"),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert "CONSOLE" not in shown.stderr
    assert "<h1>" in shown.stdout
