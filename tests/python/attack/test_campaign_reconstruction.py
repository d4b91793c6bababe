"""Shares and counts of contacts of a campaign, together, tell of no few who were contacted."""

import itertools

import duckdb
import numpy as np
import pandas as pd
import pytest
from rendered import render
from test_cohort_reconstruction import Attacker
from test_model_reconstruction import CELL, MODELS

RESULTS = render(
    (MODELS / "marts" / "campaigns" / "campaign_results.sql").read_text(),
    source_systems={"shop": ["order_lines", "contacts"]},
    campaign_days=28,
    worthwhile_lift=0.05,
    minimum_cell=CELL,
)
# by persona: in the campaign and contacted, in it and not, left out and not, left out and contacted
GROUPS = list(itertools.product(["P1", "P2"], [False, True], [True, False]))
# Half of all ordered before, and a third of the others afterwards.
ORDERS = (
    "select customer_id, if(number % 2 = 0, date '2025-03-01', date '2025-03-09') as "
    "activity_date, 1 as orders, 20 as net_amount from people "
    "where number % 2 = 0 or number % 3 = 0"
)


def tell(sizes: dict, responded: int, orders: str = ORDERS) -> pd.DataFrame:
    """Publish what came of a campaign that sizes of groups were contacted by."""
    rows = [group for group, size in sizes.items() for _ in range(size)]
    people = pd.DataFrame(rows, columns=["persona_id", "is_held_out", "is_contacted"])
    people["customer_id"] = [f"c{number}" for number in range(len(people))]
    people["number"] = people.index
    with duckdb.connect() as connection:
        connection.register("people", people)
        connection.execute(
            "create table observation_dates as select date '2025-06-02' as observation_date, "
            "true as is_as_of; "
            "create table int_contacts as select 'c' as campaign, customer_id, 'mail' as "
            "campaign_type, date '2025-03-03' as sent_on, 'none' as response_kind, "
            "row_number() over (order by customer_id) <= $responded as has_responded "
            "from people where is_contacted",
            {"responded": responded},
        )
        connection.execute(
            "create table int_customers_known as select customer_id, date '2024-01-01' as known_on "
            "from people; "
            "create table int_holdout as select customer_id, customer_id as own_id, is_held_out, "
            "'s' as salt from people; "
            "create table audiences as select '' as audience, 0.0 as holdout_share where false; "
            "create table audience_memberships as select '' as audience, '' as customer_id, "
            "current_date as valid_from, current_date as valid_to where false; "
            f"create table int_customer_order_days as {orders}; "
            "create table int_customer_web_days as select '' as customer_id, current_date as "
            "activity_date, 1 as sessions where false; "
            "create table persona_memberships as select customer_id, persona_id, "
            "date '2024-06-01' as valid_from, null::date as valid_to from people; "
            "create table persona_names as select distinct persona_id, persona_id as persona_name "
            "from people"
        )
        return connection.execute(
            f"select * from ({RESULTS}) where outcome in ('ordered', 'orders') "
            "order by outcome desc, persona_id"
        ).df()


def near(count: float, customers: int) -> tuple[float, float]:
    """Give what a count can be that is told as this multiple, or all customers less one."""
    is_step = abs(count - CELL * round(count / CELL)) < 1e-6
    is_step |= abs(customers - count - CELL * round((customers - count) / CELL)) < 1e-6
    half = CELL // 2 if is_step else 0
    return max(0, round(count) - half), min(customers, round(count) + half)


@pytest.mark.parametrize("seed", range(30))
def test_contacts_of_few_do_not_follow_from_shares_and_counts(seed):
    rng = np.random.default_rng(seed)
    sizes = dict(zip(GROUPS, rng.choice([0, 2, 4, 6, 30, 31, 80], len(GROUPS)), strict=True))
    contacted = sum(size for (_, _, is_contacted), size in sizes.items() if is_contacted)
    told = tell(sizes, responded=int(rng.integers(0, contacted + 1)))
    told = told[told["outcome"] == "ordered"]
    attacker = Attacker()
    places = {group: attacker.count(size, 0, 1_000) for group, size in sizes.items()}
    for row in told.itertuples():
        mine = [p for p in ("P1", "P2") if pd.isna(row.persona_id) or p == row.persona_id]
        for held_out, told_size in ((False, row.treated_customers), (True, row.holdout_customers)):
            if pd.isna(told_size):
                continue
            own = [places[p, held_out, c] for p in mine for c in (True, False)]
            size = sum(attacker.true[place] for place in own)
            assert size == told_size
            attacker.equal(own, [attacker.count(size, size, size)])
        if not pd.isna(row.contacted_share):
            own = [places[p, False, True] for p in mine]
            reached = sum(attacker.true[place] for place in own)
            limits = near(row.contacted_share * row.treated_customers, row.treated_customers)
            attacker.equal(own, [attacker.count(reached, *limits)])
        if not pd.isna(row.contacted_customers):
            own = [place for (_, _, is_contacted), place in places.items() if is_contacted]
            limits = near(row.contacted_customers, 10_000)
            attacker.equal(own, [attacker.count(contacted, *limits)])
        if not pd.isna(row.response_rate):
            assert row.contacted_customers >= CELL
    # of a persona, and of all
    for persona, held_out, is_contacted in GROUPS:
        for mine in ([persona], ["P1", "P2"]):
            own = [places[p, held_out, is_contacted] for p in mine]
            few = sum(attacker.true[place] for place in own)
            if 0 < few < CELL:
                total = attacker.count(few, 0, 1_000)
                attacker.equal(own, [total])
                low, high = attacker.can_be(total)
                assert low < high, (sizes, persona, held_out, is_contacted, told.to_dict("records"))


