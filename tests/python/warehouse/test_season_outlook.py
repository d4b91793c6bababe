"""What the outlook expects of made-up curves, by the SQL of the project itself."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

import duckdb
import pyarrow as pa
import pytest
from conftest import Company
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

FIRST = date(2023, 1, 1)
STEP = timedelta(days=30)
HORIZON = timedelta(days=90)
MARGIN = 0.1
SHARES = pa.schema(
    [
        *(("target", pa.string()), ("observation_date", pa.date32()), ("label", pa.string())),
        *(("is_labelled", pa.bool_()), ("customers", pa.int32()), ("known_before", pa.int32())),
        *(("labelled_customers", pa.int32()), ("share", pa.float64())),
        *(("lowest_share", pa.float64()), ("highest_share", pa.float64())),
    ]
)
CLOSE = 1e-6


@dataclass
class Outlook:
    """The models of the outlook over curves of our own."""

    connection: duckdb.DuckDBPyConnection
    models: dict[str, str]

    def of(
        self,
        curves: list[list[int]],
        newcomers: list[int],
        grown: float = 0.0,
        target: str = "target",
        orders: Sequence[tuple[str, date]] = (),
    ) -> None:
        """Build the models.

        `curves` has the customers with each class by date, the last class being none; of those of a
        date the share `grown` came within the window before. `newcomers` came between two dates;
        they are called by their number, as in `orders`, a customer and a day each.
        """
        classes = ["no", "yes"] if target == "will_purchase" else [f"c{n}" for n in range(99)]
        days = [FIRST + place * STEP for place in range(len(curves))]
        shares, lowest, highest = [], {}, {}
        for day, counts in zip(days, curves, strict=True):
            labelled = sum(counts[:-1])
            for place, count in enumerate(counts):
                is_labelled = place < len(counts) - 1
                label = classes[place] if is_labelled else ""
                share = count / labelled if is_labelled and labelled else None
                if share is not None:
                    lowest[label] = min(share, lowest.get(label, 1))
                    highest[label] = max(share, highest.get(label, 0))
                known = round(count * (1 - grown))
                row = (count, known, labelled, share, lowest.get(label), highest.get(label))
                shares.append((target, day, label, is_labelled, *row))
        columns = list(zip(*shares, strict=True))
        came = [day for day, count in zip(days, newcomers, strict=True) for _ in range(count)]
        for table, content in {
            "intermediate.label_dates": pa.table({"observation_date": [*days, days[-1] + HORIZON]}),
            "intermediate.int_customers_known": pa.table(
                {
                    "customer_id": pa.array([str(number) for number in range(len(came))], "string"),
                    "known_on": pa.array(came, pa.date32()),
                }
            ),
            "intermediate.int_orders": pa.table(
                {
                    "customer_id": pa.array([customer for customer, _ in orders], "string"),
                    "ordered_on": pa.array([day for _, day in orders], pa.date32()),
                }
            ),
            "features.class_shares": pa.table(
                [
                    pa.array(values, kind)
                    for values, kind in zip(columns, SHARES.types, strict=True)
                ],
                schema=SHARES,
            ),
        }.items():
            self.connection.register("content", content)
            self.connection.execute(f"create or replace table {table} as from content")
        for name, sql in self.models.items():
            self.connection.execute(f"create or replace table features.{name} as {sql}")

    def query(self, sql: str) -> list[tuple]:
        return self.connection.execute(sql).fetchall()

    def expected(self, label: str = "c1") -> tuple[float, str]:
        """Return the share of a class that is expected of the newest date, and by what."""
        ((share, basis),) = self.query(
            f"select expected_share, basis from features.season_outlook where label = '{label}' "
            "qualify row_number() over (order by observation_date desc) = 1"
        )
        return share, basis

    def forecast(self, method: str, label: str = "c1") -> float:
        """Return the share of a class that a method expects of the newest date."""
        ((share,),) = self.query(
            "select expected_share from features.share_forecasts "
            f"where label = '{label}' and method = '{method}' "
            "qualify row_number() over (order by observation_date desc) = 1"
        )
        return share


@pytest.fixture(scope="module")
def outlook(tmp_path_factory) -> Outlook:
    company = Company(tmp_path_factory.mktemp("outlook"))
    names = ["share_forecasts", "season_outlook"]
    result = company.dbt("compile", "--select", *names)
    assert result.returncode == 0, result.stdout[-3000:]
    folder = company.folder / "target" / "compiled" / "customer_personas" / "models"
    connection = duckdb.connect()
    connection.execute("attach ':memory:' as customer_personas; use customer_personas")
    connection.execute("create schema intermediate; create schema features")
    return Outlook(
        connection,
        {name: (folder / "features" / "targets" / f"{name}.sql").read_text() for name in names},
    )


def moved(share: float, log_odds: float) -> float:
    return share * math.exp(log_odds) / (1 - share + share * math.exp(log_odds))


def buyers(shares: list[float], customers: int) -> list[list[int]]:
    """Curves of two classes, no and yes."""
    yes = [round(share * customers) for share in shares]
    return [[customers - count, count, 0] for count in yes]


def lists(each, length, longest=None):
    return st.lists(each, min_size=length, max_size=longest or length)


counts = st.integers(0, 3) | st.integers(0, 2_000)
curves = st.integers(2, 5).flatmap(lambda classes: lists(lists(counts, classes), 4, 20))
made_up = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@made_up
@given(curve=curves, grown=st.floats(0, 1), newcomers=st.integers(0, 40))
def test_no_curve_is_carried_out_of_what_was_seen(outlook, curve, grown, newcomers):
    assume(any(sum(each[:-1]) for each in curve))
    outlook.of(curve, [newcomers] * len(curve), grown)
    for target_date, total in outlook.query(
        "select observation_date, sum(expected_share) from features.season_outlook group by all"
    ):
        assert total == pytest.approx(1, abs=CLOSE), target_date
    for share, low, high in outlook.query(
        "select expected_share, lowest_share, highest_share from features.season_outlook"
    ):
        assert moved(low, -MARGIN) - CLOSE <= share <= moved(high, MARGIN) + CLOSE


@made_up
@given(
    shares=lists(st.integers(0, 30), 3, 5).filter(lambda each: sum(each[:-1]) > 0),
    growth=lists(st.integers(1, 3), 20),
    newcomers=st.integers(0, 30),
    grown=st.sampled_from([0, 0.5, 1]),
)
def test_a_constant_curve_gives_itself(outlook, shares, growth, newcomers, grown):
    # however the company grows, the shares of known customers and of newcomers stay the same
    sizes = list(accumulate(growth))
    curve = [[2 * size * share for share in shares] for size in sizes]
    outlook.of(curve, [newcomers] * len(curve), grown)
    labelled = sum(shares[:-1])
    for label, share in outlook.query("select label, expected_share from features.season_outlook"):
        assert share == pytest.approx(shares[int(label[1:])] / labelled, abs=CLOSE)


@made_up
@given(
    curve=lists(lists(st.integers(1, 300), 3), 16),
    other=lists(lists(st.integers(1, 300), 3), 16),
    known=st.integers(3, 15),
)
def test_nothing_is_expected_from_what_came_later(outlook, curve, other, known):
    # windows overlap the date on which they begin by three steps
    day = FIRST + (known + 3) * STEP
    said = []
    for later in (curve, other):
        outlook.of(curve[: known + 1] + later[known + 1 :], [5] * 16)
        said.append(
            outlook.query(
                "select label, expected_share, basis from features.season_outlook "
                f"where observation_date <= '{day}' order by all"
            )
        )
    assert said[0] == said[1] != []


def test_a_shop_that_had_just_opened_a_year_ago_does_not_explode(outlook):
    # of 2,000 customers nobody bought in the first window, 558 in the one after it
    opening = [0, 0.05, 0.15, 0.279, 0.2, 0.2, 0.19, 0.18, 0.18, 0.17, 0.18, 0.17, 0.17]
    outlook.of(buyers(opening, 2_000), [0] * 13)
    share, _ = outlook.expected()
    assert share <= moved(0.279, MARGIN)
    opening[3] = 0.2
    outlook.of(buyers(opening, 2_000), [0] * 13)
    share, basis = outlook.expected()
    assert basis == "year_before"
    assert share <= moved(0.2, MARGIN) < 0.22


def test_a_season_is_carried_forward_and_more_so_with_more_customers(outlook):
    # the window ahead is the one that had 0.5 a year ago, after one with 0.25 then and now
    year = [0.25, 0.3, 0.4, 0.5, 0.5, 0.4, 0.3, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25]
    found = []
    for customers in (40, 400, 4_000):
        outlook.of(buyers(year, customers), [0] * 13)
        found.append(outlook.expected()[0])
    assert 0.25 < found[0] < found[1] < found[2] < 0.5
    assert found[2] > 0.43


def test_a_shrinking_company_goes_on_shrinking(outlook):
    shares = [0.5 * 0.95**place for place in range(16)]
    outlook.of(buyers(shares, 1_000), [0] * 16)
    share, basis = outlook.expected()
    assert basis == "year_before"
    truth = 0.5 * 0.95**18
    assert abs(share - truth) < abs(outlook.forecast("latest_window") - truth)
    assert outlook.forecast("last_year") > 0.35


def test_a_year_that_was_unlike_the_next_one_is_not_repeated(outlook):
    # a jump of one year only; since then three windows have shown that nothing of it comes again
    once = [0.2, 0.2, 0.2, 0.6, 0.6, 0.6, 0.2, *[0.2] * 17]
    outlook.of(buyers(once, 1_000), [0] * len(once))
    bases = outlook.query(
        "select observation_date, basis from features.season_outlook where label = 'c1' order by 1"
    )
    assert bases[15][1] == "year_before"
    assert bases[-1][1] == "latest_window"
    assert outlook.expected()[0] == pytest.approx(0.2)


def test_newcomers_are_as_newcomers_were(outlook):
    # half of the customers of each window came in it; all of them buy, and nobody else does
    curve = [[500, 0, 0]] * 3 + [[500, 500, 0]] * 13
    outlook.of(curve, [0] * 13 + [1_000, 0, 0])
    share = outlook.forecast("year_before")
    assert outlook.forecast("latest_window") == 0.5
    assert 0.4 < share < moved(0.5, MARGIN) + CLOSE


def orders_of(buyers_of_thirds: Sequence[int], until: date) -> list[tuple[str, date]]:
    """Orders of so many customers in each third of a window before a date, the newest first."""
    return [
        (str(number), until - timedelta(30 * third + 1 + number % 30))
        for third, count in enumerate(buyers_of_thirds)
        for number in range(count)
    ]


def expect_of_young_shop(outlook, thirds, day=FIRST + 5 * STEP, later=()) -> tuple[float, str]:
    """What is expected of a shop with 200 customers whose windows had 0.4 and then 0.5 buyers."""
    orders = orders_of(thirds, day) + list(later)
    curve = buyers([0.4, 0.45, 0.5], 200)
    outlook.of(curve, [200, 0, 0], target="will_purchase", orders=orders)
    return outlook.expected("yes")


def test_a_young_shop_after_its_peak_is_not_expected_to_stay_there(outlook):
    # of 200 customers 80, 60 and then 40 bought in the thirds of the window before the date
    share, basis = expect_of_young_shop(outlook, [40, 60, 80])
    change = math.log(40.5 / 160.5) - math.log(60.5 / 140.5)
    assert basis == "recent_trend"
    assert share == pytest.approx(moved(0.5, 0.5 * change), abs=CLOSE)
    assert outlook.expected("no")[0] == pytest.approx(1 - share)
    assert outlook.forecast("latest_window", "yes") == 0.5
    assert expect_of_young_shop(outlook, [60, 60, 60])[0] == pytest.approx(0.5)


@pytest.mark.parametrize("thirds", [[0, 0, 200], [200, 0, 0], [0, 0, 0], [200, 200, 200]])
def test_a_trend_does_not_leave_what_was_seen_by_much(outlook, thirds):
    share, _ = expect_of_young_shop(outlook, thirds)
    assert moved(0.4, -0.25) - CLOSE <= share <= moved(0.5, 0.25) + CLOSE


def test_a_trend_ends_with_the_orders_and_knows_none_that_came_later(outlook):
    day = FIRST + 5 * STEP
    known = expect_of_young_shop(outlook, [40, 60, 80])
    # orders end ten days before the date: their thirds end there as well
    assert expect_of_young_shop(outlook, [40, 60, 80], day - timedelta(10)) == known
    later = [(str(number), day + timedelta(number % 50)) for number in range(200)]
    assert expect_of_young_shop(outlook, [40, 60, 80], day, later) == known


def test_where_there_is_a_year_before_the_last_days_do_not_count(outlook):
    curve = buyers([0.5] * 13, 200)
    orders = orders_of([10, 60, 80], FIRST + 15 * STEP)
    outlook.of(curve, [200] + [0] * 12, target="will_purchase", orders=orders)
    share, basis = outlook.expected("yes")
    assert basis in ("year_before", "latest_window")
    assert share == pytest.approx(0.5, abs=0.01)


def test_only_buying_has_a_trend(outlook):
    outlook.of(buyers([0.4, 0.5], 200), [200, 0], orders=orders_of([40, 60, 80], FIRST + 4 * STEP))
    assert outlook.expected()[1] == "latest_window"
