"""The built demo warehouse against the truth that its simulator wrote down."""

import csv
import json

import duckdb
import pytest
from conftest import ROOT
from refits import refit_shuffled
from scipy.stats import binom
from sklearn.metrics import adjusted_rand_score

from customer_personas.simulate.personas import PERSONAS

TRUTH = ROOT / "tests" / "demo_truth"
PLANTED = json.loads((TRUTH / "planted.json").read_text())
ENTITIES = list(PLANTED)


@pytest.mark.parametrize("entity", ENTITIES)
def test_every_record_ends_where_it_was_planted(demo, entity):
    planted = PLANTED[entity]
    ((received, accepted, duplicates, superseded, quarantined),) = demo.query(
        "select received, accepted, duplicates, superseded, quarantined "
        "from monitoring.record_reconciliation where entity = ?",
        entity,
    )
    assert (received, accepted, duplicates, superseded, quarantined) == (
        planted["received"],
        planted["accepted"],
        planted["exact_duplicates"],
        planted["superseded"],
        sum(planted["rejected"].values()),
    )


@pytest.mark.parametrize("entity", ENTITIES)
def test_every_rejection_has_its_planted_reason(demo, entity):
    found = dict(
        demo.query(
            "select rejection_reason, rejected_count from monitoring.rejected_records "
            "where entity = ?",
            entity,
        )
    )
    assert found == PLANTED[entity]["rejected"] | PLANTED[entity].get("value_issues", {})


def test_quarantine_keeps_the_whole_record_and_its_place(demo):
    with (ROOT / "seeds" / "demo" / "demo_order_lines.csv").open(newline="") as lines:
        received = list(csv.DictReader(lines))
    rows = demo.query(
        "select source_file, record_number, record from quarantine.quarantined_records "
        "where entity = 'order_lines'"
    )
    assert rows
    for source_file, number, record in rows:
        assert source_file == "seeds/demo/demo_order_lines.csv"
        kept = {name: value or "" for name, value in json.loads(record).items()}
        assert kept == received[number - 1]


def test_no_clean_order_line_is_lost_or_changed(demo):
    # recounted from the seed file, without any of the project's SQL
    with duckdb.connect() as connection:
        connection.execute(
            f"""
            create table lines as
            select * from read_csv('{ROOT}/seeds/demo/demo_order_lines.csv', all_varchar = true)
            """
        )
        expected = connection.execute(
            """
            select distinct on (order_id, order_line_number)
                order_id, cast(order_line_number as int), customer_id,
                cast(ordered_at as timestamp), cast(quantity as int), cast(unit_price as double)
            from lines
            where order_id is not null and customer_id is not null
                and try_cast(ordered_at as timestamp)
                    between timestamp '1990-01-01' and timestamp '2090-01-01'
                and try_cast(quantity as int) != 0 and try_cast(unit_price as double) >= 0
                and not regexp_full_match(product_id, 'TEST.*|POST|FEE|ADJUST.*')
            order by order_id, order_line_number, updated_at desc
            """
        ).fetchall()
    found = demo.query(
        "select order_id, order_line_number, customer_id, ordered_at, cast(quantity as int), "
        "cast(unit_price as double) from intermediate.int_order_lines"
    )
    assert sorted(found) == sorted(expected)
    assert len(found) == PLANTED["order_lines"]["accepted"]


def test_orphans_returns_and_outliers_are_kept_and_found(demo):
    planted = PLANTED["order_lines"]
    counts = demo.query(
        """
        select
            count(*) filter (where not features.is_profile_known),
            count(*) filter (where lines.line_type = 'return'),
            count(*) filter (where lines.is_outlier_quantity)
        from intermediate.int_order_lines as lines
        inner join features.customer_features as features using (customer_id)
        where features.is_as_of
        """
    )
    assert counts == [(planted["orphans"], planted["returns"], planted["outlier_quantity"])]
    assert demo.query("select count(*) from marts.customers where not is_profile_known") != [(0,)]


def test_missing_profile_values_are_counted_exactly(demo):
    planted = PLANTED["customers"]["missing_values"]
    columns = {
        "email": "email_hash",
        "phone": "phone_hash",
        "birth_date": "birth_date",
        "gender": "gender",
        "occupation": "occupation",
        "annual_income": "annual_income",
    }
    for received, kept in columns.items():
        ((missing,),) = demo.query(
            "select count(*) from intermediate.int_customers_judged "
            f"where disposition = 'accepted' and {kept} is null "
            f"and not coalesce(value_issues like '%unreadable_{received}%', false)"
        )
        assert missing == planted[received], received


def test_personas_are_the_hidden_ones(demo):
    with (TRUTH / "customers_truth.csv").open(newline="") as lines:
        hidden = {row["customer_id"]: row["persona"] for row in csv.DictReader(lines)}
    found = demo.query("select customer_id, persona_id from ml.customer_persona_scores")
    agreement = adjusted_rand_score([hidden[each] for each, _ in found], [p for _, p in found])
    # what is asked for is 0.80 less 0.03; K-means on features made for the purpose reaches 0.76
    assert agreement >= 0.77
    assert abs(len({persona for _, persona in found}) - len(set(hidden.values()))) <= 1


def test_every_persona_of_the_demo_can_be_trusted(demo):
    rows = demo.query_published(
        "select persona_kind, jaccard_stability, customer_share, usefulness from marts.personas"
    )
    assert {kind for kind, *_ in rows} == {"groups"}
    assert all(jaccard >= 0.9 and share >= 0.05 for _, jaccard, share, _ in rows)


