"""The simulated company: same bytes, planted counts that can be found again, a hidden order."""

import filecmp
import json
from datetime import date
from itertools import pairwise
from pathlib import Path

import duckdb
import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score
from sklearn.preprocessing import StandardScaler

from customer_personas.simulate import lives, simulate
from customer_personas.simulate.command import main
from customer_personas.simulate.dirt import RATES
from customer_personas.simulate.personas import CATEGORIES, draw, trait
from customer_personas.simulate.timeline import ORDINARY, Course, build_timeline

CUSTOMERS = 1_500
WEEKS = ORDINARY.weeks
AS_OF = "2026-01-01"
IDENTITY = {
    "customers": "customer_id",
    "order_lines": "order_id, order_line_number",
    "web_events": "event_id",
    "feedback": "feedback_id",
    "declared_needs": "customer_id, need, declared_at",
    "consents": "customer_id, channel, purpose, recorded_at",
    "contacts": "customer_id, campaign, sent_at",
}
# Each reason as someone who reads only the files would look for it.
REJECTED = {
    "customers": {
        "missing_customer_id": "customer_id is null",
        "future_signed_up_at": "try_cast(signed_up_at as timestamp) >= '2026-01-01'",
    },
    "order_lines": {
        "missing_customer_id": "customer_id is null",
        "missing_order_id": "order_id is null",
        "missing_ordered_at": "ordered_at is null",
        "unreadable_ordered_at": "ordered_at is not null "
        "and try_cast(ordered_at as timestamp) is null",
        "future_ordered_at": "try_cast(ordered_at as timestamp) >= '2026-01-01'",
        "implausible_ordered_at": "try_cast(ordered_at as timestamp) < '1990-01-01'",
        "missing_quantity": "quantity is null",
        "unreadable_quantity": "quantity is not null and try_cast(quantity as double) is null",
        "zero_quantity": "try_cast(quantity as double) = 0",
        "missing_unit_price": "unit_price is null",
        "unreadable_unit_price": "unit_price is not null "
        "and try_cast(unit_price as double) is null",
        "negative_unit_price": "try_cast(unit_price as double) < 0",
        "test_product": "product_id like 'TEST%'",
        "non_product": "product_id in ('POST', 'FEE')",
        "adjustment": "product_id = 'ADJUST'",
    },
    "web_events": {
        "missing_event_id": "event_id is null",
        "missing_occurred_at": "occurred_at is null",
        "unreadable_occurred_at": "occurred_at is not null "
        "and try_cast(occurred_at as timestamp) is null",
        "future_occurred_at": "try_cast(occurred_at as timestamp) >= '2026-01-01'",
        "missing_visitor_and_customer": "visitor_id is null and customer_id is null",
    },
    "feedback": {
        "missing_customer_id": "customer_id is null",
        "missing_submitted_at": "submitted_at is null",
        "future_submitted_at": "try_cast(submitted_at as timestamp) >= '2026-01-01'",
        "rating_out_of_scale": "try_cast(rating as double) > try_cast(rating_scale_max as double)",
        "unreadable_rating": "rating is not null and try_cast(rating as double) is null",
    },
    "declared_needs": {
        "missing_customer_id": "customer_id is null",
        "missing_need": "need is null",
        "future_declared_at": "try_cast(declared_at as timestamp) >= '2026-01-01'",
    },
    "consents": {
        "missing_customer_id": "customer_id is null",
        "missing_status": "status is null",
    },
    "contacts": {
        "missing_customer_id": "customer_id is null",
        "missing_campaign": "campaign is null",
        "missing_sent_at": "sent_at is null",
        "future_sent_at": "try_cast(sent_at as timestamp) >= '2026-01-01'",
    },
}
VALUE_ISSUES = {
    "implausible_birth_date": "try_cast(birth_date as date) < '1900-01-01' "
    "or try_cast(birth_date as date) >= try_cast(signed_up_at as timestamp)",
    "unreadable_birth_date": "birth_date is not null and try_cast(birth_date as date) is null",
    "unreadable_annual_income": "annual_income is not null "
    "and try_cast(annual_income as double) is null",
    "negative_annual_income": "try_cast(annual_income as double) < 0",
}
TIMES = {
    "customers": "signed_up_at",
    "order_lines": "ordered_at",
    "web_events": "occurred_at",
    "feedback": "submitted_at",
    "declared_needs": "declared_at",
    "consents": "recorded_at",
    "contacts": "sent_at",
}


