"""Makes what Superset imports of ``dashboards.yml``: a zip of its own YAML files.

Ids are derived from names, so that importing again replaces what was imported before. Colours of
personas are those of the report.
"""

import argparse
import json
import sys
import uuid
import zipfile
from pathlib import Path
from typing import Any

import duckdb
import yaml

from customer_personas.report.colours import persona_colour
from customer_personas.warehouse.databases import connect, publish_folder
from customer_personas.warehouse.published_files import FILE_NAME

SPECIFICATION = Path(__file__).with_name("dashboards.yml")
DATABASE = "customer_personas"
_NAMES = uuid.UUID("6f3b8f0e-6a55-5b0e-9d0c-0d8f2d0a7c11")
# Pixels: a column of the grid on a common screen, what a name takes in a legend above a chart, and
# in one beside it.
_COLUMN, _LEGEND_SIGN, _LEGEND_LETTER, _LEGEND_LINE = 82, 43, 7, 34
# Rows of the grid (of 8 pixels) that a chart takes, unless it says otherwise.
_HEIGHT = {"big_number": 24, "heatmap": 60}
# The same for the note in the place of a chart that has nothing to draw.
_NOTE_HEIGHT = 18
_VIZ_TYPES = {
    "big_number": "big_number_total",
    "bar": "echarts_timeseries_bar",
    "line": "echarts_timeseries_line",
    "heatmap": "heatmap_v2",
    "table": "table",
}


def identify(*names: str) -> str:
    """Derive an id from names, the same in every import.

    Parameters
    ----------
    *names : str
        What it is of, such as the kind and the name of a thing.

    Returns
    -------
    str
        A UUID.
    """
    return str(uuid.uuid5(_NAMES, "/".join(names)))


def identify_chart(chart: dict[str, Any]) -> str:
    """Derive the id of a chart.

    Parameters
    ----------
    chart : dict
        What ``dashboards.yml`` says of it.

    Returns
    -------
    str
        A UUID.
    """
    return identify("chart", chart["dataset"], chart["title"])


def in_words(name: str) -> str:
    """Write the name of a column as people say it.

    Parameters
    ----------
    name : str
        Such as ``persona_name``.

    Returns
    -------
    str
        Such as ``Persona``.
    """
    return name.removesuffix("_name").replace("_", " ").capitalize()


def describe_database(address: str) -> dict[str, Any]:
    """Describe the published file to Superset.

    Parameters
    ----------
    address : str
        SQLAlchemy address of the file, read-only.

    Returns
    -------
    dict
        As Superset exports a database.
    """
    return {
        "database_name": DATABASE,
        "sqlalchemy_uri": address,
        "expose_in_sqllab": True,
        "allow_run_async": False,
        "allow_ctas": False,
        "allow_cvas": False,
        "allow_dml": False,
        "allow_file_upload": False,
        "extra": {"allows_virtual_table_explore": True},
        "uuid": identify("database"),
        "version": "1.0.0",
    }


def describe_dataset(
    name: str, dataset: dict[str, Any], columns: list[tuple[str, str, str | None]]
) -> dict[str, Any]:
    """Describe a table or a query to Superset.

    Parameters
    ----------
    name : str
        The table, or what the query is called.
    dataset : dict
        What ``dashboards.yml`` says of it.
    columns : list of tuple
        Name, type and description of its columns; what only a query has is not described.

    Returns
    -------
    dict
        As Superset exports a dataset.
    """
    computed = dataset.get("computed", {})
    return {
        "table_name": name,
        "main_dttm_col": dataset.get("time"),
        "schema": dataset.get("schema", "marts"),
        "sql": dataset.get("sql"),
        "filter_select_enabled": True,
        "uuid": identify("dataset", name),
        "database_uuid": identify("database"),
        "version": "1.0.0",
        "metrics": [
            {"metric_name": metric, "verbose_name": words, "expression": sql, "d3format": form}
            for metric, (words, sql, form) in dataset["metrics"].items()
        ],
        "columns": [
            {
                "column_name": column,
                "verbose_name": in_words(column),
                "type": kind,
                "is_dttm": kind.startswith(("DATE", "TIMESTAMP")),
                "groupby": True,
                "filterable": True,
                "description": description or in_words(column),
                "expression": computed.get(column),
            }
            for column, kind, description in [
                *columns,
                *((name, "VARCHAR", f"{in_words(name)}: {sql}") for name, sql in computed.items()),
            ]
        ],
    }


