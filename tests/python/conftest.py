"""Builds whole warehouses for the tests that examine one end to end."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).parents[2]
REAL_DATA = os.environ.get("PERSONA_REAL_DATA")

needs_real_data = pytest.mark.skipif(
    not REAL_DATA,
    reason="PERSONA_REAL_DATA is not set: the folder of online_retail_ii/ and complete_journey/",
)


# A company is built once: the tests that use one run in one process, others file by file.
SHARED = ("online_retail", "complete_journey", "demo")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items) -> None:
    """Group tests for `--dist loadgroup`."""
    for item in items:
        parameters = getattr(item, "callspec", None)
        values = map(str, parameters.params.values()) if parameters else ()
        used = {*item.fixturenames, *values}
        group = next((name for name in SHARED if name in used), item.path.stem)
        item.add_marker(pytest.mark.xdist_group(group))


# What most companies are learnt with: the others are tried where needs are what is tested.
FEW_ALGORITHMS = {"algorithms": ["decision_tree", "logistic_regression"]}


@dataclass
class Company:
    """A company with databases of its own in a folder of its own."""

    folder: Path
    variables: dict = field(default_factory=dict)
    environment: dict = field(default_factory=dict)
    project: Path = ROOT
    target_folder: Path | None = None
    all_algorithms: bool = False

    @property
    def warehouse(self) -> Path:
        return self.folder / "warehouse.duckdb"

    @property
    def state(self) -> Path:
        return self.folder / "state.duckdb"

    @property
    def published(self) -> Path:
        return self.folder / "published" / "customer_personas.duckdb"

    def _command(self, arguments: tuple[str, ...], variables: dict) -> dict:
        """Arguments of `subprocess` for a dbt command; variables come on top of the own ones."""
        given = ({} if self.all_algorithms else FEW_ALGORITHMS) | self.variables | variables
        return {
            "args": [
                str(Path(sys.executable).parent / "dbt"),
                "--no-use-colors",
                *arguments,
                *(["--vars", json.dumps(given)] if given else []),
                "--target-path",
                str(self.target_folder or self.folder / "target"),
                "--log-path",
                str(self.folder / "logs"),
            ],
            "cwd": self.project,
            "env": os.environ
            | {
                "PERSONA_WAREHOUSE": str(self.warehouse),
                "PERSONA_STATE": str(self.state),
                "PERSONA_PUBLISH_DIR": str(self.published.parent),
                "PERSONA_LANDING_DIR": str(self.folder / "landing"),
                "PERSONA_PII_KEY": "",
            }
            | self.environment,
        }

    def dbt(self, *arguments: str, **variables) -> subprocess.CompletedProcess:
        """Run a dbt command."""
        command = self._command(arguments, variables)
        return subprocess.run(**command, capture_output=True, text=True, check=False)

    def start(self, *arguments: str, **variables) -> subprocess.Popen:
        """Start a dbt command in a process group of its own; its lines are to be read."""
        command = self._command(arguments, variables)
        return subprocess.Popen(
            **command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def build(self, *arguments: str, **variables) -> subprocess.CompletedProcess:
        """Run `dbt build`, which must succeed."""
        result = self.dbt("build", *arguments, **variables)
        assert result.returncode == 0, result.stdout[-6000:] + result.stderr[-2000:]
        return result

    def query(self, sql: str, *parameters) -> list[tuple]:
        """Rows of the warehouse."""
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            return connection.execute(sql, list(parameters)).fetchall()

    def query_published(self, sql: str, *parameters) -> list[tuple]:
        """Rows of the published file."""
        with duckdb.connect(str(self.published), read_only=True) as connection:
            return connection.execute(sql, list(parameters)).fetchall()

    def query_state(self, sql: str) -> list[tuple]:
        """Rows of the state database."""
        with duckdb.connect(str(self.state), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def change_state(self, sql: str) -> None:
        """Change the state database by hand."""
        with duckdb.connect(str(self.state)) as connection:
            connection.execute(sql)


def copy_of_project(folder: Path) -> Path:
    """Copy the project, to change a file of it."""
    built = {".venv", ".git", "target", "logs", "warehouse", "state", "published", "landing"}
    shutil.copytree(ROOT, folder, ignore=lambda at, names: built if Path(at) == ROOT else set())
    return folder


@pytest.fixture(scope="session")
def demo(tmp_path_factory) -> Company:
    """The demo company, built once."""
    company = Company(tmp_path_factory.mktemp("demo"), all_algorithms=True)
    company.build()
    return company


@pytest.fixture(scope="session")
def online_retail(tmp_path_factory) -> Company:
    """UCI Online Retail II, built once."""
    company = Company(
        tmp_path_factory.mktemp("online_retail"),
        {"source_systems": {"online_retail": ["order_lines"]}},
        {"PERSONA_ONLINE_RETAIL_DIR": str(Path(REAL_DATA) / "online_retail_ii")},
        all_algorithms=True,
    )
    company.build()
    return company


@pytest.fixture(scope="session")
def complete_journey(tmp_path_factory) -> Company:
    """84.51 Complete Journey, built once."""
    company = Company(
        tmp_path_factory.mktemp("complete_journey"),
        {"source_systems": {"complete_journey": ["customers", "order_lines"]}},
        {"PERSONA_COMPLETE_JOURNEY_DIR": str(Path(REAL_DATA) / "complete_journey")},
    )
    company.build()
    return company