def test_every_customer_with_a_persona_has_a_reason(demo):
    assert demo.query_published(
        "select count(*) from marts.customers "
        "where (persona_id is null) != (persona_reason is null)"
    ) == [(0,)]
    assert demo.query_published(
        "select count(*) from marts.customers where persona_reason is not null "
        "and not regexp_full_match(persona_reason, '.+: .+( \\(members .+, all customers .+\\))?')"
    ) == [(0,)]


@pytest.mark.slow  # noise is refused in the unit tests of fits
def test_reshuffled_columns_of_the_demo_are_refused(demo):
    assert refit_shuffled(demo, most=5)["role"] == "fallback"


def test_purchase_probabilities_follow_the_hidden_ones(demo):
    with (TRUTH / "customers_truth.csv").open(newline="") as lines:
        hidden = {
            row["customer_id"]: float(row["purchase_probability_90d"])
            for row in csv.DictReader(lines)
        }
    found = demo.query(
        "select customer_id, 1 - churn_probability from marts.customers "
        "where churn_probability is not null"
    )
    with duckdb.connect() as connection:
        connection.execute("create table both_sides (hidden double, found double)")
        connection.executemany(
            "insert into both_sides values (?, ?)", [(hidden[c], p) for c, p in found]
        )
        ((correlation,),) = connection.execute(
            "select corr(hidden, found) from both_sides"
        ).fetchall()
    assert correlation >= 0.6


def test_the_next_need_is_nearly_the_best_there_is(demo):
    with (TRUTH / "customers_truth.csv").open(newline="") as lines:
        truth = {row["customer_id"]: row for row in csv.DictReader(lines)}
    found = dict(
        demo.query("select customer_id, next_need from marts.customers where next_need is not null")
    )
    reached = best = 0.0
    for customer, need in found.items():
        row = truth[customer]
        hidden = {
            name: float(value)
            for name, value in row.items()
            if name.startswith("need_probability_")
        }
        weight = float(row["purchase_probability_90d"])
        reached += weight * hidden.get(f"need_probability_{need}", 0.0)
        best += weight * max(hidden.values())
    # customers left out would not count against the model
    assert found.keys() >= {
        customer for (customer,) in demo.query("select customer_id from marts.customers")
    }
    assert reached / best >= 0.90


def test_need_drivers_are_the_planted_ones(demo):
    """The shares of each hidden persona are those that the simulator draws with."""
    found = demo.query(
        """
        with truth as (
            select customer_id, persona from read_csv(?, all_varchar = true)
            where persona = initial_persona
        )
        select measure, persona, sum(occurrences) / sum(opportunities),
            count(case when level = 'high' then 1 end) / count(level)
        from marts.need_drivers inner join truth using (customer_id)
        group by measure, persona
        """,
        str(TRUTH / "customers_truth.csv"),
    )
    shares = {(measure, persona): share for measure, persona, share, _ in found}
    high = {(measure, persona): share for measure, persona, _, share in found}
    for persona in PERSONAS:
        planted = {
            "discounted_orders": persona.discount,
            "mobile_visits": persona.devices[1],
            "weekend_orders": 2 * persona.weekend / (5 + 2 * persona.weekend),
            # of those who buy around 20 o'clock, seven in eight do so after 18
            "evening_orders": 0.87 * persona.hours[2],
        }
        for measure, share in planted.items():
            assert shares[measure, persona.name] == pytest.approx(share, abs=0.06)
    for measure, trait in (("discounted_orders", "discount"), ("problems", "complaint")):
        keen = max(PERSONAS, key=lambda persona: getattr(persona, trait))
        others = [high[measure, persona.name] for persona in PERSONAS if persona is not keen]
        assert high[measure, keen.name] > max(others)


def test_need_drivers_are_levels_of_an_exact_binomial_test(demo):
    rows = demo.query(
        "select occurrences, opportunities, company_share, level from marts.need_drivers "
        "where opportunities >= 3 and company_share < 1"
    )
    assert {level for *_, level in rows} == {"high", "usual", "low"}
    for occurrences, opportunities, share, level in rows:
        many = binom.sf(occurrences - 1, opportunities, share)
        few = binom.cdf(occurrences, opportunities, share)
        assert level == ("high" if many <= 0.05 else "low" if few <= 0.05 else "usual")


def test_the_campaign_with_a_planted_effect_works_and_the_one_without_does_not(demo):
    effects = PLANTED["contacts"]["campaign_effects"]
    found = {
        campaign: figures
        for campaign, *figures in demo.query(
            "select campaign, holdout_of, verdict, effect_low, effect_high "
            "from marts.campaign_results where is_primary"
        )
    }
    for campaign, effect in effects.items():
        holdout_of, verdict, low, high = found[campaign]
        assert holdout_of == "campaign"
        assert low < effect < high
        assert (verdict == "works") == (effect > 0)
    assert sorted(effect > 0 for effect in effects.values()) == [False, True]


def test_demo_targets_of_too_few_answers_say_so(demo):
    reasons = dict(
        demo.query(
            "select target, reason from marts.model_evaluations "
            "where target like 'response:%' and evaluation_split = 'none'"
        )
    )
    assert set(reasons) == {"response:discount", "response:launch", "response:newsletter"}
    assert "fewer than 50 are 'yes'" in reasons["response:launch"]