@pytest.fixture(scope="module")
def company(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("company")
    simulate(CUSTOMERS, out, "csv", seed=7)
    return out


@pytest.fixture(scope="module")
def planted(company) -> dict:
    return json.loads((company / "truth" / "planted.json").read_text())


@pytest.fixture(scope="module")
def db(company) -> duckdb.DuckDBPyConnection:
    """Return the files as received, and their records accepted step by step in SQL."""
    connection = duckdb.connect()
    for entity in RATES:
        connection.execute(
            f"create table {entity} as select row_number() over () as place, * "
            f"from read_csv('{company / entity}.csv', all_varchar=true)"
        )
        columns = "* exclude (place)"
        connection.execute(
            f"create table {entity}_once as select {columns}, place from {entity} "
            f"qualify row_number() over (partition by {_columns(connection, entity)} "
            "order by place) = 1"
        )
        bad = " or ".join(f"coalesce({sql}, false)" for sql in REJECTED[entity].values())
        versions = ", updated_at desc" if entity in ("customers", "order_lines") else ""
        connection.execute(
            f"create table {entity}_accepted as select * from {entity}_once where not ({bad}) "
            f"qualify row_number() over (partition by {IDENTITY[entity]} "
            f"order by true{versions}) = 1"
        )
    return connection


def _columns(connection: duckdb.DuckDBPyConnection, entity: str) -> str:
    names = [row[0] for row in connection.execute(f"describe {entity}").fetchall()]
    return ", ".join(name for name in names if name != "place")


def _count(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    return connection.execute(f"select count(*) from {sql}").fetchone()[0]


@pytest.mark.parametrize("file_format", ["csv", "parquet"])
def test_same_arguments_give_the_same_bytes(tmp_path, file_format):
    for name in ("one", "two"):
        simulate(60, tmp_path / name, file_format, seed=3)
    names = [str(p.relative_to(tmp_path / "one")) for p in (tmp_path / "one").rglob("*.*")]
    assert len(names) == 9
    match = filecmp.cmpfiles(tmp_path / "one", tmp_path / "two", names, shallow=False)
    assert sorted(match[0]) == sorted(names)


def test_another_seed_gives_another_company(tmp_path):
    for seed in (1, 2):
        simulate(60, tmp_path / str(seed), seed=seed)
    one, two = ((tmp_path / seed / "order_lines.csv").read_bytes() for seed in "12")
    assert one != two


def test_csv_and_parquet_hold_the_same_records(company, tmp_path):
    simulate(CUSTOMERS, tmp_path, "parquet", seed=7)
    for name in [*RATES, "truth/customers_truth"]:
        csv = f"select * from read_csv('{company / name}.csv', all_varchar=true)"
        parquet = f"select * from read_parquet('{tmp_path / name}.parquet')"
        assert duckdb.sql(csv).fetchall() == duckdb.sql(parquet).fetchall(), name
        assert set(map(str, duckdb.sql(parquet).types)) == {"VARCHAR"}, name


def test_size_is_as_documented(company, planted):
    assert planted["customers"]["accepted"] == CUSTOMERS
    expected = {"order_lines": 20_000, "web_events": 25_000, "feedback": 2_500}
    for entity, rows in expected.items():
        assert planted[entity]["accepted"] == pytest.approx(rows, rel=0.15), entity
    assert planted["declared_needs"]["accepted"] == pytest.approx(500, rel=0.15)
    assert sum(path.stat().st_size for path in company.glob("*.csv")) < 5_200_000


@pytest.mark.parametrize("entity", RATES)
def test_planted_counts_add_up(db, planted, entity):
    counts = planted[entity]
    assert counts["received"] == _count(db, entity)
    assert counts["received"] == (
        counts["accepted"]
        + counts["exact_duplicates"]
        + counts.get("superseded", 0)
        + sum(counts["rejected"].values())
    )
    assert all(counts["rejected"].values()), "every reason occurs in a company of this size"


@pytest.mark.parametrize("entity", RATES)
def test_planted_counts_are_found_in_the_files(db, planted, entity):
    counts = planted[entity]
    assert counts["exact_duplicates"] == _count(db, entity) - _count(db, f"{entity}_once")
    for reason, sql in REJECTED[entity].items():
        assert counts["rejected"][reason] == _count(db, f"{entity}_once where {sql}"), reason
    assert counts["accepted"] == _count(db, f"{entity}_accepted")
    rejected = sum(counts["rejected"].values())
    older = _count(db, f"{entity}_once") - rejected - _count(db, f"{entity}_accepted")
    assert counts["superseded"] == older
    for column in _columns(db, entity).split(", "):
        missing = _count(db, f"{entity}_accepted where {column} is null")
        assert counts["missing_values"].get(column, 0) == missing, column


@pytest.mark.parametrize("entity", RATES)
def test_a_rejected_record_has_one_thing_wrong(db, entity):
    wrong = " + ".join(f"coalesce({sql}, false)::int" for sql in REJECTED[entity].values())
    assert _count(db, f"{entity}_once where {wrong} > 1") == 0


def test_duplicates_come_later_and_stand_apart(db):
    repeated = db.execute(
        "select max(place) - min(place) from order_lines "
        f"group by {_columns(db, 'order_lines')} having count(*) > 1"
    ).fetchnumpy()
    distance = next(iter(repeated.values()))
    assert distance.min() >= 1
    assert np.median(distance) > 100


def test_value_issues_are_found_in_the_files(db, planted):
    for reason, sql in VALUE_ISSUES.items():
        found = _count(db, f"customers_accepted where {sql}")
        assert planted["customers"]["value_issues"][reason] == found > 0, reason


def test_orphans_outliers_and_returns_are_found_in_the_files(db, planted):
    stranger = "customer_id not in (select customer_id from customers_accepted)"
    for entity in ("order_lines", "web_events", "feedback", "declared_needs"):
        orphans = _count(db, f"{entity}_accepted where {stranger}")
        assert planted[entity]["orphans"] == orphans > 0, entity
    lines = planted["order_lines"]
    big = "order_lines_accepted where try_cast(quantity as double) > 1000"
    assert lines["outlier_quantity"] == _count(db, big) > 0
    between = "order_lines_accepted where try_cast(quantity as double) between 51 and 1000"
    assert _count(db, between) == 0
    returned = "order_lines_accepted where order_status = 'returned'"
    assert lines["returns"] == _count(db, returned) > 0


def test_a_return_follows_a_sold_line_of_its_order(db):
    alone = _count(
        db,
        "order_lines_accepted r where order_status = 'returned' and not exists ("
        "from order_lines_accepted s where s.order_id = r.order_id "
        "and s.product_id = r.product_id and s.quantity = r.quantity "
        "and s.order_status = 'completed' and s.ordered_at < r.ordered_at)",
    )
    assert alone == 0


@pytest.mark.parametrize("entity", RATES)
def test_accepted_records_lie_before_the_as_of_date(db, entity):
    time = TIMES[entity]
    last = db.execute(f"select max({time}) from {entity}_accepted").fetchone()[0]
    assert "2025-12" < last < AS_OF
    if entity in ("customers", "order_lines"):
        assert _count(db, f"{entity}_accepted where updated_at >= '{AS_OF}'") == 0
        assert _count(db, f"{entity}_accepted where updated_at < {time}") == 0


def test_nobody_acts_before_signing_up(db):
    for entity in ("order_lines", "web_events", "feedback", "declared_needs"):
        early = (
            f"{entity}_accepted a join customers_accepted c using (customer_id) "
            f"where a.{TIMES[entity]} < c.signed_up_at"
        )
        assert _count(db, early) == 0, entity


def test_a_sign_up_in_the_window_leaves_a_visit(db):
    # but for those seen without their customer_id (8 %)
    ((share,),) = db.execute(
        """
        select avg(exists (
            from web_events_accepted as w
            where w.customer_id = c.customer_id
                and w.occurred_at::timestamp - c.signed_up_at::timestamp
                    between interval 0 hour and interval 1 hour
        )::int)
        from customers_accepted as c
        where c.signed_up_at::timestamp between '2024-02-01' and '2025-12-30'
        """
    ).fetchall()
    assert 0.87 < share < 0.97


def test_truth_covers_every_customer_with_probabilities(company, db):
    truth = duckdb.read_csv(str(company / "truth" / "customers_truth.csv"), all_varchar=True).df()
    known = {row[0] for row in db.execute("select customer_id from customers_accepted").fetchall()}
    assert known < set(truth["customer_id"])
    needs = truth[[f"need_probability_{name}" for name in CATEGORIES]].astype(float)
    assert needs.to_numpy().min() >= 0
    assert needs.sum(axis=1).to_numpy() == pytest.approx(1, abs=1e-5)
    purchase = truth["purchase_probability_90d"].astype(float)
    assert purchase.between(0, 1).all()
    assert (purchase[truth["lapsed_at"].notna()] == 0).all()
    changed = truth["changed_at"].notna()
    assert (changed == (truth["persona"] != truth["initial_persona"])).all()
    assert 0.03 < changed.mean() < 0.09


def test_personas_can_be_recovered_but_not_perfectly(company, db):
    features = db.execute(
        """
        select customer_id,
            ln(count(distinct order_id)) as orders,
            ln(sum(quantity::double * unit_price::double) / count(distinct order_id)) as value,
            count(*) / count(distinct order_id) as basket,
            sum(discount_amount::double) / sum(quantity::double * unit_price::double) as discount,
            avg(ln(unit_price::double)) as price,
        """
        + ", ".join(
            f"sqrt(avg((product_category = '{name}')::int)) as {name}" for name in CATEGORIES
        )
        + """
        from order_lines_accepted
        where order_status = 'completed' and quantity::double <= 1000
        group by customer_id order by customer_id
        """
    ).df()
    truth = duckdb.read_csv(str(company / "truth" / "customers_truth.csv"), all_varchar=True).df()
    persona = truth.set_index("customer_id")["persona"].loc[features["customer_id"]]
    scaled = StandardScaler().fit_transform(features.drop(columns="customer_id"))
    labels = KMeans(6, n_init=5, random_state=0).fit_predict(scaled)
    assert 0.55 < adjusted_rand_score(persona, labels) < 0.9


@pytest.mark.parametrize("customers", [1, 10])
def test_a_tiny_company_works(tmp_path, customers):
    planted = simulate(customers, tmp_path, "csv", seed=1)
    assert planted["customers"]["accepted"] == customers
    for entity in RATES:
        rows = _count(duckdb.connect(), f"read_csv('{tmp_path / entity}.csv', all_varchar=true)")
        assert rows == planted[entity]["received"]


def test_chunks_do_not_share_identifiers(tmp_path, monkeypatch):
    monkeypatch.setattr("customer_personas.simulate.company.CHUNK", 40)
    planted = simulate(150, tmp_path, "csv", seed=5)
    for entity in ("customers", "order_lines", "web_events", "feedback"):
        file = f"read_csv('{tmp_path / entity}.csv', all_varchar=true)"
        key = IDENTITY[entity]
        known = " and ".join(f"{name} is not null" for name in key.split(", "))
        once = _count(duckdb.connect(), f"(select distinct {key} from {file} where {known})")
        counts = planted[entity]
        nameless = {"customers": "customer", "order_lines": "order", "web_events": "event"}
        reason = f"missing_{nameless.get(entity, 'feedback')}_id"
        nameless_records = counts["rejected"].get(reason, 0)
        rejected = sum(counts["rejected"].values())
        assert once == counts["accepted"] + rejected - nameless_records, entity


def test_the_as_of_date_moves_the_window(tmp_path):
    main(["--customers", "20", "--out", str(tmp_path), "--as-of", "2020-05-01"])
    last = duckdb.sql(
        f"select max(ordered_at) from read_csv('{tmp_path}/order_lines.csv', all_varchar=true) "
        "where order_status = 'completed' and ordered_at < '2099'"
    ).fetchall()[0][0]
    assert "2020-01" < last < "2020-05-01"


def test_twice_the_density_gives_about_twice_the_records_of_the_same_customers(tmp_path):
    received = {}
    for density in (1, 2):
        out = tmp_path / str(density)
        main(["--customers", "600", "--out", str(out), "--density", str(density)])
        planted = json.loads((out / "truth" / "planted.json").read_text())
        received[density] = {entity: counts["received"] for entity, counts in planted.items()}
    assert received[2]["customers"] == received[1]["customers"]
    for entity in ("order_lines", "web_events"):
        assert 1.8 < received[2][entity] / received[1][entity] < 2.2, entity


def orders_of(folder: Path, course: Course, customers: int = 600):
    """Sign-ups and orders of a company of a course, in weeks before the as-of date."""
    simulate(customers, folder, "csv", seed=5, course=course)
    connection = duckdb.connect()
    for entity, moment in (("customers", "signed_up_at"), ("order_lines", "ordered_at")):
        connection.execute(
            f"create table {entity} as "
            f"select *, date_diff('day', moment, timestamp '{AS_OF}') // 7 as week from "
            f"(select *, try_cast({moment} as timestamp) as moment "
            f"from read_csv('{folder / entity}.csv', all_varchar=true)) "
            f"where moment > '2000-01-01' and moment < '{AS_OF}'"
        )
    return connection


def test_a_company_opens_with_its_records(tmp_path):
    found = orders_of(tmp_path, Course(weeks=40, before=0.0))
    assert found.execute("select max(week) <= 40 from customers").fetchone() == (True,)
    assert found.execute("select max(week) between 36 and 40 from order_lines").fetchone() == (
        True,
    )


@pytest.mark.parametrize(("growth", "low", "high"), [(0.2, 0.1, 0.6), (1, 0.8, 1.25), (6, 2, 6)])
def test_sign_ups_grow_as_they_are_told_to(tmp_path, growth, low, high):
    found = orders_of(tmp_path, Course(before=0.0, growth=growth))
    newest, oldest = found.execute(
        "select count(*) filter (week < 26), count(*) filter (week >= 78) from customers"
    ).fetchone()
    assert low < newest / oldest < high


def test_demand_falls_week_by_week_and_after_the_window(tmp_path):
    ends = "count(*) filter (week < 13), count(*) filter (week >= 91)"
    counts = {
        demand: orders_of(tmp_path / str(demand), Course(demand=demand))
        .execute(f"select {ends} from order_lines")
        .fetchone()
        for demand in (1, 0.25)
    }
    (newest, oldest), (fewer, about_as_many) = counts.values()
    assert 0.2 < fewer / newest < 0.35
    assert 0.75 < about_as_many / oldest < 1.0
    # what is true of the time after the window follows the same course
    truth = [
        duckdb.execute(
            "select avg(purchase_probability_90d) "
            f"from '{tmp_path}/{demand}/truth/customers_truth.csv'"
        ).fetchall()[0][0]
        for demand in (1, 0.25)
    ]
    assert truth[1] < 0.6 * truth[0]


def test_without_seasons_december_is_a_month_like_others(tmp_path):
    monthly = (
        "select (count(*) filter (month(moment) = 12)) / (count(*) filter (month(moment) = 8)) "
        "from order_lines"
    )
    flat, strong = (
        orders_of(tmp_path / str(season), Course(season=season)).execute(monthly).fetchone()[0]
        for season in (0, 3)
    )
    # the company grows, so that December, which comes later, has somewhat more
    assert 0.8 < flat < 1.4 < 1.5 * flat < strong


def test_a_bought_list_never_orders(tmp_path):
    found = orders_of(tmp_path, Course(bought=0.4))
    found.execute(
        "create table listed as select distinct customer_id from customers "
        "where cast(moment as date) = (select mode(cast(moment as date)) from customers)"
    )
    ((listed,),) = found.execute("select count(*) from listed").fetchall()
    assert 200 < listed < 280
    found.execute("create table theirs as from order_lines semi join listed using (customer_id)")
    assert _count(found, "theirs") <= 5


def test_each_collection_has_products_of_its_own(tmp_path):
    found = orders_of(tmp_path, Course(collections=4))
    sold = found.execute(
        "select regexp_extract(product_id, '-([0-9])$', 1) as collection, max(week), min(week) "
        "from order_lines where order_status = 'completed' and product_id not like 'TEST%' "
        "and product_category <> 'service' group by all order by 1"
    ).fetchall()
    assert [name for name, *_ in sold] == ["", "2", "3", "4"]
    assert all(later[1] <= earlier[2] + 1 for earlier, later in pairwise(sold))


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["--customers", "5", "--weeks", "5"], "from 13 to 520"),
        (["--customers", "5", "--before", "1"], "from 0 to 0.95"),
        (["--customers", "5", "--growth", "0"], "from 0.1 to 10"),
        (["--customers", "5", "--demand", "-1"], "from 0.1 to 10"),
        (["--customers", "5", "--season", "9"], "from 0 to 5"),
        (["--customers", "5", "--bought", "half"], "from 0 to 0.95"),
        (["--customers", "5", "--collections", "0"], "from 1 to 100"),
        (["--customers", "0"], "whole number from 1"),
        (["--customers", "many"], "whole number from 1"),
        (["--customers", "5", "--format", "xml"], "choose from"),
        (["--customers", "5", "--as-of", "31.12.2025"], "YYYY-MM-DD"),
        (["--customers", "5", "--seed", "-1"], "whole number, zero or more"),
        (["--customers", "5", "--density", "0"], "from 0.1 to 10"),
    ],
)
def test_bad_arguments_say_what_to_do(tmp_path, capsys, arguments, hint):
    with pytest.raises(SystemExit) as stop:
        main([*arguments, "--out", str(tmp_path)])
    assert stop.value.code == 2
    assert hint in capsys.readouterr().err