def source_of(name: str, dataset: dict[str, Any]) -> str:
    """Write what a dataset is read from, as it stands behind ``from``.

    Parameters
    ----------
    name : str
        Its name.
    dataset : dict
        What ``dashboards.yml`` says of it.

    Returns
    -------
    str
        A table, or a query in brackets.
    """
    return f"({dataset['sql']})" if "sql" in dataset else f"{dataset['schema']}.{name}"


def read_columns(
    connection: duckdb.DuckDBPyConnection, name: str, dataset: dict[str, Any]
) -> list[tuple[str, str, str | None]]:
    """Read name, type and description of the columns of a dataset.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        The published file.
    name : str
        The dataset.
    dataset : dict
        What ``dashboards.yml`` says of it.

    Returns
    -------
    list of tuple
        In the order of the table or the query.
    """
    # a query is called as the table that it adds to
    comments = dict(
        connection.execute(
            "select column_name, comment from duckdb_columns() "
            "where schema_name = ? and table_name = ?",
            [dataset.get("schema", "marts"), name],
        ).fetchall()
    )
    described = connection.execute(f"describe from {source_of(name, dataset)}").fetchall()
    return [(column, kind, comments.get(column)) for column, kind, *_ in described]


def name_columns(chart: dict[str, Any]) -> list[str]:
    """Name the columns that a chart asks for: those of a table, or the axes of a picture."""
    return chart.get("columns") or [chart[axis] for axis in ("x", "by") if axis in chart]


def name_metrics(chart: dict[str, Any]) -> list[str]:
    """Name the metrics that a chart asks for; none where a table shows rows as they are."""
    return chart.get("metrics") or ([chart["metric"]] if "metric" in chart else [])


def ask_chart(chart: dict[str, Any], datasets: dict[str, Any]) -> str:
    """Write what Superset asks for a chart.

    Parameters
    ----------
    chart : dict
        What ``dashboards.yml`` says of it.
    datasets : dict
        The datasets of ``dashboards.yml``.

    Returns
    -------
    str
        A query: its columns, and then its metrics.
    """
    dataset = datasets[chart["dataset"]]
    computed = dataset.get("computed", {})
    columns = [computed.get(name, name) for name in name_columns(chart)]
    metrics = [dataset["metrics"][metric][1] for metric in name_metrics(chart)]
    return (
        f"select {', '.join(columns + metrics)} from {source_of(chart['dataset'], dataset)} "
        f"where {chart.get('where', 'true')} {'group by all' if metrics else ''}"
    )


def has_data(chart: dict[str, Any], rows: list[tuple[Any, ...]]) -> bool:
    """Say whether a chart has something to draw.

    Parameters
    ----------
    chart : dict
        What ``dashboards.yml`` says of the chart.
    rows : list of tuple
        What the query of `ask_chart` gave.

    Returns
    -------
    bool
        Whether a row of a table, a number, or a value of a picture that is not zero is there.
    """
    match chart["chart"]:
        case "table":
            # it may say in words that there is nothing to count
            return any(row[0] is not None for row in rows)
        case "big_number":
            return any(row[-1] is not None for row in rows)
        case _:
            # bars of no length are an empty frame
            return any(row[-1] for row in rows)


def has_values(
    connection: duckdb.DuckDBPyConnection, each: dict[str, Any], datasets: dict[str, Any]
) -> bool:
    """Say whether there is something to choose in a filter.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        The published file.
    each : dict
        What ``dashboards.yml`` says of the filter.
    datasets : dict
        The datasets of ``dashboards.yml``.

    Returns
    -------
    bool
        Whether any row of its column holds a value.
    """
    dataset = datasets[each["dataset"]]
    column = dataset.get("computed", {}).get(each["column"], each["column"])
    ((count,),) = connection.execute(
        f"select count({column}) from {source_of(each['dataset'], dataset)}"
    ).fetchall()
    return count > 0


