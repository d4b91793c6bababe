"""What the dashboards draw is in the published file, and what Superset imports fits together."""

import json
import runpy
import statistics
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import duckdb
import pytest
import yaml

from bi.superset.bundle import (
    SPECIFICATION,
    ask_chart,
    describe_chart,
    fits_above,
    has_data,
    height_of,
    identify_chart,
    read_series,
    source_of,
    spread,
    title_of,
    write_bundle,
)
from customer_personas.report.colours import persona_colour
from customer_personas.warehouse.published_files import FILE_NAME
from customer_personas.warehouse.publishing import publish

GIVEN = yaml.safe_load(SPECIFICATION.read_text())
CHARTS = [
    (f"{name}: {chart['title']}", chart)
    for name, dashboard in GIVEN["dashboards"].items()
    for row in dashboard["rows"]
    for chart in row
]


@pytest.mark.parametrize("chart", [chart for _, chart in CHARTS], ids=[name for name, _ in CHARTS])
def test_each_chart_has_something_to_draw(demo, chart):
    with duckdb.connect(str(demo.published), read_only=True) as connection:
        assert has_data(chart, connection.execute(ask_chart(chart, GIVEN["datasets"])).fetchall())


@pytest.fixture(scope="module")
def bundle(demo, tmp_path_factory) -> dict[str, dict]:
    """The files that Superset imports, by their path."""
    path = tmp_path_factory.mktemp("bundle") / "dashboards.zip"
    write_bundle(demo.published, path)
    with zipfile.ZipFile(path) as archive:
        return {
            str(Path(name).relative_to("personas")): yaml.safe_load(archive.read(name))
            for name in archive.namelist()
        }


def of_kind(bundle: dict[str, dict], kind: str) -> list[dict]:
    return [content for path, content in bundle.items() if path.startswith(f"{kind}/")]


def test_what_refers_to_something_finds_it(bundle):
    datasets = {each["uuid"] for each in of_kind(bundle, "datasets")}
    charts = {each["uuid"] for each in of_kind(bundle, "charts")}
    assert len(charts) == len(CHARTS)
    assert {each["dataset_uuid"] for each in of_kind(bundle, "charts")} == datasets
    dashboards = of_kind(bundle, "dashboards")
    assert len(dashboards) == 4
    drawn = [
        part["meta"]["uuid"]
        for dashboard in dashboards
        for key, part in dashboard["position"].items()
        if key.startswith("CHART-")
    ]
    assert sorted(drawn) == sorted(charts)
    for dashboard in dashboards:
        for each in dashboard["metadata"]["native_filter_configuration"]:
            assert each["targets"][0]["datasetUuid"] in datasets


def test_the_file_is_opened_read_only_and_nothing_is_written(bundle, demo):
    (database,) = of_kind(bundle, "databases")
    assert database["sqlalchemy_uri"] == f"duckdb:///{demo.published}?access_mode=read_only"
    assert not any(value for name, value in database.items() if name.startswith("allow_"))


def test_personas_have_the_colours_of_the_report(bundle, demo):
    personas = demo.query_published("select persona_id, persona_name from marts.personas")
    for dashboard in of_kind(bundle, "dashboards"):
        assert dashboard["metadata"]["label_colors"] == {
            name: persona_colour(persona_id) for persona_id, name in personas
        }


def test_columns_are_in_words_and_numbers_have_a_format(bundle):
    for dataset in of_kind(bundle, "datasets"):
        assert dataset["columns"] and dataset["metrics"], dataset["table_name"]
        assert all(
            column["verbose_name"] and column["description"] for column in dataset["columns"]
        )
        assert all(metric["verbose_name"] and metric["d3format"] for metric in dataset["metrics"])


def test_a_filter_acts_on_a_chart_of_its_page_at_least(bundle):
    columns = {
        each["uuid"]: {column["column_name"] for column in each["columns"]}
        for each in of_kind(bundle, "datasets")
    }
    charts = {each["uuid"]: columns[each["dataset_uuid"]] for each in of_kind(bundle, "charts")}
    for dashboard in of_kind(bundle, "dashboards"):
        drawn = [
            charts[part["meta"]["uuid"]]
            for key, part in dashboard["position"].items()
            if key.startswith("CHART-")
        ]
        for each in dashboard["metadata"]["native_filter_configuration"]:
            assert any(each["targets"][0]["column"]["name"] in known for known in drawn), each