def test_true_purchase_probability_agrees_with_playing_the_future_out():
    timeline = build_timeline(date(2026, 1, 1))
    people = 1_000
    number = np.arange(1, people + 1)
    rng = np.random.default_rng(11)
    life = lives.draw_lives(number, people, np.zeros(people, dtype=bool), timeline, rng)
    stated, category = lives.outlook(life, timeline, served=1.0)
    assert category.sum(axis=1) == pytest.approx(1)

    persona = life.personas[:, 1]
    season = timeline.order_season(slice(WEEKS, None))[persona]
    base = trait("orders")[persona] / 52 * life.rate * ~life.never
    present = life.present(np.arange(WEEKS, WEEKS + 13))
    bought = np.zeros(people)
    for _ in range(200):
        alive, hot = np.ones(people, dtype=bool), life.hot[:, WEEKS]
        orders = np.zeros(people)
        for week in range(13):
            if week < lives.LEAD:
                hot = life.hot[:, WEEKS + week]
            else:
                hot = rng.random(people) < np.where(hot, lives.HOT_STAYS, lives.COLD_WARMS)
            rate = base * season[:, week] * np.where(hot, *lives.ORDER_MOOD[::-1])
            orders += rng.poisson(rate * present[:, week] * alive * (6 / 7 if week == 12 else 1))
            alive &= rng.random(people) >= trait("lapse")[life.personas[:, 0]]
        bought += orders > 0
    assert np.abs(bought / 200 - stated).mean() < 0.03
    assert (bought / 200).mean() == pytest.approx(stated.mean(), abs=0.005)