def read_series(
    connection: duckdb.DuckDBPyConnection, chart: dict[str, Any], datasets: dict[str, Any]
) -> list[str]:
    """Read the names that the legend of a chart tells.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        The published file.
    chart : dict
        What ``dashboards.yml`` says of the chart.
    datasets : dict
        The datasets of ``dashboards.yml``.

    Returns
    -------
    list of str
        In their order; none where a chart has no legend.
    """
    if chart["chart"] not in ("bar", "line") or "by" not in chart:
        return []
    dataset = datasets[chart["dataset"]]
    by = dataset.get("computed", {}).get(chart["by"], chart["by"])
    names = connection.execute(
        f"select distinct cast({by} as varchar) as name "
        f"from {source_of(chart['dataset'], dataset)} where {chart.get('where', 'true')} "
        "order by name"
    ).fetchall()
    return [name for (name,) in names if name]


def fits_above(names: list[str], width: int) -> bool:
    """Say whether a legend takes two lines above its chart at most.

    Superset has more leafed through, which hides whom a colour stands for.

    Parameters
    ----------
    names : list of str
        What the legend tells.
    width : int
        Columns of the grid that the chart takes.

    Returns
    -------
    bool
        Whether it does.
    """
    # buttons that choose all or none come after the names
    needed = [*(_LEGEND_SIGN + _LEGEND_LETTER * len(name) for name in names), 112]
    room = _COLUMN * width
    # whatever order Superset has them in: less than one name stays empty in the first line
    return sum(needed) <= room or sum(needed) + max(needed) <= 2 * room


def list_charts(dashboards: dict[str, Any]) -> list[dict[str, Any]]:
    """List the charts of all dashboards."""
    return [
        chart for dashboard in dashboards.values() for row in dashboard["rows"] for chart in row
    ]


def spread(
    charts: list[dict[str, Any]], labels: dict[str, list[str]], legends: dict[str, list[str]]
) -> list[list[dict[str, Any]]]:
    """Give charts a row each where names beside a picture would leave it no room.

    Parameters
    ----------
    charts : list of dict
        Charts of one row.
    labels : dict
        What stands beside the bars of each chart, by the chart's id.
    legends : dict
        What the legend of each chart tells, by the chart's id.

    Returns
    -------
    list of list of dict
        The row as it is, or a row of full width per chart.
    """
    for chart in charts:
        chart_id = identify_chart(chart)
        is_above = fits_above(legends[chart_id], chart["width"])
        beside = labels[chart_id] + ([] if is_above else legends[chart_id])
        longest = max(map(len, beside), default=0)
        if _LEGEND_LETTER * longest > _COLUMN * chart["width"] // 2:
            return [[each | {"width": 12}] for each in charts]
    return [charts]


def list_labels(chart: dict[str, Any], rows: list[tuple[Any, ...]]) -> list[str]:
    """List what stands beside the bars of a chart.

    Parameters
    ----------
    chart : dict
        What ``dashboards.yml`` says of the chart.
    rows : list of tuple
        What the query of `ask_chart` gave.

    Returns
    -------
    list of str
        None where it has no bars.
    """
    return [str(row[0]) for row in rows] if chart["chart"] == "bar" else []


