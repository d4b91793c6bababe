"""The table of campaign results over made-up campaigns whose effects are known."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from rendered import render

ROOT = Path(__file__).parents[4]
MODEL = render(
    (ROOT / "models" / "marts" / "campaigns" / "campaign_results.sql").read_text(),
    source_systems={"shop": ["order_lines", "contacts"]},
    campaign_days=28,
    worthwhile_lift=0.05,
    minimum_cell=5,
)
LEFT_OUT = render("{{ holdout_number(\"'salt'\", \"'winter_sale'\", 'own_id') }} < 0.2")
BEGAN, AS_OF, CUSTOMERS = date(2025, 3, 3), date(2025, 6, 2), 6_000
SOLD = BEGAN + timedelta(days=28)
RUNNING_SINCE = AS_OF - timedelta(days=7)


def dates(day: date, size: int) -> pa.Array:
    return pa.array([day] * size, pa.date32())


@pytest.fixture(scope="module")
def company() -> dict[str, np.ndarray]:
    """Draw who is left out, contacted and orders: who is contacted on the first day, much more."""
    rng = np.random.default_rng(7)
    keen = rng.random(CUSTOMERS)
    is_held_out = np.arange(CUSTOMERS) % 10 == 0
    # whoever is keen is contacted: to compare them with all others would be wrong
    contacted = ~is_held_out & (keen > 0.4)
    # an audience of the keen, of whom one in five is left out beside the holdout of the company
    drawn = pa.table({"own_id": [f"{number:04}" for number in range(CUSTOMERS)]})
    (left_out,) = duckdb.from_arrow(drawn).project(LEFT_OUT).fetchnumpy().values()
    return {
        "own_holdout": is_held_out | np.asarray(left_out),
        "keen": keen,
        "is_held_out": is_held_out,
        "contacted": contacted,
        "earlier": rng.poisson(3 * keen),
        "ordered": rng.random(CUSTOMERS) < 0.1 + 0.4 * keen + 0.2 * contacted,
        "in_audience": keen > 0.5,
        # of those who got the campaign of the audience, three in ten more
        "bought": rng.random(CUSTOMERS) < 0.1 + 0.3 * ((keen > 0.5) & ~(is_held_out | left_out)),
        # drawn by lot within one campaign, and of no effect
        "control": rng.random(CUSTOMERS) < 0.3,
    }


@pytest.fixture(scope="module")
def results(company) -> Iterator[duckdb.DuckDBPyConnection]:
    """The model over these customers and seven campaigns."""
    ids = np.array([f"c{number:04}" for number in range(CUSTOMERS)])
    everybody = np.ones(CUSTOMERS, dtype=bool)
    sent = [
        ("By company", company["contacted"], BEGAN, "none"),
        ("By lot", everybody & ~company["control"], BEGAN, "none"),
        ("By lot", company["control"], BEGAN, "held_out"),
        ("To all alike", np.arange(CUSTOMERS) % 3 == 0, BEGAN, "none"),
        ("Still running", company["contacted"], RUNNING_SINCE, "none"),
        ("To few", np.arange(CUSTOMERS) < 4, BEGAN, "none"),
        ("Winter Sale: 2", company["in_audience"] & ~company["own_holdout"], SOLD, "none"),
        ("Winter sale before", company["contacted"], BEGAN - timedelta(days=40), "none"),
    ]
    contacts = pa.concat_tables(
        pa.table(
            {
                "campaign": [name] * members.sum(),
                "customer_id": ids[members],
                "campaign_type": pa.nulls(members.sum(), pa.string()),
                "sent_on": dates(day, members.sum()),
                "response_kind": [kind] * members.sum(),
                "has_responded": np.zeros(members.sum(), dtype=bool),
            }
        )
        for name, members, day, kind in sent
    )
    ordered, earlier = ids[company["ordered"]], np.repeat(ids, company["earlier"])
    days = [
        *dates(BEGAN, len(ordered)),
        *dates(BEGAN - timedelta(days=1), len(earlier)),
        *dates(AS_OF, CUSTOMERS),
        *dates(RUNNING_SINCE, company["control"].sum()),
        *dates(SOLD, company["bought"].sum()),
    ]
    orders = pa.table(
        {
            "customer_id": np.concatenate(
                [ordered, earlier, ids, ids[company["control"]], ids[company["bought"]]]
            ),
            "activity_date": pa.array(days, pa.date32()),
            "orders": np.ones(len(days), dtype=np.int64),
            "net_amount": np.full(len(days), 20),
        }
    )
    tables = {
        "observation_dates": pa.table({"observation_date": dates(AS_OF, 1), "is_as_of": [True]}),
        "int_contacts": contacts,
        "int_customers_known": pa.table(
            {"customer_id": ids, "known_on": dates(date(2024, 1, 1), CUSTOMERS)}
        ),
        "int_holdout": pa.table(
            {
                "customer_id": ids,
                "own_id": [each[1:] for each in ids],
                "is_held_out": company["is_held_out"],
                "salt": ["salt"] * CUSTOMERS,
            }
        ),
        # a longer name that fits as well comes first
        "audiences": pa.table(
            {"audience": ["winter", "winter_sale", "sale"], "holdout_share": [0.0, 0.2, 0.5]}
        ),
        # everybody was in the other one; some left this one on the day that its campaign began
        "audience_memberships": pa.table(
            {
                "audience": ["winter"] * CUSTOMERS + ["winter_sale"] * CUSTOMERS,
                "customer_id": np.concatenate([ids, ids]),
                "valid_from": dates(SOLD - timedelta(days=2), 2 * CUSTOMERS),
                "valid_to": pa.array(
                    [None] * CUSTOMERS
                    + [None if is_in else SOLD for is_in in company["in_audience"]],
                    pa.date32(),
                ),
            }
        ),
        "int_customer_order_days": orders,
        "int_customer_web_days": orders.slice(0, 0).append_column(
            "sessions", pa.array([], pa.int64())
        ),
        "persona_memberships": pa.table(
            {
                "customer_id": ids,
                "persona_id": np.where(company["keen"] > 0.5, "P1", "P2"),
                "valid_from": dates(date(2024, 6, 1), CUSTOMERS),
                "valid_to": pa.nulls(CUSTOMERS, pa.date32()),
            }
        ),
        "persona_names": pa.table({"persona_id": ["P1", "P2"], "persona_name": ["One", "Two"]}),
    }
    with duckdb.connect() as connection:
        for name, table in tables.items():
            connection.register(name, table)
        connection.execute(f"create table results as {MODEL}")
        yield connection


def primary(results: duckdb.DuckDBPyConnection, campaign: str, columns: str) -> tuple:
    (row,) = results.execute(
        f"select {columns} from results where is_primary and campaign = ?", [campaign]
    ).fetchall()
    return row


def test_the_effect_is_that_of_a_contact_though_the_keen_were_chosen(results):
    low, effect, high, verdict, treated, holdout = primary(
        results,
        "By company",
        "effect_low, effect, effect_high, verdict, treated_customers, holdout_customers",
    )
    assert low < 0.2 < high
    assert effect == pytest.approx(0.2, abs=0.06)
    assert verdict == "works"
    assert (treated, holdout) == (CUSTOMERS * 9 // 10, CUSTOMERS // 10)


def test_the_lot_of_the_campaign_counts_before_that_of_the_company(results, company):
    effect, low, high, verdict, holdout_of, treated_mean, holdout = primary(
        results,
        "By lot",
        "effect, effect_low, effect_high, verdict, holdout_of, treated_mean, holdout_customers",
    )
    assert (holdout_of, verdict) == ("campaign", "does not work")
    assert low < 0 < high
    assert holdout == company["control"].sum()
    assert treated_mean == pytest.approx(company["ordered"][~company["control"]].mean())
    assert effect < treated_mean - company["ordered"][company["control"]].mean() + 0.02


def test_a_campaign_of_an_audience_is_judged_by_its_own_holdout(results, company):
    columns = "holdout_of, verdict, effect, effect_low, effect_high, treated_customers, "
    columns += "holdout_customers, contacted_share"
    of, verdict, effect, low, high, treated, holdout, contacted = primary(
        results, "Winter Sale: 2", columns
    )
    assert (of, verdict, contacted) == ("audience", "works", 1)
    assert low < 0.3 < high and effect == pytest.approx(0.3, abs=0.06)
    members, left_out = company["in_audience"], company["own_holdout"]
    assert (treated, holdout) == ((members & ~left_out).sum(), (members & left_out).sum())
    # many more than those of the company's holdout
    assert holdout > 2 * (members & company["is_held_out"]).sum()


def test_before_anybody_was_seen_in_the_audience_the_holdout_of_the_company_counts(results):
    assert primary(results, "Winter sale before", "holdout_of") == ("company",)


def test_a_campaign_that_the_holdout_got_as_well_is_not_judged(results):
    effect, verdict, result = primary(results, "To all alike", "effect, verdict, result")
    assert (effect, verdict) == (None, "too little to tell")
    assert result == "Too little to tell: nobody was left out of it by lot"


def test_while_a_campaign_runs_its_interval_is_wider_and_says_so(results):
    is_over, level, result = primary(results, "Still running", "is_over, confidence_level, result")
    assert not is_over
    assert level > 0.999
    assert f"until {RUNNING_SINCE + timedelta(days=28)}" in result


def test_small_campaigns_are_left_out_and_orders_of_as_of_date_unknown(results, company):
    campaigns = results.sql("select distinct campaign from results order by campaign").fetchall()
    assert [name for (name,) in campaigns] == [
        "By company",
        "By lot",
        "Still running",
        "To all alike",
        "Winter Sale: 2",
        "Winter sale before",
    ]
    ((orders,),) = results.sql(
        "select treated_mean * treated_customers + holdout_mean * holdout_customers from results "
        "where campaign = 'By company' and outcome = 'orders' and persona_id is null"
    ).fetchall()
    assert orders == pytest.approx(company["ordered"].sum())


def test_personas_are_those_of_before_and_share_the_risk_of_error(results):
    rows = results.sql(
        "select persona_name, confidence_level, treated_customers, is_primary from results "
        "where campaign = 'By company' and outcome = 'ordered' and persona_id is not null "
        "order by persona_id"
    ).fetchall()
    assert [(name, level, is_primary) for name, level, _, is_primary in rows] == [
        ("One", 0.975, False),
        ("Two", 0.975, False),
    ]
    assert sum(treated for _, _, treated, _ in rows) == CUSTOMERS * 9 // 10
