"""How the Python tests are made: the fast and the slow ones, and the companies that they build.

`make test` runs all but those marked `slow`, `make test-slow` those, `make test-all` everything.
A test is slow where it takes many seconds and rarely fails alone: all dialects, fifty kills, other
DuckDB clients, real records.

To write a test of

- a function: `unit/<package>/test_<module>.py`, without dbt. A fit that several tests look at is
  a fixture of the module.
- what plain `dbt build` makes: take the fixture `demo` and query it.
- history, state, privacy or publishing: take `shop`, a small company built on two days; where
  the test changes something, `shop.copy_to(tmp_path)`.
- other records: write files into the landing folder of a `Company(tmp_path, SMALL | {...})` and
  build no more of it than the test looks at: `company.run("+customer_features")`, or
  `company.run_all()` and query the warehouse. Data tests and publication are half of the
  work of a small company; `company.build()` is for tests of what is published and what is refused.
  Each other set of variables costs a parse of the project, so take those of another test where
  they do.

The demo, the shop and the companies of real records are built once for a state of the sources, by
whichever test comes first, and kept in `target/tests/` until something changes. They are there to
be read and copied, never to be changed.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import dbt_commands
import duckdb
import planted
import pytest
from hypothesis import settings

# `make test` tries the same made-up inputs each time: what it says of a change is about the change.
# `make fuzz` tries others.
settings.register_profile("same inputs each time", derandomize=True)
if "PERSONA_FUZZ_EXAMPLES" not in os.environ:
    settings.load_profile("same inputs each time")

ROOT = Path(__file__).parents[2]
REAL_DATA = os.environ.get("PERSONA_REAL_DATA")

needs_real_data = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not REAL_DATA,
        reason="PERSONA_REAL_DATA (folder of online_retail_ii/ and complete_journey/) is not set",
    ),
]

# What the code of the project consists of: a company links it.
CODE = (
    *("analyses", "macros", "models", "python_models", "seeds", "tests"),
    *("dbt_project.yml", "profiles.yml"),
)
# For companies that are about something else than learning.
SMALL = {
    "algorithms": ["decision_tree", "logistic_regression"],
    "observation_dates_max": 4,
    "personas_max": 4,
}


# Files with long tests begin early, so that the short ones fill what is left.
FIRST = (
    *("test_demo_warehouse", "test_history", "test_killed_builds", "test_online_retail"),
    *("test_privacy", "test_complete_journey", "test_leakage", "test_small_companies"),
    *("test_dialects", "test_publishing"),
)


# before xdist, which writes the groups that it finds into the names of the tests
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Group tests by file for `--dist loadgroup`, long ones first."""

    def place(item: pytest.Item) -> tuple[int, bool]:
        name = item.path.stem
        long = FIRST.index(name) if name in FIRST else len(FIRST)
        return long, "unit" in item.path.parts

    for item in items:
        item.add_marker(pytest.mark.xdist_group(item.path.stem))
    items.sort(key=place)


