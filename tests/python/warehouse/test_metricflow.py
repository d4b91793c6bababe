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
    for metric in written.columns.drop(["day", "persona"]):
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

    def ask(self, *query: str) -> pd.DataFrame:
        answer = self.folder / "answer.csv"
        answer.unlink(missing_ok=True)
        result = subprocess.run(
            [MF, "query", *query, "--csv", answer],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
        )
        assert result.returncode == 0, result.stdout + result.stderr
        # of nothing MetricFlow writes no file
        return pd.read_csv(answer) if answer.exists() else pd.DataFrame()


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
    compared = check_same(
        metrics.ask("--saved-query", "monthly_metrics"),
        read_published(company, BY_MONTH),
        "metric_time__month",
        "customer__persona_name",
    )
    assert compared > 100
    assert check_plain_table(company) > 50
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
    check_moves(metrics.ask("--saved-query", "persona_moves"), read_published(company, MOVES))
