"""Ends a process at a step of its own, not at a time: how busy the machine is changes nothing."""

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from types import FrameType
from typing import Any

# A server without threads is forked for each process: that takes milliseconds.
SERVER = multiprocessing.get_context("forkserver")
SERVER.set_forkserver_preload(
    ["customer_personas.privacy.requests", "customer_personas.warehouse.publishing", "conftest"]
)
# Steps are the calls of these files: of the engine, of the file system and of each other.
COUNTED = ("customer_personas", "pathlib", "shutil")


def count_steps(work: Callable[..., Any], *arguments: Any) -> int:
    """Do some work in a process of its own, and count its steps."""
    receiver, sender = SERVER.Pipe(duplex=False)
    assert _run(sender, 0, work, arguments) == 0
    return receiver.recv()


def kill_at(step: int, work: Callable[..., Any], *arguments: Any) -> bool:
    """Do some work in a process that is killed at a step; whether it was."""
    _, sender = SERVER.Pipe(duplex=False)
    code = _run(sender, step, work, arguments)
    assert code in (0, -signal.SIGKILL)
    return code == -signal.SIGKILL


def _run(sender: Connection, last: int, work: Callable[..., Any], arguments: tuple) -> int | None:
    process = SERVER.Process(target=_work, args=(sender, last, work, arguments))
    process.start()
    process.join()
    return process.exitcode


def _work(sender: Connection, last: int, work: Callable[..., Any], arguments: tuple) -> None:
    steps = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal steps
        if any(name in frame.f_code.co_filename for name in COUNTED):
            steps += 1
            if steps == last:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(count)
    work(*arguments)
    sys.setprofile(None)
    if not last:
        sender.send(steps)
