"""The locks: what runs, and beside it what tests and lints."""

import re
import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[3]


def pins(name: str) -> set[tuple[str, str]]:
    lock = (PROJECT / name).read_text()
    assert "://" not in lock and lock.count("==") <= lock.count("--hash=sha256:")
    return set(re.findall(r"(?m)^([\w.-]+)(?:\[\w+\])?==(\S+)", lock))


def names(requirements: list[str]) -> set[str]:
    return {re.match(r"[\w-]+", each)[0].lower() for each in requirements}


def test_a_build_gets_no_tests_or_linters_and_tests_get_what_a_build_runs():
    runs, tests = pins("requirements.txt"), pins("requirements-dev.txt")
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    tools = names(project["optional-dependencies"]["dev"])
    assert runs < tests
    assert names(project["dependencies"]) <= {name for name, _ in runs}
    assert tools <= {name for name, _ in tests - runs}


def test_metricflow_asks_with_the_engine_that_wrote():
    """The metrics have an environment of their own; what is shared has the same version."""
    runs, asks = dict(pins("requirements.txt")), dict(pins("bi/metrics/requirements.txt"))
    assert "dbt-metricflow" in asks
    shared = {name for name in asks if name in runs}
    assert {"duckdb", "dbt-core", "dbt-duckdb"} <= shared
    # a package may be there twice, for older and newer Pythons
    assert {name: asks[name] for name in shared - {"networkx"}} == {
        name: runs[name] for name in shared - {"networkx"}
    }


@pytest.mark.parametrize(
    ("lock", "names"),
    [
        ("requirements-spark.txt", {"pysail", "pyspark-client"}),
        ("requirements-apache-spark.txt", {"pyspark", "grpcio"}),
    ],
)
def test_what_speaks_with_spark_comes_on_top_of_what_a_build_runs(lock, names):
    runs, speaks = pins("requirements.txt"), pins(lock)
    assert runs < speaks
    assert names <= {name for name, _ in speaks - runs}


def test_superset_reads_with_an_engine_that_knows_the_format():
    """Its lock is its own: it needs older versions of what a build needs newer."""
    reads = dict(pins("bi/superset/requirements.txt"))
    assert reads["duckdb"].startswith("2.0.")
    assert {"apache-superset", "duckdb-engine", "cachetools", "rich"} <= set(reads)
    assert reads["flask-caching"] < "2.4"