def test_who_responded_tells_no_exact_count_of_contacts_that_is_told_in_steps():
    sizes = dict.fromkeys(GROUPS, 40) | {("P1", False, True): 3, ("P2", False, True): 60}
    sizes |= dict.fromkeys([g for g in GROUPS if g[1:] == (True, True)], 0)
    told = tell(sizes, responded=31).query("outcome == 'ordered'")
    (total,) = told.query("persona_id.isna()").itertuples()
    assert total.contacted_customers == 65 and total.response_rate == pytest.approx(30 / 65)


def test_contacts_of_enough_are_told_exactly():
    sizes = dict.fromkeys(GROUPS, 40) | {("P1", False, True): 33}
    sizes |= dict.fromkeys([g for g in GROUPS if g[1:] == (True, True)], 0)
    told = tell(sizes, responded=11).query("outcome == 'ordered'")
    first, second, total = told.itertuples()
    assert (first.contacted_share, second.contacted_share) == (33 / 73, 1 / 2)
    assert (total.contacted_customers, total.response_rate) == (73, 11 / 73)


# Of each persona 40 contacted ones and 30 left out: these are the last of 140.
WITH_HOLDOUT = {(p, h, c): {(0, 1): 40, (1, 0): 30}.get((h, c), 0) for p, h, c in GROUPS}
OF_HOLDOUT = {"P1": "number between 40 and 69", "P2": "number between 110 and 139"}


def with_few(day: str, persona: str, few: int) -> str:
    """Write orders of which few left out, of a persona, have another one on a day."""
    before = "number % 3 = 0" if day > "2025-03-03" else "number % 3 = 0 and not is_held_out"
    mine = f"number in (select number from people where {OF_HOLDOUT[persona]} and number % 2 = 0 "
    mine += f"order by number limit {few})"
    columns = "1 as orders, 20 as net_amount from people where"
    return (
        f"select customer_id, date '2025-03-01' as activity_date, {columns} {before} union all "
        f"select customer_id, date '2025-03-09' as activity_date, {columns} number % 2 = 0 "
        f"union all select customer_id, date '{day}' as activity_date, {columns} {mine}"
    )


@pytest.mark.parametrize("persona", ["P1", "P2"])
def test_an_effect_does_not_tell_how_many_few_ordered_before(persona):
    """From exact effects and intervals, few of 15 to 50 were known but for their complement."""
    told = [tell(WITH_HOLDOUT, 30, with_few("2025-03-02", persona, few)) for few in range(1, CELL)]
    for other in told[1:]:
        pd.testing.assert_frame_equal(told[0], other)
    assert told[0]["effect"].notna().all()
    effects = told[0]["treated_mean"] - told[0]["holdout_mean"]
    assert np.allclose(told[0]["effect"], effects)
    # of enough it is made use of
    (*_, total) = tell(WITH_HOLDOUT, 30, with_few("2025-03-02", persona, 9)).itertuples()
    assert not np.isclose(total.effect, total.treated_mean - total.holdout_mean)


@pytest.mark.parametrize("persona", ["P1", "P2"])
def test_orders_less_customers_who_ordered_tell_of_no_few_who_ordered_again(persona):
    told = tell(WITH_HOLDOUT, 30, with_few("2025-03-15", persona, 3))
    assert told.query("outcome == 'ordered'")["effect"].notna().all()
    orders = told.query("outcome == 'orders'")
    figures = ["treated_mean", "holdout_mean", "effect", "effect_low", "detectable_effect"]
    assert orders[figures].isna().all(axis=None)
    told = tell(WITH_HOLDOUT, 30, with_few("2025-03-15", persona, 9))
    assert told.query("outcome == 'orders' and persona_id.isna()")["effect"].notna().all()
