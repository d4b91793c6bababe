"""Times whole builds, each beside a reference of the same run.

``python benchmarks/builds.py demo`` or ``online-retail``. The reference tells a slow machine from a
slow project: for the demo it is dbt parsing the same project (what a dbt project of this size costs
before it does anything), for Online Retail II it is DuckDB reading the same CSV file into a table.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

ROOT = Path(__file__).parents[1]
DBT = str(Path(sys.executable).parent / "dbt")
RETAIL_VARIABLE = "PERSONA_ONLINE_RETAIL_DIR"
RETAIL_SYSTEM = json.dumps({"source_systems": {"online_retail": ["order_lines"]}})


def seconds(command: list[str], environment: dict[str, str]) -> float:
    """Run a command that must succeed, and time it."""
    start = time.perf_counter()
    subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def peak_gigabytes() -> float:
    """Give the peak memory of the largest process run so far."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024**2


def run_once(company: str) -> tuple[float, float]:
    """Build a company from nothing; give its seconds and those of the reference."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {
            "PERSONA_WAREHOUSE": f"{folder}/warehouse.duckdb",
            "PERSONA_STATE": f"{folder}/state.duckdb",
            "PERSONA_PUBLISH_DIR": f"{folder}/published",
        }
        paths = ["--target-path", f"{folder}/target", "--log-path", f"{folder}/logs"]
        if company == "demo":
            reference = seconds([DBT, "parse", "--no-partial-parse", *paths], environment)
            build = seconds([DBT, "build", *paths], environment)
        else:
            source = Path(os.environ[RETAIL_VARIABLE]) / "online_retail_II.csv"
            start = time.perf_counter()
            with duckdb.connect(f"{folder}/reference.duckdb") as connection:
                connection.execute(f"create table lines as from read_csv('{source}')")
            reference = time.perf_counter() - start
            build = seconds([DBT, "build", *paths, "--vars", RETAIL_SYSTEM], environment)
    return build, reference


def main() -> None:
    """Print the medians over some runs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("company", choices=["demo", "online-retail"])
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    if arguments.company == "online-retail" and RETAIL_VARIABLE not in os.environ:
        parser.error(f"export {RETAIL_VARIABLE}=<the folder of online_retail_II.csv> first")
    runs = [run_once(arguments.company) for _ in range(arguments.runs)]
    build = statistics.median(each[0] for each in runs)
    reference = statistics.median(each[1] for each in runs)
    ratio = statistics.median(each[0] / each[1] for each in runs)
    print(f"{arguments.company}: dbt build {build:.1f} s (median of {arguments.runs})")
    print(f"reference {reference:.1f} s, ratio {ratio:.1f}")
    print(f"peak memory {peak_gigabytes():.2f} GiB")


if __name__ == "__main__":
    main()
