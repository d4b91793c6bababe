"""What every command says where another process has a database open."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from planted import customer_ids

from customer_personas.cli import COMMANDS

HOLD = (
    "import duckdb, sys; held = duckdb.connect(sys.argv[1]); print('held', flush=True); "
    "sys.stdin.read()"
)
# arguments with which each command opens what it can open; these open none
ARGUMENTS = {
    "audience": ["next_category"],
    "backfill": ["2025-12-01"],
    "backup": ["save", "backup.duckdb"],
    "export": ["next_category"],
    "privacy": ["erase"],
    "report": ["--out", "report.html"],
    "summary": [],
    "versions": [],
}
OPEN_NONE = {"check", "simulate"}


@contextmanager
def held(path: Path) -> Iterator[int]:
    """Have another process keep a database file open, and give its id."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert holder.stdout.readline() == "held\n"
        yield holder.pid
    finally:
        holder.stdin.close()
        holder.wait()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "refused"),
    [
        ("warehouse", {"audience", "backfill", "privacy"}),
        ("state", {"audience", "backfill", "backup", "export", "privacy"}),
        ("published", {"export", "privacy", "report", "summary"}),
    ],
)
def test_commands_say_who_holds_a_database(shop, tmp_path, name, refused):
    assert ARGUMENTS.keys() | OPEN_NONE == COMMANDS.keys()
    company = shop.copy_to(tmp_path / "shop")
    path = getattr(company, name).resolve()
    path.chmod(0o644)
    environment = os.environ | company.environment
    with held(path) as holder:
        for command, arguments in ARGUMENTS.items():
            if name == "published" and command == "backfill":
                # takes minutes, and is refused at its end, if at all
                continue
            if command == "privacy":
                arguments = [*arguments, customer_ids(company.landing)[1]]
            done = subprocess.run(
                [sys.executable, "-m", "customer_personas", command, *arguments],
                cwd=company.folder,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            said = done.stdout + done.stderr
            assert "Traceback" not in said, said
            assert (done.returncode != 0) == (command in refused), (command, said)
            if command in refused:
                assert f"(PID {holder})" in said and "Try again when it is done" in said
