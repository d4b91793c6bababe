"""The one entry point: every command is there, tells its arguments, and names what to do."""

import subprocess
import sys

import pytest
from conftest import ROOT

from customer_personas.cli import COMMANDS, build_parser, main

EXPECTED = [
    "check",
    "backfill",
    "audience",
    "export",
    "privacy",
    "versions",
    "backup",
    "report",
    "summary",
    "simulate",
]


def test_all_commands_are_listed(capsys):
    assert list(COMMANDS) == EXPECTED
    with pytest.raises(SystemExit) as end:
        main(["--help"])
    assert end.value.code == 0
    listed = capsys.readouterr().out
    for name, (_, does) in COMMANDS.items():
        assert f"    {name} " in listed and does.split(",")[0][:30] in listed


@pytest.mark.parametrize("command", EXPECTED)
def test_every_command_tells_its_arguments(command, capsys):
    with pytest.raises(SystemExit) as end:
        main([command, "--help"])
    assert end.value.code == 0
    said = capsys.readouterr().out
    assert said.startswith(f"usage: customer-personas {command} ")
    # every option and argument is explained
    for line in said.split("options:")[-1].splitlines():
        assert not line.startswith("  -") or len(line.split()) > 2 or len(line) > 20


def test_an_unknown_command_is_named_with_those_there_are(capsys):
    with pytest.raises(SystemExit) as end:
        main(["publish"])
    assert end.value.code == 2
    assert "invalid choice: 'publish'" in capsys.readouterr().err


def test_nothing_heavy_is_loaded_before_a_command_runs():
    code = (
        "import sys; from customer_personas.cli import build_parser; build_parser(); "
        "print({'duckdb', 'numpy', 'dbt', 'sklearn', 'yaml'} & set(sys.modules))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stdout == "set()\n", result.stderr
    assert build_parser().prog == "customer-personas"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["versions", "--roll-back", "3"], 1, "Kept are: none"),
        (["report"], 1, "Run: dbt build"),
        (["summary"], 1, "Run: dbt build"),
        (["backup", "save", "copy.duckdb"], 1, "Build first"),
        (["backup", "restore", "copy.duckdb"], 1, "Name a file that `save` wrote"),
        (["privacy", "access", "0001"], 2, "Build first"),
        (["privacy", "erase", "0001"], 2, "privacy erase --system files 0001"),
        (["backfill", "2025-01-01"], 1, "Run this in the folder of the project"),
        (["backfill", "yesterday"], 1, "Write it as 2011-01-31"),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, list) else "",
)
def test_errors_name_what_to_do(arguments, code, said, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name in ("PERSONA_WAREHOUSE", "PERSONA_STATE", "PERSONA_PUBLISH_DIR"):
        monkeypatch.delenv(name, raising=False)
    assert main(arguments) == code
    assert said in capsys.readouterr().err


def test_python_runs_the_package_too():
    result = subprocess.run(
        [sys.executable, "-m", "customer_personas", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "usage: customer-personas" in result.stdout
