"""What the dashboards draw is in the published file, and what Superset imports fits together."""

import zipfile
from pathlib import Path

import pytest
import yaml
from conftest import Company

from bi.superset.bundle import SPECIFICATION, write_bundle
from customer_personas.report.colours import persona_colour

GIVEN = yaml.safe_load(SPECIFICATION.read_text())
CHARTS = [
    (f"{name}: {chart['title']}", chart)
    for name, dashboard in GIVEN["dashboards"].items()
    for row in dashboard["rows"]
    for chart in row
]


def ask(company: Company, chart: dict) -> list[tuple]:
    """Ask what Superset asks for a chart."""
    dataset = GIVEN["datasets"][chart["dataset"]]
    computed = dataset.get("computed", {})
    columns = chart.get("columns") or [
        computed.get(name, name) for name in (chart.get("x"), chart.get("by")) if name
    ]
    metrics = [dataset["metrics"][chart["metric"]][1]] if "metric" in chart else []
    return company.query_published(
        f"select {', '.join(columns + metrics)} from {dataset['schema']}.{chart['dataset']} "
        f"where {chart.get('where', 'true')} {'group by all' if metrics else ''}"
    )


@pytest.mark.parametrize("chart", [chart for _, chart in CHARTS], ids=[name for name, _ in CHARTS])
def test_each_chart_has_something_to_draw(demo, chart):
    rows = ask(demo, chart)
    assert any(row[-1] is not None for row in rows)


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
