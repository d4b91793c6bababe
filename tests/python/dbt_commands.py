"""dbt commands in children of a process that has imported what they import."""

import atexit
import multiprocessing
import os
import subprocess
import tempfile
from pathlib import Path

# imports cost more than most commands do
_context = multiprocessing.get_context("forkserver")
# what a build imports sooner or later; none of it starts a thread before it is used.
# scikit-learn by our own door, as a build does: fits would take as many threads as there are cores
_context.set_forkserver_preload(
    ["dbt.cli.main", "dbt.adapters.duckdb", "pandas", "customer_personas.single_thread"]
)


def run(
    arguments: list[str], folder: Path, environment: dict[str, str]
) -> subprocess.CompletedProcess:
    """Run a dbt command in a folder; all that it prints is the `stdout` of what is returned."""
    with tempfile.NamedTemporaryFile() as output:
        process = _context.Process(
            target=_run_here, args=(arguments, folder, environment, output.name), daemon=True
        )
        process.start()
        process.join()
        said = Path(output.name).read_text(errors="replace")
    return subprocess.CompletedProcess(arguments, process.exitcode, said, "")


def _run_here(arguments: list[str], folder: Path, environment: dict, output: str) -> None:
    descriptor = os.open(output, os.O_WRONLY | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(descriptor, stream)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)

    from dbt.cli.main import cli

    try:
        cli(arguments)
    finally:
        # what ends any other process: dbt closes its databases, which then lie whole in their files
        atexit._run_exitfuncs()