def height_of(chart: dict[str, Any], names: list[str]) -> int:
    """Tell how many rows of the grid a chart takes.

    Parameters
    ----------
    chart : dict
        What ``dashboards.yml`` says of it.
    names : list of str
        What its legend tells.

    Returns
    -------
    int
        As many as a legend beside it needs, at least.
    """
    height = chart.get("height", _HEIGHT.get(chart["chart"], 50))
    if fits_above(names, chart["width"]):
        return height
    return max(height, (_LEGEND_LINE * len(names) + 150) // 8)


def title_of(chart: dict[str, Any], filters: list[dict[str, Any]], columns: set[str]) -> str:
    """Write the title of a chart, and of whom it is where a filter by customers does not act.

    Parameters
    ----------
    chart : dict
        What ``dashboards.yml`` says of it.
    filters : list of dict
        The filters of its page.
    columns : set of str
        The columns of its dataset.

    Returns
    -------
    str
        Such as ``Churn by date (whole company)``.
    """
    # that a chart is of a date of publication its title says by itself
    by_customers = [each for each in filters if each["column"] != "published_for"]
    passed_by = [each["name"] for each in by_customers if each["column"] not in columns]
    if not passed_by:
        return str(chart["title"])
    if len(passed_by) == len(by_customers):
        return f"{chart['title']} (whole company)"
    return f"{chart['title']} (not by {' and '.join(passed_by)})"


def ask_through_api(
    chart: dict[str, Any], dataset: dict[str, Any], params: dict[str, Any]
) -> dict[str, Any]:
    """Write what Superset's own interface (``/api/v1/chart/<id>/data/``) asks for a chart.

    Parameters
    ----------
    chart : dict
        What ``dashboards.yml`` says of it.
    dataset : dict
        What ``dashboards.yml`` says of its dataset.
    params : dict
        How the chart is drawn.

    Returns
    -------
    dict
        A query context; Superset puts the number of the dataset in.
    """
    columns: list[Any] = list(name_columns(chart))
    if "time_grain_sqla" in params:
        axis = {"label": chart["x"], "sqlExpression": chart["x"], "expressionType": "SQL"}
        columns[0] = axis | {"columnType": "BASE_AXIS", "timeGrain": params["time_grain_sqla"]}
    query = {
        "columns": columns,
        "extras": {"where": f"({chart['where']})"} if "where" in chart else {},
        "orderby": [[column, order == "asc"] for column, order in chart.get("order", {}).items()],
        "row_limit": params["row_limit"],
    }
    # without metrics rows are shown as they are
    if metrics := name_metrics(chart):
        query["metrics"] = metrics
    return {
        "datasource": {"id": 0, "type": "table"},
        "force": False,
        "queries": [query],
        "form_data": params,
        "result_format": "json",
        "result_type": "full",
    }


def describe_chart(
    chart: dict[str, Any], datasets: dict[str, Any], names: list[str]
) -> dict[str, Any]:
    """Describe a chart to Superset.

    Parameters
    ----------
    chart : dict
        What ``dashboards.yml`` says of it.
    datasets : dict
        The datasets of ``dashboards.yml``.
    names : list of str
        What its legend tells.

    Returns
    -------
    dict
        As Superset exports a chart.
    """
    kind, metric, by = chart["chart"], chart.get("metric"), chart.get("by")
    form = datasets[chart["dataset"]]["metrics"][metric][2] if metric else None
    params: dict[str, Any] = {"viz_type": _VIZ_TYPES[kind], "row_limit": 10_000}
    if chart.get("where"):
        params["adhoc_filters"] = [
            {"clause": "WHERE", "expressionType": "SQL", "sqlExpression": chart["where"]}
        ]
    match kind:
        case "big_number":
            params |= {"metric": metric, "y_axis_format": form, "header_font_size": 0.4}
            params |= {"subtitle": chart.get("below", ""), "subtitle_font_size": 0.15}
        case "bar" | "line":
            params |= {"x_axis": chart["x"], "metrics": [metric], "groupby": [by] if by else []}
            params |= {"y_axis_format": form, "show_legend": bool(by), "rich_tooltip": True}
            params |= {"truncateYAxis": False, "legendType": "plain"}
            is_beside = not fits_above(names, chart["width"])
            params |= {"legendOrientation": "right" if is_beside else "top"}
            if is_beside:
                # without a width names are cut after seventeen letters
                needed = _LEGEND_SIGN + _LEGEND_LETTER * max(map(len, names))
                params |= {"legendMargin": min(needed, _COLUMN * chart["width"] * 3 // 4)}
            params |= {"xAxisLabelInterval": "auto" if kind == "line" else "0"}
            if chart["x"] == datasets[chart["dataset"]].get("time"):
                params |= {"time_grain_sqla": "P1M" if kind == "line" else "P1D"}
                params |= {"x_axis_time_format": "%Y-%m" if kind == "line" else "%Y-%m-%d"}
            elif kind == "bar" and chart["x"] != "published_for":
                # names are long, and stand beside their bars
                params |= {"orientation": "horizontal"}
                params |= {"x_axis_sort": metric, "x_axis_sort_asc": True}
                params |= {"color_by_primary_axis": chart["x"] == "persona_name"}
            if chart.get("stacked"):
                params |= {"stack": "Stack"}
            if "most" in chart:
                params |= {"truncateYAxis": True, "y_axis_bounds": [0, chart["most"]]}
        case "heatmap":
            params |= {"metric": metric, "x_axis": chart["x"], "groupby": by}
            params |= {"y_axis_format": form, "linear_color_scheme": "schemeBlues"}
            params |= {"normalize_across": "heatmap", "show_values": True, "show_legend": True}
            # the first cohort on top
            params |= {"sort_x_axis": "alpha_asc", "sort_y_axis": "alpha_desc"}
            params |= {"xscale_interval": 1, "yscale_interval": 1, "left_margin": 75}
        case "table":
            metrics = name_metrics(chart)
            if metrics:
                params |= {"query_mode": "aggregate", "groupby": chart["columns"]}
                params |= {"metrics": metrics, "order_desc": True}
            else:
                params |= {"query_mode": "raw", "all_columns": chart["columns"]}
            params |= {"table_timestamp_format": "%Y-%m-%d", "show_cell_bars": False}
            # with as many rows to a page as there are, nothing stands above the table
            params |= {"page_length": 0}
            params |= {
                "order_by_cols": [
                    json.dumps([column, order == "asc"])
                    for column, order in chart.get("order", {}).items()
                ],
                # metrics have a format of their own
                "column_config": {
                    each: {"d3NumberFormat": chart.get("formats", {}).get(each, ",.3~f")}
                    for each in chart["columns"]
                },
            }
    dataset = datasets[chart["dataset"]]
    return {
        "slice_name": chart["title"],
        "viz_type": params["viz_type"],
        "params": params,
        "query_context": json.dumps(ask_through_api(chart, dataset, params)),
        "uuid": identify_chart(chart),
        "dataset_uuid": identify("dataset", chart["dataset"]),
        "version": "1.0.0",
    }


def describe_dashboard(
    name: str,
    dashboard: dict[str, Any],
    filters: dict[str, Any],
    colours: dict[str, str],
    legends: dict[str, list[str]],
    empty: set[str],
) -> dict[str, Any]:
    """Describe a dashboard to Superset.

    Parameters
    ----------
    name : str
        Its name in addresses.
    dashboard : dict
        What ``dashboards.yml`` says of it.
    filters : dict
        The filters of ``dashboards.yml``.
    colours : dict
        The colour of each persona's name.
    legends : dict
        What the legend of each chart tells, by the chart's id.
    empty : set of str
        Ids of charts that have nothing to draw: in their place stands what would fill them.

    Returns
    -------
    dict
        As Superset exports a dashboard.
    """
    position: dict[str, Any] = {
        "DASHBOARD_VERSION_KEY": "v2",
        "ROOT_ID": {"type": "ROOT", "id": "ROOT_ID", "children": ["GRID_ID"]},
        "GRID_ID": {"type": "GRID", "id": "GRID_ID", "children": [], "parents": ["ROOT_ID"]},
        "HEADER_ID": {"type": "HEADER", "id": "HEADER_ID", "meta": {"text": dashboard["title"]}},
    }
    for number, charts in enumerate(dashboard["rows"], 1):
        row = f"ROW-{number}"
        position["GRID_ID"]["children"].append(row)
        position[row] = {
            "type": "ROW",
            "id": row,
            "children": [f"CHART-{number}-{place}" for place in range(len(charts))],
            "parents": ["ROOT_ID", "GRID_ID"],
            "meta": {"background": "BACKGROUND_TRANSPARENT"},
        }
        for place, chart in enumerate(charts):
            key = f"CHART-{number}-{place}"
            chart_id = identify_chart(chart)
            if chart_id in empty:
                position[key] = {
                    "type": "MARKDOWN",
                    "id": key,
                    "children": [],
                    "parents": ["ROOT_ID", "GRID_ID", row],
                    "meta": {
                        "width": chart["width"],
                        "height": _NOTE_HEIGHT,
                        "code": f"#### {chart['title']}\n\n{chart['without']}",
                    },
                }
                continue
            position[key] = {
                "type": "CHART",
                "id": key,
                "children": [],
                "parents": ["ROOT_ID", "GRID_ID", row],
                "meta": {
                    # Superset puts the chart's own number in its place by the uuid
                    "chartId": 1000 * number + place,
                    "uuid": chart_id,
                    "sliceName": chart["title"],
                    "width": chart["width"],
                    "height": height_of(chart, legends[chart_id]),
                },
            }
    return {
        "dashboard_title": dashboard["title"],
        "slug": name,
        "published": True,
        "uuid": identify("dashboard", name),
        "version": "1.0.0",
        "position": position,
        "metadata": {
            "label_colors": colours,
            "cross_filters_enabled": True,
            "native_filter_configuration": [
                {
                    "id": f"NATIVE_FILTER-{each}",
                    "name": filters[each]["name"],
                    "type": "NATIVE_FILTER",
                    "filterType": "filter_select",
                    "targets": [
                        {
                            "datasetUuid": identify("dataset", filters[each]["dataset"]),
                            "column": {"name": filters[each]["column"]},
                        }
                    ],
                    "controlValues": {"multiSelect": True, "enableEmptyFilter": False},
                    # nothing is no choice
                    "adhoc_filters": [
                        {
                            "clause": "WHERE",
                            "expressionType": "SQL",
                            "sqlExpression": f"{filters[each]['column']} is not null",
                        }
                    ],
                    "defaultDataMask": {"extraFormData": {}, "filterState": {}, "ownState": {}},
                    "cascadeParentIds": [],
                    "scope": {"rootPath": ["ROOT_ID"], "excluded": []},
                }
                for each in dashboard["filters"]
            ],
        },
    }


def write_bundle(published: Path, bundle: Path) -> None:
    """Write the zip that Superset imports.

    Parameters
    ----------
    published : Path
        The published DuckDB file.
    bundle : Path
        The zip; what lies there is replaced.
    """
    given = yaml.safe_load(SPECIFICATION.read_text(encoding="utf-8"))
    with connect(published, read_only=True) as connection:
        colours = {
            name: persona_colour(persona_id)
            for persona_id, name in connection.execute(
                "select persona_id, persona_name from marts.personas"
            ).fetchall()
        }
        columns = {
            name: read_columns(connection, name, dataset)
            for name, dataset in given["datasets"].items()
        }
        for dashboard in given["dashboards"].values():
            dashboard["filters"] = [
                each
                for each in dashboard["filters"]
                if has_values(connection, given["filters"][each], given["datasets"])
            ]
            filters = [given["filters"][each] for each in dashboard["filters"]]
            for chart in list_charts({"": dashboard}):
                known = {column for column, *_ in columns[chart["dataset"]]}
                chart["title"] = title_of(chart, filters, known)
        charts = list_charts(given["dashboards"])
        legends = {
            identify_chart(chart): read_series(connection, chart, given["datasets"])
            for chart in charts
        }
        labels, empty = {}, set()
        for chart in charts:
            rows = connection.execute(ask_chart(chart, given["datasets"])).fetchall()
            labels[identify_chart(chart)] = list_labels(chart, rows)
            if not has_data(chart, rows):
                empty.add(identify_chart(chart))
        for dashboard in given["dashboards"].values():
            dashboard["rows"] = [
                part for row in dashboard["rows"] for part in spread(row, labels, legends)
            ]
    # the link, not what it points to: the next publication is read without another import
    address = f"duckdb:///{published.absolute()}?access_mode=read_only"
    files: dict[str, Any] = {
        "metadata.yaml": {
            "version": "1.0.0",
            "type": "assets",
            "timestamp": "2026-01-01T00:00:00+00:00",
        },
        f"databases/{DATABASE}.yaml": describe_database(address),
    }
    for name, dataset in given["datasets"].items():
        files[f"datasets/{DATABASE}/{name}.yaml"] = describe_dataset(name, dataset, columns[name])
    for name, dashboard in given["dashboards"].items():
        files[f"dashboards/{name}.yaml"] = describe_dashboard(
            name, dashboard, given["filters"], colours, legends, empty
        )
    for chart in list_charts(given["dashboards"]):
        chart_id = identify_chart(chart)
        if chart_id not in empty:
            files[f"charts/{chart_id}.yaml"] = describe_chart(
                chart, given["datasets"], legends[chart_id]
            )
    bundle.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(bundle, "w") as archive:
        for path, content in files.items():
            archive.writestr(f"personas/{path}", yaml.safe_dump(content, sort_keys=False))


def main() -> int:
    """Write the bundle of the published file.

    Returns
    -------
    int
        0, or 1 where nothing is published.
    """
    parser = argparse.ArgumentParser(description="Write what Superset imports.")
    parser.add_argument("bundle", type=Path, help="the zip to write")
    published = publish_folder() / FILE_NAME
    if not published.exists():
        print(f"Nothing is published in {published.parent} yet. Run: dbt build", file=sys.stderr)
        return 1
    write_bundle(published, parser.parse_args().bundle)
    return 0


if __name__ == "__main__":
    sys.exit(main())
