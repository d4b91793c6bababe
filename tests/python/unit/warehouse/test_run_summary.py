"""The summary of a run says what came of it, whatever that was."""

import json
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from customer_personas.warehouse.run_summary import HANDED_OVER, RunWatcher, summarise_run


def told(**differing):
    return {
        "reason": "",
        "refusal": False,
        "version": 7,
        "nodes": [
            {"name": "customers", "status": "success", "seconds": 2.04},
            {"name": "valid_customers", "status": "pass", "seconds": 0.1},
            {"name": "publish", "status": "success", "seconds": 3.0},
        ],
        "findings": ["Warning of assert_a: b"],
        "records": [{"source_system": "demo", "received": 3}],
        "feature_drift": [
            {"feature_name": "age", "psi": 0.3, "is_drifted": True},
            {"feature_name": "recency_days", "psi": 0.1, "is_drifted": False},
        ],
        "persona_drift": [],
    } | differing


@pytest.fixture
def path(tmp_path):
    return tmp_path / "target" / "run_summary.json"


def watch(path):
    return RunWatcher(path, "build", "an-id", datetime.now(UTC), print)


def read(path):
    return json.loads(path.read_text())


def test_a_run_that_publishes():
    found = summarise_run(told())
    assert (found["outcome"], found["version"]) == ("published", 7)
    assert found["nodes"] == {"pass": 1, "success": 2}
    assert [node["name"] for node in found["slowest"]] == [
        "publish",
        "customers",
        "valid_customers",
    ]
    assert found["slowest"][1]["seconds"] == 2.0
    assert found["drift"] == {"features": [{"feature_name": "age", "psi": 0.3}], "personas": []}


@pytest.mark.parametrize(
    ("nodes", "refusal", "outcome", "failed"),
    [
        ([("customers", "success")], False, "refused", []),
        ([("customers", "success"), ("publish", "error")], True, "refused", []),
        ([("customers", "error"), ("publish", "error")], True, "failed", ["customers"]),
        (
            [("valid_customers", "fail"), ("publish", "skipped")],
            False,
            "failed",
            ["valid_customers"],
        ),
        # a full disk, say
        ([("publish", "error")], False, "failed", ["publish"]),
        ([("assert_a", "warn")], False, "refused", []),
    ],
)
def test_a_run_that_does_not(nodes, refusal, outcome, failed):
    nodes = [{"name": name, "status": status, "seconds": 1} for name, status in nodes]
    found = summarise_run(told(version=None, reason="why", nodes=nodes, refusal=refusal))
    assert (found["outcome"], found["failed"], found["reason"]) == (outcome, failed, "why")


def test_a_run_that_was_killed_is_left_running(path):
    watch(path)
    found = read(path)
    assert found["outcome"] == "running"
    assert found["invocation_id"] == "an-id"
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_run_that_ends_is_told_of_whatever_else_is_logged(path):
    watcher = watch(path)
    watcher.hear("JinjaLogDebug", SimpleNamespace(msg="something else"))
    watcher.hear("JinjaLogDebug", SimpleNamespace(msg=HANDED_OVER + json.dumps(told())))
    watcher.hear("CommandCompleted", SimpleNamespace(success=True))
    assert (read(path)["outcome"], read(path)["exit_code"]) == ("published", 0)


def test_a_run_that_crashes_says_why(path):
    watcher = watch(path)
    watcher.hear("MainEncounteredError", SimpleNamespace(exc="The disk is full\n"))
    watcher.hear("CommandCompleted", SimpleNamespace(success=False))
    found = read(path)
    assert (found["outcome"], found["reason"], found["exit_code"]) == (
        "crashed",
        "The disk is full",
        2,
    )


def test_a_summary_that_cannot_be_written_stops_no_run(tmp_path):
    (tmp_path / "target").touch()
    lines = []
    watcher = RunWatcher(
        tmp_path / "target" / "run_summary.json", "run", "an-id", datetime.now(UTC), lines.append
    )
    watcher.hear("CommandCompleted", SimpleNamespace(success=True))
    assert len(lines) == 2
    assert "cannot be written" in lines[0]