def test_true_needs_agree_with_playing_the_future_out():
    timeline = build_timeline(date(2026, 1, 1))
    number = np.arange(1, 301)
    rng = np.random.default_rng(12)
    life = lives.draw_lives(number, 300, np.zeros(300, dtype=bool), timeline, rng)
    # nobody can order, so that all weeks weigh the same
    life.never[:] = True
    stated = lives.outlook(life, timeline, served=1.0)[1]

    taste = life.taste[:, 1]
    counted = np.zeros_like(stated)
    for _ in range(200):
        need = life.need[:, WEEKS]
        for week in range(13):
            mix = lives.seasonal(taste, timeline.season[WEEKS + week])
            if week < lives.LEAD:
                need = life.need[:, WEEKS + week]
            else:
                sharp = lives.seasonal(taste**lives.NEED_SHARPNESS, timeline.season[WEEKS + week])
                need = np.where(rng.random(300) < lives.NEED_TURNS, draw(sharp, rng), need)
            led = rng.random(300) < lives.FOCUS
            category = np.where(led, need, draw(mix, rng))
            counted[np.arange(300), category] += 1 / (200 * 13)
    assert np.abs(counted - stated).mean() < 0.01


def test_campaigns_with_a_lot_have_the_effect_that_was_planted(tmp_path):
    planted = simulate(12_000, tmp_path, "parquet", seed=3)["contacts"]["campaign_effects"]
    query = f"""
        with
        members as (
            select distinct
                campaign, customer_id, response is not distinct from 'held_out' as is_left_out,
                try_cast(sent_at as date) as began_on
            from '{tmp_path}/contacts.parquet' where campaign in ({str(list(planted))[1:-1]})
        ),
        orders as (
            select distinct customer_id, try_cast(ordered_at as date) as ordered_on
            from '{tmp_path}/order_lines.parquet' where order_status = 'completed'
        ),
        facts as (
            select
                campaign, is_left_out,
                count_if(ordered_on between began_on and began_on + 27) > 0 as ordered,
                count_if(ordered_on between began_on - 90 and began_on - 1) > 0 as ordered_before
            from members left join orders using (customer_id)
            group by campaign, customer_id, is_left_out, began_on
        )
        select campaign, is_left_out, count(*), avg(ordered::int), avg(ordered_before::int)
        from facts where campaign is not null group by all order by campaign, is_left_out
        """
    with duckdb.connect() as connection:
        rows = connection.sql(query).fetchall()
    assert [campaign for campaign, *_ in rows] == [each for each in sorted(planted) for _ in "ab"]
    for (campaign, _, n, later, before), (_, _, m, without, before_too) in zip(
        rows[::2], rows[1::2], strict=True
    ):
        assert n == pytest.approx(m, rel=0.1)
        error = (later * (1 - later) / n + without * (1 - without) / m) ** 0.5
        assert abs(later - without - planted[campaign]) < 3 * error
        # the lot knows nothing of what was before
        assert abs(before - before_too) < 3 * (0.25 / n + 0.25 / m) ** 0.5
    assert planted["Letter 1"] == 0 < planted["Letter 2"]