def test_a_chart_says_which_filters_by_customers_do_not_act_on_it(bundle):
    datasets = {each["uuid"]: each for each in of_kind(bundle, "datasets")}
    charts = {each["uuid"]: each for each in of_kind(bundle, "charts")}
    said = 0
    for dashboard in of_kind(bundle, "dashboards"):
        chosen = [
            (each["name"], each["targets"][0]["column"]["name"])
            for each in dashboard["metadata"]["native_filter_configuration"]
        ]
        drawn = [
            (charts[part["meta"]["uuid"]], part["meta"]["sliceName"])
            for key, part in dashboard["position"].items()
            if key.startswith("CHART-")
        ]
        for chart, title in drawn:
            assert title == chart["slice_name"]
            columns = {each["column_name"] for each in datasets[chart["dataset_uuid"]]["columns"]}
            by_customers = [name for name, column in chosen if column != "published_for"]
            passed_by = {name for name, column in chosen if column not in columns} & {*by_customers}
            _, _, scope = title.partition(" (not by ")
            told = {name for name in by_customers if name in scope}
            is_whole = bool(by_customers) and title.endswith(" (whole company)")
            assert passed_by == ({*by_customers} if is_whole else told), title
            said += bool(passed_by)
    assert said > 3


def test_titles_name_filters_that_do_not_act():
    filters = [GIVEN["filters"][each] for each in ("persona", "region", "published")]
    chart = {"title": "Churn"}
    assert title_of(chart, filters, {"persona_name", "region"}) == "Churn"
    assert title_of(chart, filters, {"persona_name"}) == "Churn (not by Region)"
    assert title_of(chart, filters, {"published_for"}) == "Churn (whole company)"
    assert title_of(chart, filters[2:], set()) == "Churn"


def test_nothing_is_no_choice_of_a_filter(bundle):
    for dashboard in of_kind(bundle, "dashboards"):
        for each in dashboard["metadata"]["native_filter_configuration"]:
            (condition,) = each["adhoc_filters"]
            column = each["targets"][0]["column"]["name"]
            assert condition["sqlExpression"] == f"{column} is not null"


def test_each_chart_can_be_asked_for_by_the_interface_of_superset(bundle):
    datasets = {each["uuid"]: each for each in of_kind(bundle, "datasets")}
    for chart in of_kind(bundle, "charts"):
        dataset = datasets[chart["dataset_uuid"]]
        columns = {each["column_name"] for each in dataset["columns"]}
        metrics = {each["metric_name"] for each in dataset["metrics"]}
        (query,) = json.loads(chart["query_context"])["queries"]
        asked = [each["label"] if isinstance(each, dict) else each for each in query["columns"]]
        assert {*asked} <= columns and {*query.get("metrics", [])} <= metrics
        assert asked or query["metrics"], chart["slice_name"]


def ask(demo, title: str, where: str = "true") -> list[tuple]:
    """What a chart shows, of the rows of its dataset for which a condition holds."""
    (chart,) = [each for _, each in CHARTS if each["title"] == title]
    source = source_of(chart["dataset"], GIVEN["datasets"][chart["dataset"]])
    datasets = GIVEN["datasets"] | {
        chart["dataset"]: GIVEN["datasets"][chart["dataset"]]
        | {"sql": f"select * from {source} where {where}"}
    }
    return demo.query_published(ask_chart(chart, datasets))


def test_spend_has_one_definition_on_a_page_and_titles_say_it(demo):
    for dataset in GIVEN["datasets"].values():
        for _, expression, _ in dataset["metrics"].values():
            assert "sum(spend_365d)" not in expression and "sum(revenue)" not in expression
    for _, chart in CHARTS:
        assert not {"revenue", "spend_365d", "monetary_value"} & {*chart.get("columns", [])}
        words = GIVEN["datasets"][chart["dataset"]]["metrics"]
        if "metric" in chart and "bounded" in words[chart["metric"]][0]:
            assert "bounded" in f"{chart['title']} {chart.get('below', '')}".lower()
    shares = dict(demo.query_published("select persona_name, revenue_share from marts.personas"))
    rows = ask(demo, "Personas in figures")
    assert {name: share for name, _, _, _, _, share, *_ in rows} == pytest.approx(shares)
    # bars, table and headline are of the same spend
    spend = {name: spend for name, _, _, _, spend, *_ in rows}
    assert dict(ask(demo, "Spend in 365 days by persona, giant orders bounded")) == spend
    ((total,),) = ask(demo, "Spend in 365 days")
    assert total == sum(spend.values())


