"""Times the reading of landing files, beside DuckDB's plain ``read_csv`` of the same file.

``python benchmarks/intake.py`` simulates some two million order lines and reads them in turns:
with ``read_csv`` into a table (types guessed from a sample, nothing checked), and with the intake
into a table (formats decided from all values, every record kept as received, read and
fingerprinted). ``--stray-quote`` puts one stray quote into the file, so that it is read line by
line.
"""

import argparse
import tempfile
import time
from pathlib import Path

import duckdb
import numpy as np

from customer_personas.intake.landing import entity_query, land_files
from customer_personas.simulate import simulate


def seconds() -> np.ndarray:
    """Give the time of now, and the processor time that was taken: others may use the machine."""
    return np.array([time.perf_counter(), time.process_time()])


def seconds_of_plain(path: Path, database: Path) -> np.ndarray:
    """Read the file with the engine alone."""
    start = seconds()
    with duckdb.connect(str(database)) as session:
        session.execute(f"create table lines as from read_csv('{path}', ignore_errors = true)")
    return seconds() - start


def seconds_of_intake(folder: Path, database: Path) -> np.ndarray:
    """Read the file as a build does."""
    start = seconds()
    with duckdb.connect(str(database)) as session:
        query = entity_query(land_files(session, folder, "order_lines").readings, "order_lines")
        session.execute(f"create table lines as {query}")
    return seconds() - start


def main() -> None:
    """Print the medians over some runs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=145_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--stray-quote", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        landing = Path(temporary) / "landing"
        planted = simulate(arguments.customers, landing, "csv", 5, Path(temporary) / "truth")
        path = landing / "order_lines.csv"
        if arguments.stray_quote:
            with path.open("a") as lines:
                lines.write('O1,1,"7\n')
        runs = []
        for run in range(arguments.runs):
            plain = seconds_of_plain(path, Path(temporary) / f"plain_{run}.duckdb")
            intake = seconds_of_intake(landing, Path(temporary) / f"intake_{run}.duckdb")
            runs.append((plain, intake))
    print(f"{planted['order_lines']['received']:,} order lines, median of {arguments.runs} runs")
    plain, intake = (np.array(each) for each in zip(*runs, strict=True))
    for kind, name in enumerate(("time", "processor time")):
        print(
            f"{name}: read_csv {np.median(plain[:, kind]):.1f} s, "
            f"intake {np.median(intake[:, kind]):.1f} s, "
            f"ratio {np.median(intake[:, kind] / plain[:, kind]):.2f}"
        )


if __name__ == "__main__":
    main()
