"""Measures builds of simulated companies, beside other means on the same files and the same rows.

``python -m benchmarks.scale 2000 20000`` measures these sizes one after the other, everything one
at a time, and writes docs/benchmarks.md from all sizes measured so far; ``--report`` does only the
latter. ``make bench`` does all of it. docs/benchmarks.md says what is measured.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from datetime import date
from importlib.metadata import version
from pathlib import Path

from benchmarks.answers import differences
from benchmarks.deliveries import DATED_BY
from benchmarks.measured import Cost, run
from benchmarks.report import ratio_table, steps_table, write_report

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results"
DOCUMENT = ROOT / "docs" / "benchmarks.md"
PEERS = ROOT / "benchmarks" / "peers"
PYTHON = sys.executable
PYTHON_OF_PEERS = str(ROOT / ".venv-bench" / "bin" / "python")
VARIABLES = json.dumps({"source_systems": {"files": list(DATED_BY)}})

STEPS = {
    "parse": "start of dbt (parse, nothing changed)",
    "full": "first build",
    "again": "second build, nothing new",
    "features": "features alone",
    "scoring": "scoring alone",
    "day": "one more day",
    "scan": "plain scan of all values (DuckDB)",
    "floor": "bare DuckDB SQL, features",
    "polars": "Polars, features",
    "pandas_features": "pandas, features",
    "pandas": "pandas and scikit-learn, all of it",
    "spark": "PySpark local[2] and MLlib, all of it",
}
BUILD = ["build", "--exclude-resource-type", "unit_test"]
SCORES = [
    "customer_persona_scores",
    "customer_persona_contributions",
    "customer_target_scores",
    "customer_target_contributions",
]
OURS = {
    "full": BUILD,
    "parse": ["parse"],
    "again": BUILD,
    "features": [*BUILD, "test", "--select", "+customer_features"],
    "scoring": ["run", "--select", *SCORES],
}


def peers(landing: Path, folder: Path) -> dict[str, list[str]]:
    """Give the command of each peer; its features go to a file or folder of its name."""
    records, observations = str(landing), str(folder / "observations.parquet")

    def command(python: str, script: str, name: str, *more: str) -> list[str]:
        features = str(folder / f"{name}.parquet")
        return [python, str(PEERS / script), records, observations, features, *more]

    scores = str(folder / "scores.parquet")
    return {
        "scan": [PYTHON, str(PEERS / "plain_scan.py"), records],
        "floor": command(PYTHON, "sql_floor.py", "floor"),
        "polars": command(PYTHON_OF_PEERS, "polars_way.py", "polars"),
        "pandas_features": command(
            PYTHON, "pandas_way.py", "pandas_features", scores, "--features-only"
        ),
        "pandas": command(PYTHON, "pandas_way.py", "pandas", scores),
        "spark": command(PYTHON_OF_PEERS, "spark_way.py", "spark", str(folder / "spark_scores")),
    }


def query(sql: str, database: str = ":memory:") -> list[list]:
    """Query in a process of its own: what this one holds counts in the peaks of its children."""
    program = (
        "import duckdb, json, sys; connection = duckdb.connect(sys.argv[1], "
        "read_only=sys.argv[1] != ':memory:'); "
        "print(json.dumps(connection.execute(sys.argv[2]).fetchall(), default=str))"
    )
    output = subprocess.run(
        [PYTHON, "-c", program, database, sql], check=True, capture_output=True, text=True
    )
    return json.loads(output.stdout)


def answers_of(features: Path) -> dict[str, float]:
    """Give the answers in a file, or in a folder of files."""
    path = features / "*.parquet" if features.is_dir() else features
    command = [PYTHON, "-m", "benchmarks.answers", str(path)]
    output = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    return json.loads(output.stdout)


def seconds_by_group(target: Path) -> dict[str, float]:
    """Add up the seconds of nodes by the folder of their models; tests and seeds for themselves."""
    nodes = json.loads((target / "manifest.json").read_text())["nodes"]
    names = {"test": "data tests", "seed": "seeds", "operation": "hooks"}
    groups: defaultdict[str, float] = defaultdict(float)
    for result in json.loads((target / "run_results.json").read_text())["results"]:
        node = nodes.get(result["unique_id"])
        if node is None:  # exposures, for which nothing is done
            continue
        # models/<group>/... and python_models/<group>/...
        kind = node["resource_type"]
        group = names.get(kind) or Path(node["original_file_path"]).parts[1]
        groups[group] += result["execution_time"]
    return dict(sorted(groups.items(), key=lambda item: -item[1]))


def versions() -> str:
    """Name what was measured with."""
    names = ["dbt-core", "dbt-duckdb", "duckdb", "pandas", "scikit-learn"]
    parts = [f"Python {platform.python_version()}"] + [f"{name} {version(name)}" for name in names]
    if Path(PYTHON_OF_PEERS).exists():
        for name in ("polars", "pyspark"):
            program = f"from importlib.metadata import version; print(version('{name}'))"
            output = subprocess.run(
                [PYTHON_OF_PEERS, "-c", program], check=True, capture_output=True, text=True
            )
            parts.append(f"{name} {output.stdout.strip()}")
    return ", ".join(parts)


def machine() -> str:
    """Name processor, cores and memory, and say how busy it was."""
    information = Path("/proc/cpuinfo")
    lines = information.read_text().splitlines() if information.exists() else []
    model = next((line.split(": ")[1] for line in lines if line.startswith("model name")), "")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return (
        f"{os.cpu_count()} cores of {model or platform.processor()}, {memory:.0f} GB, "
        f"{platform.system()}; load of {os.getloadavg()[0]:.1f} before it began"
    )


def measure(customers: int, folder: Path) -> dict:
    """Measure one size.

    Parameters
    ----------
    customers : int
        How many are simulated.
    folder : pathlib.Path
        For the records and whatever is made of them.

    Returns
    -------
    dict
        What docs/benchmarks.md shows of the size.
    """
    records, landing, target = folder / "records", folder / "landing", folder / "target"
    last_day, temporary = folder / "last_day", folder / "temporary"
    logs = folder / "logs"
    logs.mkdir(parents=True)
    environment = {
        "PERSONA_WAREHOUSE": str(folder / "warehouse.duckdb"),
        "PERSONA_STATE": str(folder / "state.duckdb"),
        "PERSONA_PUBLISH_DIR": str(folder / "published"),
        "PERSONA_LANDING_DIR": str(landing),
        "PERSONA_TEMP_DIR": str(temporary),
        "TMPDIR": str(temporary),
        "SPARK_LOCAL_DIRS": str(temporary),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "PYTHONPATH": str(ROOT),
    }
    temporary.mkdir()
    result: dict = {
        "customers": customers,
        "machine": machine(),
        "versions": versions(),
        "date": str(date.today()),
        "steps": {},
        "remarks": {},
    }

    def step(name: str, command: list[str]) -> Cost:
        cost = run(command, logs / f"{name}.log", temporary, environment)
        print(f"{customers:>9,}  {STEPS.get(name, name):40} {cost.cpu:9.1f} CPU s", flush=True)
        return cost

    def dbt(name: str, arguments: list[str]) -> None:
        program = str(Path(PYTHON).parent / "dbt")
        paths = ["--project-dir", str(ROOT), "--profiles-dir", str(ROOT)]
        paths += ["--target-path", str(target), "--log-path", str(logs), "--vars", VARIABLES]
        result["steps"][name] = vars(step(name, [program, *arguments, *paths]))

    simulate = [PYTHON, "-m", "customer_personas", "simulate", "--format", "parquet"]
    simulate += ["--customers", str(customers), "--out", str(records)]
    step("simulation", [*simulate, "--truth", str(folder / "truth")])
    split = [PYTHON, "-m", "benchmarks.deliveries", str(records), str(landing), str(last_day)]
    step("split into deliveries", split)
    count = "select count(*) from read_parquet('{}/*.parquet', union_by_name = true)"
    ((result["records"],),) = query(count.format(landing))
    ((result["last_day"],),) = query(count.format(last_day))

    for name, arguments in OURS.items():
        dbt(name, arguments)
        if name == "full":
            result["groups"] = seconds_by_group(target)
    warehouse = environment["PERSONA_WAREHOUSE"]
    features = folder / "ours.parquet"
    for relation, path in (
        (
            "(select customer_id, observation_date, is_as_of from intermediate.observations)",
            folder / "observations.parquet",
        ),
        ("features.customer_features", features),
    ):
        query(f"copy (from {relation}) to '{path}'", warehouse)
    ours = answers_of(features)
    result["observations"] = int(ours["rows"])

    for name, command in peers(landing, folder).items():
        if not Path(command[0]).exists():
            result["remarks"][name] = "left out: not installed (make bench installs it)"
            continue
        try:
            result["steps"][name] = vars(step(name, command))
        except RuntimeError as error:
            print(error)
            result["remarks"][name] = "failed"
            continue
        if name != "scan":
            different = differences(ours, answers_of(folder / f"{name}.parquet"))
            shares = ", ".join(f"{each} by {share:.1e}" for each, share in different.items())
            result["remarks"][name] = f"differs: {shares}" if different else "the same"

    for path in last_day.iterdir():
        shutil.move(path, landing)
    dbt("day", BUILD)
    return result


def all_results() -> list[dict]:
    """Read what was measured so far, the smallest company first."""
    paths = RESULTS.glob("*.json")
    return sorted((json.loads(path.read_text()) for path in paths), key=lambda r: r["customers"])


def main() -> None:
    """Measure the sizes, print them, and write the document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", type=int, nargs="*", help="numbers of customers")
    parser.add_argument("--data", type=Path, help="keep records and databases in this folder")
    parser.add_argument("--report", action="store_true", help="write the document only")
    given = parser.parse_args()
    if not given.sizes and not given.report:
        parser.error("give numbers of customers, or --report")
    RESULTS.mkdir(exist_ok=True)
    for size in given.sizes:
        with tempfile.TemporaryDirectory() as temporary:
            folder = (given.data or Path(temporary)).resolve() / str(size)
            if folder.exists():
                parser.error(f"{folder} exists: each run begins with nothing; remove it first")
            result = measure(size, folder)
        (RESULTS / f"{size}.json").write_text(json.dumps(result, indent=2))
        print(f"\n{steps_table(result, STEPS)}\n\n{ratio_table([result])}\n")
    write_report(all_results(), STEPS, DOCUMENT)
    print(f"Written: {DOCUMENT.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
