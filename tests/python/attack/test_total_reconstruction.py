"""Who has totals of customers cannot take them from one another and be left with few."""

import itertools

import duckdb
import numpy as np
import pytest
from rendered import render
from scipy.optimize import Bounds, LinearConstraint, milp
from test_model_reconstruction import CELL, MODELS, sql_of

# one audience, as dbt's graph gives it
SETTINGS = dict.fromkeys(["label", "owner", "channel", "purpose"], "x")
AUDIENCES = render(
    (MODELS / "marts" / "audiences" / "audiences.sql")
    .read_text()
    .replace("{%- do audience_inputs() %}", "")
    .replace("audience_nodes()", "[{'name': 'a', 'raw_code': 'select 1', 'config': {'meta': {}}}]")
    .replace(
        "audience_settings(node.name, node.config.meta)",
        f"{SETTINGS | {'holdout_share': 0, 'valid_until': None}}",
    )
    .replace("render(node.raw_code)", "node.raw_code"),
    minimum_cell=CELL,
    random_seed=1,
)

# what the other metrics of a date rest on
EMPTY = (
    "create table personas as select '' as persona_id, '' as persona_name, 1 as customer_count, "
    "0.5 as customer_share where false; "
    "create table model_evaluations as select '' as target, 0.5 as metric_value, true as "
    "is_published, '' as evaluation_split, '' as metric where false; "
    "create table feature_drift as select 0.1 as psi where false; "
    "create table record_reconciliation as select '' as source_system, '' as entity, "
    "1 as quarantined, 1 as received where false; "
    "create table current_build as select date '2025-02-01' as as_of_date; "
)


def metrics(customers: int, active: int, rated: int, before: tuple[int, int]) -> dict:
    """Publish the history of a company: of today, and of a date that an earlier build told."""
    with duckdb.connect() as connection:
        connection.execute(
            EMPTY + "create table customers as select if(range < $active, 9, 400) as recency_days, "
            "if(range < $active, 10.0, 0)::decimal(18, 2) as spend_365d, "
            "if(range < $rated, 80, null)::decimal(5, 1) as satisfaction, "
            "0.2 as churn_probability from range($customers)",
            {"customers": customers, "active": active, "rated": rated},
        )
        connection.execute(
            "create table stg_state__metric_history as select date '2025-01-01' as as_of_date, "
            "unnest(['customers', 'active_customers_365d', 'revenue_365d']) as metric, "
            "null::varchar as subject, null::varchar as subject_name, "
            "unnest([$1, $2, 10 * $2])::double as metric_value",
            list(before),
        )
        rows = connection.execute(sql_of("monitoring/metric_history.sql")).fetchall()
    assert {day.month for day, *_ in rows} == {1, 2}
    return {(day.month, metric): value for day, metric, subject, _, value in rows if not subject}


@pytest.mark.parametrize("few", range(1, CELL))
def test_a_date_tells_nothing_of_few_who_were_active_or_rated(few):
    told = metrics(60, few, few, before=(60, few))
    assert told.keys() == {(month, "customers") for month in (1, 2)} | {(2, "expected_churn_rate")}
    # nor of few who were not
    told = metrics(60, 60 - few, CELL, before=(60, 60 - few))
    assert not {(month, "active_customers_365d") for month in (1, 2)} & told.keys()
    assert told[2, "revenue_365d"] == told[1, "revenue_365d"] == 10 * (60 - few)
    assert told[2, "satisfaction"] == 80


@pytest.mark.parametrize("active", [0, CELL, 55, 60])
def test_a_date_tells_all_that_is_of_enough(active):
    told = metrics(60, active, 60, before=(60, active))
    assert told[1, "active_customers_365d"] == told[2, "active_customers_365d"] == active


def tell_audience(cells: np.ndarray, entered: int, left: int) -> dict[str, int | None]:
    """Publish the counts of an audience: consent by held out, and who came and went."""
    with duckdb.connect() as connection:
        connection.execute("create table current_build as select date '2025-02-01' as as_of_date")
        connection.execute(
            "create table audience_members as select 'a' as audience, consent as has_consent, "
            "held_out as is_held_out, consent and not held_out as is_reachable, "
            "row_number() over () as customer_id from (select unnest([true, true, false, false]) "
            "as consent, unnest([false, true, false, true]) as held_out, unnest($1) as size) "
            "cross join range(100) where range < size",
            [cells.ravel().tolist()],
        )
        connection.execute(
            "create table customers as select customer_id, 'P' as persona_id from audience_members "
            "union all select -range, 'P' from range(1, 100)"
        )
        connection.execute(
            "create table audience_memberships as select 'a' as audience, if(range < $entered, "
            "date '2025-02-01', date '2025-01-01') as valid_from, null::date as valid_to "
            "from range($size) union all select 'a', date '2025-01-01', date '2025-02-01' "
            "from range($left)",
            {"entered": entered, "left": left, "size": int(cells.sum())},
        )
        (row,) = connection.execute(AUDIENCES).fetchall()
        names = [column[0] for column in connection.description]
    return {name: count for name, count in zip(names, row, strict=True) if name.endswith("_count")}