def test_one_giant_order_does_not_hide_all_other_months(demo):
    ((largest, usual),) = demo.query_published(
        "select max(revenue), median(revenue) from marts.customer_months where revenue > 0"
    )
    assert largest > 1000 * usual
    months = [float(row[-1]) for row in ask(demo, "Revenue by month, giant orders bounded")]
    assert max(months) < 10 * statistics.median(months)


def test_cohorts_are_those_of_the_mart_without_gaps(demo):
    told = demo.query_published(
        "select months_since, strftime(cohort_month, '%Y-%m'), retention_rate, is_withheld "
        "from marts.cohort_retention where is_complete and months_since > 0"
    )
    (title,) = [each["title"] for _, each in CHARTS if each.get("metric") == "retention_rate"]
    drawn = {(since, cohort): rate for since, cohort, rate in ask(demo, title)}
    assert drawn.keys() == {(since, cohort) for since, cohort, *_ in told}
    compared = [
        (drawn[since, cohort], rate)
        for since, cohort, rate, is_withheld in told
        if not is_withheld and rate is not None
    ]
    assert len(compared) > 100
    assert all(shown == pytest.approx(rate) for shown, rate in compared)
    assert all(rate is not None for rate in drawn.values())


def test_charts_of_personas_have_something_to_draw_of_each_alone(demo):
    personas = [name for (name,) in demo.query_published("select persona_name from marts.personas")]
    with duckdb.connect(str(demo.published), read_only=True) as connection:
        for name in personas:
            for _, chart in CHARTS:
                dataset = GIVEN["datasets"][chart["dataset"]]
                source = source_of(chart["dataset"], dataset)
                columns = {
                    row[0] for row in connection.execute(f"describe from {source}").fetchall()
                }
                if "persona_name" in columns:
                    rows = ask(demo, chart["title"], f"persona_name = '{name}'")
                    assert has_data(chart, rows), (name, chart["title"])


def test_legends_that_do_not_fit_above_a_chart_stand_beside_it_and_have_room():
    long = [letter * 60 for letter in "abcdefghijkl"]
    chart = {"chart": "bar", "dataset": "t", "metric": "count", "x": "x", "by": "y", "width": 12}
    chart |= {"title": "Any"}
    datasets = {"t": {"schema": "marts", "metrics": {"count": ["Count", "count(*)", ",d"]}}}
    for names, orientation in ([], "top"), (["high", "low"], "top"), (long, "right"):
        params = describe_chart(chart, datasets, names)["params"]
        assert params["legendOrientation"] == orientation
        assert params["legendType"] == "plain"
    # Superset cuts names after a width of its own, unless it is told one
    params = describe_chart(chart, datasets, long)["params"]
    assert params["legendMargin"] >= 60 * 6
    longer = describe_chart(chart, datasets, ["x" * 100] * 6)["params"]
    assert 100 * 7 <= longer["legendMargin"] < 12 * 82
    assert height_of(chart, ["high", "low"]) == height_of(chart, []) == 50
    # of 8 pixels; Superset takes 34 for a name, and its own title and margins
    assert height_of(chart, long) * 8 >= 12 * 34 + 100
    assert not fits_above(long[:2], width=6) and fits_above(long[:2], width=12)
    # there are orders of these that need three lines
    assert not fits_above(["a" * length for length in (41, 42, 31, 32, 41, 30)], width=12)


def test_bars_have_room_beside_long_names():
    row = [{"dataset": "t", "title": title, "width": 6} for title in ("one", "two")]
    short = {identify_chart(chart): ["Champions", "Lost"] for chart in row}
    none = {identify_chart(chart): [] for chart in row}
    assert spread(row, short, none) == [row]
    long = {identify_chart(chart): ["x" * 60] * 6 for chart in row}
    for labels, legends in (long, none), (none, long):
        apart = spread(row, labels, legends)
        assert [[chart["width"] for chart in charts] for charts in apart] == [[12], [12]]


def test_a_legend_tells_the_series_of_its_chart(demo):
    (chart,) = [each for _, each in CHARTS if each["title"] == "Active customers by month"]
    with duckdb.connect(str(demo.published), read_only=True) as connection:
        personas = connection.execute("select persona_name from marts.personas").fetchall()
        names = read_series(connection, chart, GIVEN["datasets"])
        assert sorted(names) == sorted(name for (name,) in personas)
        assert read_series(connection, {"chart": "table"}, GIVEN["datasets"]) == []


