"""What MetricFlow answers on the published file is what SQL written by hand gives."""

import os
import shutil
import subprocess

import pandas as pd
import pytest
import yaml
from conftest import REAL_DATA, ROOT, Company
from test_monthly_metrics import read_published

MF = ROOT / ".venv-metrics" / "bin" / "mf"
MODELS = yaml.safe_load(
    (ROOT / "models" / "marts" / "metrics" / "_metrics__semantic_models.yml").read_text()
)

BY_MONTH = """
    select
        months.month_start as day,
        customers.persona_name as persona,
        months.is_complete,
        count(distinct case when months.orders > 0 then months.customer_id end) as active_customers,
        sum(months.orders) as orders,
        sum(months.revenue) as revenue,
        sum(months.sales) / nullif(sum(months.orders), 0) as average_order_value,
        avg(cast(months.is_repeat_customer as integer)) filter (months.orders > 0) as repeat_rate,
        avg(cast(months.has_ordered_next_month as integer)) as retention_rate,
        avg(cast(months.has_churned as integer)) as churn_rate,
        sum(months.satisfaction_total) / nullif(sum(months.ratings), 0) as mean_rating
    from marts.customer_months as months
    left join marts.customers as customers on months.customer_id = customers.customer_id
    group by all
"""
OF_TODAY = """
    select
        as_of_date as day,
        persona_name as persona,
        count(*) as customers,
        avg(churn_probability) as expected_churn_rate
    from marts.customers
    group by all
"""
# Each customer once in each quarter or year, churn by the last month in which they ordered.
BY_PERIOD = """
    with months as (
        select
            date_trunc('{grain}', month_start) as day,
            months.*,
            row_number() over (
                partition by customer_id, date_trunc('{grain}', month_start)
                order by has_ordered desc, month_start desc
            ) = 1 as is_last
        from marts.customer_months as months
    )
    select
        months.day,
        customers.persona_name as persona,
        months.is_{grain}_complete as is_complete,
        count(distinct months.customer_id) filter (months.has_ordered) as active_customers,
        sum(months.orders) as orders,
        sum(months.revenue) as revenue,
        sum(months.sales) / nullif(sum(months.orders), 0) as average_order_value,
        count(distinct months.customer_id) filter (months.is_repeat_customer)
        / nullif(count(distinct months.customer_id) filter (months.has_ordered), 0) as repeat_rate,
        case
            when
                count(distinct months.customer_id) filter (months.has_ordered)
                = count(*) filter (months.is_last and months.has_churned is not null)
                then avg(cast(months.has_churned as integer)) filter (months.is_last)
        end as churn_rate,
        sum(months.satisfaction_total) / nullif(sum(months.ratings), 0) as mean_rating
    from months
    left join marts.customers as customers on months.customer_id = customers.customer_id
    group by all
"""
# What is of a month alone: who came back the month after, and who moved in it.
OF_MONTHS = ("retention_rate", "moved_customers")
# As of a date: there is nothing to add up over time.
OF_DATES = ("customers", "expected_churn_rate", "persona_share")

MOVES = """
    select
        date_trunc('month', period_start) as month,
        from_persona_name,
        to_persona_name,
        sum(customer_count) as moved_customers
    from marts.persona_migrations
    where from_persona_id is distinct from to_persona_id and customer_count is not null
    group by all
"""


def check_moves(told: pd.DataFrame, written: pd.DataFrame) -> None:
    """Compare moves by month and pair of personas; of nobody there may be no row at all."""

    def count(table: pd.DataFrame) -> dict[tuple, int]:
        columns = [
            [name for name in table if name.endswith(end)]
            for end in ("month", "from_persona_name", "to_persona_name", "moved_customers")
        ]
        rows = table[[name for (name,) in columns]].astype(object)
        rows = rows.where(rows.notna(), None).itertuples(index=False)
        return {
            (pd.Timestamp(month), before, after): int(moved)
            for month, before, after, moved in rows
            if moved
        }

    assert (count(told) if len(told) else {}) == count(written)


def test_each_metric_of_the_saved_query_is_a_column_of_the_plain_table(demo):
    (query,) = (each for each in MODELS["saved_queries"] if each["name"] == "monthly_metrics")
    columns = demo.query_published(
        "select column_name from duckdb_columns() where table_name = 'monthly_metrics'"
    )
    assert set(query["query_params"]["metrics"]) < {name for (name,) in columns}


def test_each_metric_is_in_words(demo):
    for metric in MODELS["metrics"]:
        assert metric["label"] and metric["description"].endswith("."), metric["name"]


def check_plain_table(company: Company) -> int:
    """Compare marts.monthly_metrics with SQL, and return how many values were compared."""
    written = read_published(company, BY_MONTH)
    told = read_published(
        company,
        "select month_start as day, persona_name as persona, * exclude (month_start, persona_name) "
        "from marts.monthly_metrics",
    )
    both = told.merge(written, on=["day", "persona"], suffixes=("", "_written"))
    assert len(both) == len(told)
    compared = 0
    assert (both["is_complete"] == both["is_complete_written"]).all()
    for metric in written.columns.drop(["day", "persona", "is_complete"]):
        known = both[both[metric].notna()]
        apart = (known[metric].astype(float) - known[f"{metric}_written"].astype(float)).abs()
        # one to four of those who were active count as 2.5
        few = 1.5 / known["active_customers"] if metric.endswith("_rate") else 0
        assert (apart <= few + 1e-9).all(), metric
        exact = apart <= 1e-9
        assert exact.all() or metric.endswith("_rate"), metric
        compared += int(exact.sum())
    return compared


