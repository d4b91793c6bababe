"""dbt-duckdb plugin: makes the databases ready for a run, and gives the engine the identifier key.

The key reaches the engine as session variables, never as SQL text, so that it shows up in no
compiled model, log or manifest. ``macros/engine/keyed_hash.sql`` uses them.
"""

import atexit
import gc
import hashlib
import os
import warnings
from datetime import UTC
from pathlib import Path
from typing import Any

import duckdb
import yaml
from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt.flags import get_flags
from dbt_common.events.event_manager_client import add_callback_to_manager
from dbt_common.exceptions import DbtRuntimeError
from dbt_common.invocation import get_invocation_id, get_invocation_started_at

from customer_personas.code_fingerprint import fingerprint_build
from customer_personas.warehouse.databases import (
    DatabaseError,
    make_private_folder,
    publish_folder,
    refuse_held,
    remove_drafts_of,
    remove_spilled,
    say_why,
)
from customer_personas.warehouse.erasures import take_over_logged
from customer_personas.warehouse.identifier_keys import (
    DEMO_KEY,
    KEY_VARIABLE,
    key_variables,
    set_variables,
)
from customer_personas.warehouse.lock import Lock
from customer_personas.warehouse.migrate import migrate_state
from customer_personas.warehouse.run_summary import FILE_NAME, RunWatcher
from customer_personas.warehouse.variables import describe_unknown

SHORTEST_KEY = 16
STATE = "state"
# Runs that a scheduler starts, and that leave a summary.
SUMMARISED = ("build", "run")


class Plugin(BasePlugin):
    """Lock the company, make folders, migrate the state, and give every cursor the key."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Read the key once.

        Parameters
        ----------
        plugin_config : dict
            Of the profile; with ``key_required`` nothing starts without a good key.

        Raises
        ------
        DbtRuntimeError
            Where the profile requires a key, and none is set or it can be guessed; and where a
            variable is given that the project does not know.
        """
        _watch_run()
        if problem := _find_unknown_variable():
            raise DbtRuntimeError(problem)
        key = os.environ.get(KEY_VARIABLE, "")
        if not key and plugin_config.get("key_required"):
            raise DbtRuntimeError(
                f"{KEY_VARIABLE} is not set. This target hashes e-mail addresses, phone numbers "
                "and names with it and does not start without: "
                f"export {KEY_VARIABLE}=<a long random text that you keep>, or use the dev target "
                "for the demo."
            )
        if plugin_config.get("key_required") and (len(key) < SHORTEST_KEY or key == DEMO_KEY):
            raise DbtRuntimeError(
                f"{KEY_VARIABLE} is {'the public demo key' if key == DEMO_KEY else 'too short'}: "
                f"whoever tries keys out would find it. Give {SHORTEST_KEY} characters or more, "
                "such as those of `openssl rand -hex 32`."
            )
        if not key:
            warnings.warn(
                f"{KEY_VARIABLE} is not set: identifiers are hashed with the public demo key. "
                "Good for the demo, no protection for real customers.",
                stacklevel=2,
            )
        keys = key_variables()
        made_with = hashlib.blake2b(f"{fingerprint_build()} {sorted(keys.items())}".encode())
        self._variables = keys | {"build_fingerprint": made_with.hexdigest()}
        self._lock: Lock | None = None
        # what is made from here on holds customers: only its owner may read it
        os.umask(0o077)
        # What dbt has read by now, some hundred nodes and macros, stays until it ends. Without this
        # it is gone through again and again for what nobody needs any more: a tenth of a build.
        gc.freeze()
        gc.set_threshold(10_000)
        atexit.register(gc.unfreeze)

    def update_connection_config(self, creds: DuckDBCredentials, config: dict[str, Any]) -> None:
        """Make the folders that DuckDB would not, and the state ready, under the company's lock.

        Parameters
        ----------
        creds : DuckDBCredentials
            The target of the profile.
        config : dict
            Not looked at.

        Raises
        ------
        DbtRuntimeError
            Where the state cannot be carried on; the message says what to do.
        """
        databases = {None: creds.path} | {each.alias: each.path for each in creds.attach or []}
        paths = {name: Path(path) for name, path in databases.items() if not path.startswith(":")}
        for path in paths.values():
            make_private_folder(path.parent)
        # dbt opens the databases again and again; in between they are closed
        if STATE in paths and self._lock is None:
            try:
                # ends with dbt's connection, or with this process
                self._lock = Lock(publish_folder(), "dbt", say=_say)
                if None in paths:
                    refuse_held(paths[None])
                    remove_spilled(paths[None])
                remove_drafts_of(paths[STATE])
                migrate_state(paths[STATE], _say)
                take_over_logged(paths[STATE], publish_folder(), _say)
            except (DatabaseError, OSError) as error:
                self._lock = None
                raise DbtRuntimeError(say_why(error)) from error

    def configure_cursor(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Set the session variables that ``keyed_hash`` reads.

        Parameters
        ----------
        cursor : duckdb.DuckDBPyConnection
            A new cursor of the run.
        """
        set_variables(cursor, self._variables)


def _say(line: str) -> None:
    print(f"          {line}", flush=True)


def _watch_run() -> None:
    """Have the summary of this run written, beside dbt's own artifacts."""
    flags = get_flags()
    if getattr(flags, "WHICH", None) not in SUMMARISED:
        return
    target = Path(flags.PROJECT_DIR) / (flags.TARGET_PATH or "target")
    started = get_invocation_started_at().replace(tzinfo=UTC)
    watcher = RunWatcher(target / FILE_NAME, flags.WHICH, get_invocation_id(), started, _say)
    add_callback_to_manager(lambda event: watcher.hear(event.info.name, event.data))


def _find_unknown_variable() -> str | None:
    """Hold the variables of the command line against those of the project."""
    flags = get_flags()
    project = Path(getattr(flags, "PROJECT_DIR", None) or ".") / "dbt_project.yml"
    given = getattr(flags, "VARS", None) or {}
    if not given or not project.exists():
        return None
    known = yaml.safe_load(project.read_text(encoding="utf-8")).get("vars") or {}
    return describe_unknown(given, known)
