"""The locks: what runs, and beside it what tests and lints."""

import re
import tomllib
from pathlib import Path

PROJECT = Path(__file__).parents[3]


def pins(name: str) -> set[tuple[str, str]]:
    lock = (PROJECT / name).read_text()
    assert "://" not in lock and lock.count("==") <= lock.count("--hash=sha256:")
    return set(re.findall(r"(?m)^([\w.-]+)==(\S+)", lock))


def names(requirements: list[str]) -> set[str]:
    return {re.match(r"[\w-]+", each)[0].lower() for each in requirements}


def test_a_build_gets_no_tests_or_linters_and_tests_get_what_a_build_runs():
    runs, tests = pins("requirements.txt"), pins("requirements-dev.txt")
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    tools = names(project["optional-dependencies"]["dev"])
    assert runs < tests
    assert names(project["dependencies"]) <= {name for name, _ in runs}
    assert tools <= {name for name, _ in tests - runs}