class MetricFlow:
    """Asks the metrics of a company as `make metrics` does, and leaves its folder as it is."""

    def __init__(self, company: Company, folder) -> None:
        self.folder = Company(folder).folder
        shutil.copy(company.folder / "target" / "semantic_manifest.json", folder / "target")
        self.environment = os.environ | {
            "DBT_PROFILES_DIR": str(ROOT / "profiles" / "metrics"),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
            "PERSONA_PUBLISH_DIR": str(company.published.parent),
        }

    def run(self, *query: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [MF, "query", *query],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
        )

    def ask(self, *query: str) -> pd.DataFrame:
        answer = self.folder / "answer.csv"
        answer.unlink(missing_ok=True)
        result = self.run(*query, "--csv", str(answer))
        assert result.returncode == 0, result.stdout + result.stderr
        # of nothing MetricFlow writes no file
        return pd.read_csv(answer) if answer.exists() else pd.DataFrame()


def check_order(told: pd.DataFrame, time: str, *names: str) -> None:
    """Rows are ordered by time and then by names, where a name is known."""
    known = told.dropna(subset=list(names))
    assert known.equals(known.sort_values([time, *names], kind="stable"))


def check_periods(metrics: MetricFlow, company: Company, grain: str) -> int:
    """Compare what is answered by quarter or year, and return how many values were compared."""
    written = read_published(company, BY_PERIOD.format(grain=grain))
    names = list(written.columns.drop(["day", "persona", "is_complete"]))
    # a metric that is added has to be right by quarter, to be refused there, or to be of a date
    assert {*names, *OF_MONTHS, *OF_DATES} == {each["name"] for each in MODELS["metrics"]}
    told = metrics.ask(
        *("--metrics", ",".join(names), "--group-by"),
        f"metric_time__{grain},customer_month__is_{grain}_complete,customer__persona_name",
    )
    told = told.rename(columns={f"customer_month__is_{grain}_complete": "is_complete"})
    return check_same(told, written, f"metric_time__{grain}", "customer__persona_name")


def check_same(told: pd.DataFrame, written: pd.DataFrame, time: str, persona: str) -> int:
    """Compare two tables by day and persona, and return how many values were compared."""
    told = told.rename(columns={time: "day", persona: "persona"})
    for table in (told, written):
        table["day"] = pd.to_datetime(table["day"])
        table["persona"] = table["persona"].fillna("")
    told, written = (
        table.set_index(["day", "persona"]).sort_index().astype(float) for table in (told, written)
    )
    assert set(told.columns) == set(written.columns)
    pd.testing.assert_frame_equal(told[written.columns], written, check_exact=False, rtol=1e-9)
    return int(written.notna().sum().sum())


def test_the_plain_table_is_what_sql_gives(demo):
    assert check_plain_table(demo) > 900


@pytest.mark.slow
@pytest.mark.skipif(not MF.exists(), reason="make metrics installs MetricFlow")
@pytest.mark.parametrize(
    "name",
    [
        "demo",
        # built on two days, between which customers moved
        "shop",
        pytest.param(
            "online_retail",
            marks=pytest.mark.skipif(not REAL_DATA, reason="PERSONA_REAL_DATA is not set"),
        ),
    ],
)
def test_metrics_are_what_sql_gives(name, request, tmp_path):
    company = request.getfixturevalue(name)
    if not (company.folder / "target" / "semantic_manifest.json").exists():
        company = company.copy_to(tmp_path / "company")
        company.environment["DBT_WRITE_JSON"] = "true"
        assert company.dbt("parse").returncode == 0
    metrics = MetricFlow(company, tmp_path / "asked")
    monthly = metrics.ask("--saved-query", "monthly_metrics")
    check_order(monthly, "metric_time__month", "customer__persona_name")
    compared = check_same(
        monthly.rename(columns={"customer_month__is_complete": "is_complete"}),
        read_published(company, BY_MONTH),
        "metric_time__month",
        "customer__persona_name",
    )
    assert compared > 100
    assert check_plain_table(company) > 50
    assert check_periods(metrics, company, "quarter") > 50
    assert check_periods(metrics, company, "year") > 20
    refused = metrics.run("--metrics", "retention_rate", "--group-by", "metric_time__year")
    assert refused.returncode != 0
    assert "retention_rate is of a month" in refused.stdout + refused.stderr
    compared = check_same(
        metrics.ask(
            *("--metrics", "customers,expected_churn_rate"),
            *("--group-by", "metric_time__day,customer__persona_name"),
        ),
        read_published(company, OF_TODAY),
        "metric_time__day",
        "customer__persona_name",
    )
    assert compared > 5
    shares = metrics.ask("--saved-query", "persona_shares")
    compared = check_same(
        shares[shares["metric_time__day"] == shares["metric_time__day"].max()],
        read_published(
            company,
            "select max(customers.as_of_date) as day, personas.persona_name as persona, "
            "max(personas.customer_share) as persona_share from marts.personas "
            "inner join marts.customers using (persona_id) group by all",
        ),
        "metric_time__day",
        "published_metric__subject_name",
    )
    assert compared >= 4
    # of a year, whose last date may be one of several, shares are those of that date
    yearly = metrics.ask(
        *("--metrics", "persona_share"),
        *("--group-by", "metric_time__year,published_metric__subject_name"),
    )
    assert yearly[yearly["metric_time__year"] == yearly["metric_time__year"].max()][
        "persona_share"
    ].sum() == pytest.approx(1)
    check_order(shares, "metric_time__day", "published_metric__subject_name")
    check_moves(metrics.ask("--saved-query", "persona_moves"), read_published(company, MOVES))