@dataclass
class Company:
    """A folder like a clone of the project: the code is linked, databases and records are its own.

    Paths are those that dbt takes by default, relative to the folder: dbt then parses the project
    once for a set of variables, not once for each company.
    """

    folder: Path
    variables: dict = field(default_factory=dict)
    environment: dict = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make the folders and the links."""
        for name in ("warehouse", "state", "published", "landing", "target"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        for name in CODE:
            if not (self.folder / name).exists():
                (self.folder / name).symlink_to(ROOT / name)

    @property
    def warehouse(self) -> Path:
        return self.folder / "warehouse" / "customer_personas.duckdb"

    @property
    def state(self) -> Path:
        return self.folder / "state" / "customer_personas.duckdb"

    @property
    def published(self) -> Path:
        return self.folder / "published" / "customer_personas.duckdb"

    @property
    def landing(self) -> Path:
        return self.folder / "landing"

    def copy_to(self, folder: Path) -> "Company":
        """Copy the company, to change it."""
        shutil.copytree(self.folder, folder, symlinks=True, dirs_exist_ok=True)
        return Company(folder, dict(self.variables), dict(self.environment))

    def work_on(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Have what runs in this process take this company's databases."""
        for name, value in {
            "PERSONA_WAREHOUSE": self.warehouse,
            "PERSONA_STATE": self.state,
            "PERSONA_PUBLISH_DIR": self.published.parent,
            **self.environment,
        }.items():
            monkeypatch.setenv(name, str(value))

    def _command(self, arguments: tuple[str, ...], variables: dict) -> tuple[list[str], dict]:
        """Return arguments and environment of a dbt command; variables come on top of the own."""
        given = self.variables | variables
        return (
            ["--no-use-colors", *arguments, *(["--vars", json.dumps(given)] if given else [])],
            {name: value for name, value in os.environ.items() if not name.startswith("PERSONA_")}
            # writing down what was parsed takes seconds, and few tests read it
            | {"DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "DBT_WRITE_JSON": "false"}
            | self.environment,
        )

    def dbt(self, *arguments: str, **variables) -> subprocess.CompletedProcess:
        """Run a dbt command."""
        command, environment = self._command(arguments, variables)
        parsed = self.folder / "target" / "partial_parse.msgpack"
        kept = PARSED / hashed(json.dumps(self.variables | variables, sort_keys=True))
        # it names the folder of whoever parsed first, which may be gone while BUILT still is there
        if kept.exists() and not self.folder.is_relative_to(BUILT):
            shutil.copy(kept, parsed)
        result = dbt_commands.run(command, self.folder, environment)
        if parsed.exists() and not kept.exists():
            PARSED.mkdir(parents=True, exist_ok=True)
            shutil.copy(parsed, draft := kept.with_suffix(f".{os.getpid()}"))
            draft.replace(kept)
        return result

    def start(self, *arguments: str, **variables) -> subprocess.Popen:
        """Start a dbt command in a process group of its own; its lines are to be read."""
        command, environment = self._command(arguments, variables)
        return subprocess.Popen(
            [str(Path(sys.executable).parent / "dbt"), *command],
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def build(self, *arguments: str, **variables) -> subprocess.CompletedProcess:
        """Run `dbt build`, which must succeed, without unit tests: the demo runs them."""
        result = self.dbt("build", "--exclude-resource-type", "unit_test", *arguments, **variables)
        assert result.returncode == 0, result.stdout[-6000:]
        return result

    def run(self, *nodes: str, **variables) -> None:
        """Build models and seeds without any test, which must succeed; publishes nothing."""
        without_tests = ["--exclude-resource-types", "unit_test", "test"]
        result = self.dbt("build", *without_tests, "--select", *nodes, **variables)
        assert result.returncode == 0, result.stdout[-6000:]

    def run_all(self, **variables) -> None:
        """Build all that `publish` would publish, without any test."""
        self.run("+publish", "--exclude", "publish", **variables)

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


def contents(path: Path) -> dict[str, tuple]:
    """Return every table of a database with its rows counted and hashed, whatever their order."""
    with duckdb.connect(str(path), read_only=True) as connection:
        tables = connection.execute(
            "select table_schema, table_name from information_schema.tables "
            "where table_catalog = current_database() order by all"
        ).fetchall()
        return {
            f"{schema}.{table}": connection.execute(
                "select count(*), bit_xor(hash(rows)), sum(hash(rows) % 1000003) "
                f"from {schema}.{table} as rows"
            ).fetchone()
            for schema, table in tables
        }


def published_contents(company: Company) -> dict[str, tuple]:
    """Return the contents of what is published, but for the list of publications."""
    found = contents(company.published)
    del found["monitoring.publications"]
    return found


def hashed(text: str | bytes) -> str:
    """Return a short name for a text."""
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()[:16]


def hash_of_sources() -> str:
    """Return a name for the state of everything that a built company rests on."""
    paths = [path for name in (*CODE, "src") for path in sorted((ROOT / name).rglob("*"))]
    paths += [ROOT / name for name in ("dbt_project.yml", "profiles.yml", "requirements.txt")]
    tests = [ROOT / "tests" / "python" / kind for kind in ("unit", "warehouse")]
    return hashed(
        "".join(
            f"{path} {hashed(path.read_bytes())}\n"
            for path in paths
            if path.is_file()
            and "__pycache__" not in path.parts
            and not any(path.is_relative_to(folder) for folder in tests)
        )
    )


BUILT = ROOT / "target" / "tests" / hash_of_sources()
# What dbt has parsed, by variables; kept for one run of the tests.
PARSED = BUILT / "parsed"


def pytest_sessionstart(session: pytest.Session) -> None:
    """Forget what an earlier run parsed."""
    if not hasattr(session.config, "workerinput"):
        shutil.rmtree(PARSED, ignore_errors=True)


def build_once(name: str, build: Callable[[Path], object]) -> Path:
    """Return the folder of a company that whoever comes first builds, in whichever process."""
    for other in BUILT.parent.glob("*"):
        if other != BUILT:
            shutil.rmtree(other, ignore_errors=True)
    BUILT.mkdir(parents=True, exist_ok=True)
    folder = BUILT / name
    with (BUILT / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "is_built").exists():
            shutil.rmtree(folder, ignore_errors=True)
            build(folder)
            (folder / "is_built").touch()
    return folder


@pytest.fixture(scope="session")
def demo() -> Company:
    """The demo company, as plain `dbt build` makes it, unit tests included."""

    def build(folder: Path) -> None:
        result = Company(folder, environment={"DBT_WRITE_JSON": "true"}).dbt("build")
        assert result.returncode == 0, result.stdout[-6000:]

    return Company(build_once("demo", build))


@pytest.fixture(scope="session")
def shop() -> Company:
    """A small company with all entities and identifiers in odd places, built on two days."""
    variables = SMALL | {
        "source_systems": {"files": planted.ENTITIES},
        "targets": {"will_purchase": "future"},
        "algorithms": ["decision_tree"],
        # personas of so few are easily beaten; looks anew are tried elsewhere
        "drift_recheck_days": 90,
        # both over by the second day
        "quarantine_retention_days": 40,
        "horizon_days": 45,
    }
    environment = {"PERSONA_PII_KEY": planted.KEY}

    def build(folder: Path) -> None:
        company = Company(folder, variables, environment)
        records = planted.make_records(folder / "truth")
        for day in planted.DAYS:
            planted.deliver(records, company.landing, day)
            company.build()
            assert company.query("select distinct as_of_date from marts.customers") == [
                (date.fromisoformat(day),)
            ]

    return Company(build_once("shop", build), variables, environment)


@pytest.fixture(scope="session")
def online_retail() -> Company:
    """UCI Online Retail II."""
    company = {
        "variables": {"source_systems": {"online_retail": ["order_lines"]}},
        "environment": {"PERSONA_ONLINE_RETAIL_DIR": f"{REAL_DATA}/online_retail_ii"},
    }
    return Company(
        build_once("online_retail", lambda folder: Company(folder, **company).build()), **company
    )


@pytest.fixture(scope="session")
def complete_journey() -> Company:
    """84.51 Complete Journey."""
    company = {
        "variables": {
            "source_systems": {"complete_journey": ["customers", "order_lines", "contacts"]},
            "algorithms": SMALL["algorithms"],
        },
        "environment": {"PERSONA_COMPLETE_JOURNEY_DIR": f"{REAL_DATA}/complete_journey"},
    }
    return Company(
        build_once("complete_journey", lambda folder: Company(folder, **company).build()),
        **company,
    )
