"""What came of a run of dbt, in one small JSON file for whatever schedules and watches.

The macro ``hand_over_run`` tells at the end of a run what came of it, in a line of dbt's debug log;
a :class:`RunWatcher` listens to dbt's events and writes the file. It is there from the start of the
run, so that a run that was killed leaves one that says ``running``.
"""

import json
import os
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from customer_personas.warehouse.databases import publish_folder, write_private_file
from customer_personas.warehouse.memory import peak_gigabytes

FILE_NAME = "run_summary.json"
# Begins the line in which the macro hands over.
HANDED_OVER = "run summary: "
_FAILED = ("error", "fail", "runtime error")
_SLOWEST = 10


def summarise_run(told: dict[str, Any]) -> dict[str, Any]:
    """Say what came of a run that reached its end.

    Parameters
    ----------
    told : dict
        What the macro ``hand_over_run`` tells: reason, refusal, version, nodes, findings, records,
        feature_drift and persona_drift.

    Returns
    -------
    dict
        outcome (``published``, ``failed`` or ``refused``), reason, version, nodes by their status,
        failed, slowest (seconds), warnings, records and drift.
    """
    failed = [
        node["name"]
        for node in told["nodes"]
        # a refusal is an error of the last node: nothing is wrong with what was built
        if node["status"] in _FAILED and not (node["name"] == "publish" and told["refusal"])
    ]
    slowest = sorted(told["nodes"], key=lambda node: (-node["seconds"], node["name"]))[:_SLOWEST]
    outcome = "published" if told["version"] is not None else "failed" if failed else "refused"
    return {
        "outcome": outcome,
        "reason": told["reason"],
        "version": told["version"],
        "nodes": dict(sorted(Counter(node["status"] for node in told["nodes"]).items())),
        "failed": failed,
        "slowest": [
            {"name": node["name"], "seconds": round(node["seconds"], 1)} for node in slowest
        ],
        "warnings": told["findings"],
        "records": told["records"],
        "drift": {
            "features": [each for each in told["feature_drift"] if each.pop("is_drifted")],
            "personas": [each for each in told["persona_drift"] if each.pop("is_drifted")],
        },
    }


class RunWatcher:
    """Listens to the events of one run of dbt, and writes its summary.

    Parameters
    ----------
    path : Path
        The file; its folder is made.
    command : str
        The dbt command, such as ``build``.
    invocation : str
        dbt's name for the run, which its logs and artifacts have as well.
    started : datetime.datetime
        When the run began.
    say : callable
        Takes a line where the file cannot be written: that is no reason to fail.
    """

    def __init__(
        self,
        path: Path,
        command: str,
        invocation: str,
        started: datetime,
        say: Callable[[str], None],
    ) -> None:
        self._path, self._say = path, say
        self._started = started
        self._facts: dict[str, Any] = {
            "outcome": "running",
            "reason": "",
            "command": command,
            "invocation_id": invocation,
            "process_id": os.getpid(),
            "publish_folder": str(publish_folder()),
            "started_at": started.isoformat(timespec="seconds"),
        }
        self._told: dict[str, Any] | None = None
        self._error: str | None = None
        self._write(self._facts)

    def hear(self, name: str, data: Any) -> None:
        """Take an event of dbt.

        Parameters
        ----------
        name : str
            Name of the kind of event.
        data : object
            Its fields.
        """
        if name == "JinjaLogDebug" and data.msg.startswith(HANDED_OVER):
            self._told = json.loads(data.msg.removeprefix(HANDED_OVER))
        elif name == "MainEncounteredError":
            self._error = data.exc.strip() or "interrupted"
        elif name == "CommandCompleted":
            self._finish(data.success)

    def _finish(self, is_success: bool) -> None:
        if self._told is None:
            came_of_it = {"outcome": "crashed", "reason": self._error or "ended before its end"}
        else:
            came_of_it = summarise_run(self._told)
        peak, now = peak_gigabytes(), datetime.now(UTC)
        self._write(
            self._facts
            | {
                "exit_code": 0 if is_success else 1 if self._error is None else 2,
                "finished_at": now.isoformat(timespec="seconds"),
                "seconds": round((now - self._started).total_seconds(), 1),
                "peak_memory_gb": peak and round(peak, 2),
            }
            | came_of_it
        )

    def _write(self, facts: dict[str, Any]) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_private_file(self._path, json.dumps(facts, indent=2, ensure_ascii=False) + "\n")
        except OSError as error:
            self._say(f"WARNING: the summary of this run cannot be written: {error}")
