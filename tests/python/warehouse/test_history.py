"""A company built day after day: personas keep their ids, and their members a history."""

import json
from datetime import date

import pytest
from conftest import Company, contents
from test_disclosure import feasible_ranges

from customer_personas.warehouse import backfill


def test_personas_keep_their_ids_and_names(shop):
    assert shop.query_published(
        "select count(*) from marts.persona_lifecycle where event not in ('born', 'continued')"
    ) == [(0,)]
    assert shop.query_published("select distinct named_on from marts.personas") == [
        (date(2025, 10, 1),)
    ]


def test_memberships_hold_what_each_build_published(shop):
    builds = shop.query_published(
        "select count(distinct valid_from), min(valid_from), max(valid_from) "
        "from marts.persona_memberships"
    )
    assert builds == [(2, date(2025, 10, 1), date(2025, 11, 15))]
    ((moved, left, entered),) = shop.query_published(
        "select count(*) filter (where has_left_persona and has_entered_persona), "
        "count(*) filter (where has_left_persona), count(*) filter (where has_entered_persona) "
        "from marts.customers"
    )
    assert moved == left
    assert entered > 0
    assert shop.query_published(
        "select count(*) from marts.customers as customers "
        "left join marts.persona_memberships as memberships "
        "on customers.customer_id = memberships.customer_id and memberships.is_current "
        "where customers.persona_id is distinct from memberships.persona_id "
        "or customers.persona_since is distinct from memberships.valid_from"
    ) == [(0,)]


def test_migrations_cover_every_month(shop):
    months = shop.query_published(
        "select distinct period_start, period_end from marts.persona_migrations order by all"
    )
    assert months == [
        (date(2025, 10, 1), date(2025, 11, 1)),
        (date(2025, 11, 1), date(2025, 11, 15)),
    ]
    assert shop.query_published(
        "select count(*) from marts.persona_migrations where revenue > 0"
    ) != [(0,)]


def test_no_small_move_can_be_worked_out(shop):
    moves = shop.query(
        "select period_start, from_persona_id, to_persona_id, customer_count from ml.persona_moves"
    )
    shown = shop.query_published(
        "select period_start, from_persona_id, to_persona_id, customer_count "
        "from marts.persona_migrations"
    )
    small = [move for move in moves if move[3] < 5]
    assert small
    ranges = feasible_ranges(moves, shown)
    for *cell, count in small:
        low, high = ranges[tuple(cell)]
        assert low <= count and high >= 5, cell
    assert sum(count for *_, count in shown if count) > 0.2 * sum(count for *_, count in moves)


@pytest.fixture
def later(shop, tmp_path) -> Company:
    return shop.copy_to(tmp_path)


@pytest.mark.slow
def test_a_look_back_without_the_warehouse_leaves_the_history_alone(later):
    state, size = contents(later.state), later.state.stat().st_size
    later.warehouse.unlink()
    # what was known then is published
    said = later.build(as_of_date="2025-11-01").stdout
    assert "Slowest: " in said and "most memory so far: " in said
    assert later.query_published("select distinct as_of_date from marts.customers") == [
        (date(2025, 11, 1),)
    ]
    assert contents(later.state) == state
    assert later.state.stat().st_size < 3 * size


def test_a_back_fill_before_what_is_known_builds_nothing(shop, monkeypatch, capsys):
    monkeypatch.setenv("PERSONA_STATE", str(shop.state))
    given = json.dumps({"source_systems": shop.variables["source_systems"]})
    assert backfill.main(["2025-09-01", "2026-01-01", "--vars", given]) == 1
    assert "2025-09-01 is earlier than 2025-11-15" in capsys.readouterr().err


def test_a_state_of_another_version_stops_the_run(later):
    later.change_state("alter table history.persona_builds add column more int")
    result = later.dbt("build")
    assert result.returncode != 0
    assert "history.persona_builds lacks columns or has others" in result.stdout
    assert json.dumps(later.query_state("select count(*) from history.persona_builds")) == "[[2]]"


def test_what_was_published_on_the_first_day_is_judged_on_the_second(shop):
    rows = shop.query_published(
        "select as_of_date, horizon_end, judged_on, customers, verdict, gap is null, "
        "roc_auc between roc_auc_low and roc_auc_high from monitoring.prediction_outcomes "
        "order by as_of_date"
    )
    first, second = date(2025, 10, 1), date(2025, 11, 15)
    ((kept,),) = shop.query_published(
        "select published_customers from monitoring.prediction_outcomes order by as_of_date limit 1"
    )
    assert rows[0][:4] == (first, second, second, kept) and kept > 200
    assert rows[0][4] in ("as promised", "ranked worse", "level off") and rows[0][5:] == (
        False,
        True,
    )
    assert rows[1:] == [(second, date(2025, 12, 30), None, None, "pending", True, None)]
    # the same from the records themselves, without anything that the project makes of them
    ((said, customers),) = shop.query_published(
        "select happened_share, customers from monitoring.prediction_outcomes "
        "where judged_on is not null"
    )
    ((buyers,),) = shop.query(
        "select count(distinct customer_id) from intermediate.int_order_lines "
        "where ordered_on >= date '2025-10-01' and ordered_on < date '2025-11-15' "
        "and line_type = 'sale' and customer_id in (select customer_id "
        "from intermediate.int_customers_known where known_on < date '2025-10-01')"
    )
    assert round(said * customers) == buyers
    # once judged, nobody's own probability is kept
    assert shop.query_state("select distinct as_of_date from history.published_predictions") == [
        (second,)
    ]
    ((bins, judged),) = shop.query_published(
        "select count(*), sum(customers) from monitoring.prediction_outcomes_by_bin"
    )
    assert bins > 1 and judged == customers