@pytest.mark.parametrize("seed", range(8))
def test_no_few_of_an_audience_are_left_by_its_counts(seed):
    rng = np.random.default_rng(seed)
    for _ in range(12):
        cells = rng.choice([0, 0, 2, 4, 5, 7, 12, 30], (2, 2))
        told = tell_audience(cells, 0, 0)
        masks = {
            "customer_count": [1, 1, 1, 1],
            "reachable_count": [1, 0, 0, 0],
            "held_out_count": [0, 1, 0, 1],
            "without_consent_count": [0, 0, 1, 1],
        }
        known = {name: mask for name, mask in masks.items() if told[name] is not None}
        for name, mask in known.items():
            assert told[name] == cells.ravel() @ mask
        sums = np.array(list(known.values()) or [[0, 0, 0, 0]], dtype=float)
        totals = sums @ cells.ravel()
        # each sum of cells that anybody may ask for
        for goal in itertools.product([0, 1], repeat=4):
            count = int(cells.ravel() @ goal)
            if not 0 < count < CELL:
                continue
            ends = [
                milp(
                    sign * np.array(goal, dtype=float),
                    constraints=LinearConstraint(sums, totals, totals),
                    integrality=np.ones(4),
                    bounds=Bounds(0, 1_000),
                ).fun
                for sign in (1, -1)
            ]
            assert ends[0] < -ends[1], (cells, told, goal)


@pytest.mark.parametrize("size", [5, 8, 40])
def test_two_sizes_tell_of_no_few_who_came_went_or_stayed(size):
    """Who knows both sizes, and one of who came and went, knows the other, and who stayed."""
    for entered, left in itertools.product(range(min(size, 12) + 1), range(12)):
        told = tell_audience(np.array([[size, 0], [0, 0]]), entered, left)
        few = any(0 < count < CELL for count in (entered, left, size - entered))
        expected = (None, None) if few else (entered, left)
        assert (told["entered_count"], told["left_count"]) == expected


def test_a_size_of_before_leaves_no_few_who_are_not_reachable():
    with duckdb.connect() as connection:
        connection.execute(
            "create table current_build as select date '2025-02-01' as as_of_date; "
            "create table stg_state__audience_sizes as select 'a' as audience, "
            "date '2025-01-01' as as_of_date, 20 as customer_count, unnest(range(21)) "
            "as reachable_count; "
            "create table audiences as select audience, as_of_date, customer_count, "
            "reachable_count from stg_state__audience_sizes where false"
        )
        query = sql_of("marts/audiences/audience_sizes.sql")
        told = connection.execute(f"select reachable_count from ({query})").fetchall()
    assert {count for (count,) in told} == {None, 0, 20, *range(CELL, 16)}


@pytest.mark.parametrize(("added", "removed"), [(0, 3), (3, 0), (40, 3), (2, 2), (0, 5), (5, 40)])
def test_an_export_tells_of_no_few_who_were_added_or_removed(added, removed):
    """The sizes of the audience tell the difference of both."""
    with duckdb.connect() as connection:
        connection.execute(
            "create table stg_state__exports as select 'a' as audience, 2 as export_number, "
            "'' as destination, null as as_of_date, null as exported_at, '' as file_name, "
            "$1 as added, 0 as updated, $2 as removed",
            [added, removed],
        )
        query = sql_of("monitoring/exports.sql")
        (told,) = connection.execute(f"select added, removed from ({query})").fetchall()
    few = any(0 < count < CELL for count in (added, removed))
    assert told == ((None, None) if few else (added, removed))


@pytest.mark.parametrize("rest", [0, 1, 4, 5, 30])
def test_who_is_neither_high_nor_low_in_a_need_is_no_few(rest):
    for high, low in itertools.product([0, 3, 5, 9, 30], repeat=2):
        if high + low + rest < CELL:
            continue
        with duckdb.connect() as connection:
            connection.execute(
                "create table need_drivers as select 'P' as persona_id, 'P' as persona_name, "
                "'price' as driver, 'd' as measure, 1 as occurrences, 2 as opportunities, "
                "0.5 as company_share, level from (select unnest(['high', 'low', 'usual']) as "
                "level, unnest($1) as size) cross join range(100) where range < size",
                [[high, low, rest]],
            )
            connection.execute(
                "create table personas as select 'P' as persona_id, 9 as customer_count"
            )
            query = sql_of("marts/personas/persona_need_drivers.sql")
            (told,) = connection.execute(
                f"select customer_count, high_share, low_share from ({query})"
            ).fetchall()
        members, *shares = told
        assert members == high + low + rest
        sums = [None if share is None else round(share * members) for share in shares]
        # what is told is so, and of enough with it and without
        for count, shown in zip((high, low), sums, strict=True):
            assert shown is None or (shown == count and CELL <= count <= members - CELL)
        assert None in sums or not 0 < rest < CELL
        # and one of both is where one can be
        assert sums != [None, None] or max(min(n, members - n) for n in (high, low)) < CELL