def test_pages_may_ask_no_host_but_their_own(tmp_path, monkeypatch):
    monkeypatch.setenv("SUPERSET_HOME", str(tmp_path))
    settings = runpy.run_path(str(SPECIFICATION.with_name("superset_config.py")))
    assert settings["TALISMAN_ENABLED"]
    policy = settings["TALISMAN_CONFIG"]["content_security_policy"]
    assert policy["default-src"] == ["'self'"]
    for sources in policy.values():
        assert all(source.startswith("'") or source in ("blob:", "data:") for source in sources)


def test_what_has_nothing_to_draw_says_what_would_fill_it(demo, tmp_path):
    # the demo as if no order line had come: the tables are there, without a row or a value
    poor = tmp_path / "poor.duckdb"
    with duckdb.connect(str(poor)) as connection:
        connection.execute(f"attach '{demo.published}' as given (read_only)")
        connection.execute("copy from database given to poor")
        connection.execute("delete from marts.customer_months")
        connection.execute("update marts.customers set spend_365d = null, region = null")
        connection.execute(
            "update monitoring.metric_history set metric_value = 0 "
            "where metric = 'churn_band_customers'"
        )
    write_bundle(poor, tmp_path / "poor.zip")
    with zipfile.ZipFile(tmp_path / "poor.zip") as archive:
        files = {name: yaml.safe_load(archive.read(name)) for name in archive.namelist()}
    drawn = {each["slice_name"] for name, each in files.items() if "/charts/" in name}
    assert "Revenue by month, giant orders bounded" not in drawn
    assert "Spend in 365 days" not in drawn
    assert "Customers by persona" in drawn
    # bars of no length are nothing to look at
    assert not any(title.startswith("Customers by churn band") for title in drawn)
    dashboards = {name: each for name, each in files.items() if "/dashboards/" in name}
    notes = [
        part["meta"]["code"]
        for dashboard in dashboards.values()
        for part in dashboard["position"].values()
        if isinstance(part, dict) and part["type"] == "MARKDOWN"
    ]
    assert "#### Revenue by month, giant orders bounded\n\nOrder lines fill this." in notes
    assert len(notes) + len(drawn) == len(CHARTS)
    for dashboard in dashboards.values():
        chosen = dashboard["metadata"]["native_filter_configuration"]
        assert "Region" not in {each["name"] for each in chosen}


def test_every_chart_says_what_would_fill_it():
    assert all(chart["without"].endswith(".") for _, chart in CHARTS)


def publish_again(published: Path, folder: Path) -> None:
    """Publish the tables of a published file as the next version of a folder."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{published}' as given (read_only)")
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() "
            "where database_name = 'given' and table_name <> 'publications'"
        ).fetchall()
        publish(
            connection.cursor(),
            folder,
            {each: f"from given.{'.'.join(each)}" for each in tables},
            feature_descriptions={},
            facts={"as_of_date": "2026-01-01", "source_systems": "demo", "models": []},
            # the default: with fewer, a version could go between finding its file and opening it
            keep=3,
        )


def test_charts_go_on_being_answered_while_versions_are_published(demo, tmp_path):
    # as Superset asks: several threads of one process, a connection for each query
    publish_again(demo.published, tmp_path)
    questions = [ask_chart(chart, GIVEN["datasets"]) for _, chart in CHARTS]
    stop = Event()

    def read_until_stopped() -> tuple[int, set[int]]:
        answers, versions = 0, set()
        while not stop.is_set() or not answers:
            for each in questions:
                with duckdb.connect(str(tmp_path / FILE_NAME), read_only=True) as connection:
                    assert connection.execute(each).fetchall()
                    versions |= set(
                        connection.execute(
                            "select max(version) from monitoring.publications"
                        ).fetchall()
                    )
                answers += 1
        return answers, {version for (version,) in versions}

    with (
        duckdb.connect(str(tmp_path / "current" / FILE_NAME), read_only=True) as held,
        ThreadPoolExecutor(3) as readers,
    ):
        reading = [readers.submit(read_until_stopped) for _ in range(3)]
        try:
            for _ in range(3):
                publish_again(demo.published, tmp_path)
        finally:
            stop.set()
        told = [each.result() for each in reading]
        assert held.execute("select max(version) from monitoring.publications").fetchall() == [(1,)]
    assert all(answers >= len(questions) for answers, _ in told)
    with duckdb.connect(str(tmp_path / FILE_NAME), read_only=True) as connection:
        query = "select max(version) from monitoring.publications"
        assert connection.execute(query).fetchall() == [(4,)]
    assert all(max(versions) > 1 for _, versions in told), told
