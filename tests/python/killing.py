"""Ends a process at a moment of its own work: how busy the machine is changes little."""

import bisect
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from types import FrameType
from typing import Any, NamedTuple

# A server without threads is forked for each process: that takes milliseconds.
SERVER = multiprocessing.get_context("forkserver")
SERVER.set_forkserver_preload(
    [
        *("customer_personas.privacy.requests", "customer_personas.warehouse.publishing"),
        *("customer_personas.warehouse.backup", "conftest"),
    ]
)
# Steps are the calls of these files: of the engine, of the file system and of each other.
COUNTED = ("customer_personas", "pathlib", "shutil")


class Moment(NamedTuple):
    """When a process is killed.

    Attributes
    ----------
    step : int
        The step that has begun.
    seconds : float
        For how long it has been at work: in the middle of what the engine writes, say.
    """

    step: int
    seconds: float = 0


def moments(kills: int, work: Callable[..., Any], *arguments: Any) -> list[Moment]:
    """Choose moments of some work: every other one spread over its steps, the rest over its time.

    Steps are mostly renames and looks at files, time goes into what the engine writes.

    Parameters
    ----------
    kills : int
        How many.
    work : callable
        What is done once, in a process of its own.
    *arguments : object
        What it takes.

    Returns
    -------
    list of Moment
        From its beginning to its end.
    """
    began = times_of_steps(work, *arguments)
    return [choose_moment(began, number, kills) for number in range(kills)]


def times_of_steps(work: Callable[..., Any], *arguments: Any) -> list[float]:
    """Do some work in a process of its own, and tell when each of its steps began.

    Parameters
    ----------
    work : callable
        What is done once.
    *arguments : object
        What it takes.

    Returns
    -------
    list of float
        Of a clock, in seconds.
    """
    receiver, sender = SERVER.Pipe(duplex=False)
    process = SERVER.Process(target=_work, args=(sender, None, work, arguments))
    process.start()
    sender.close()
    began: list[float] = receiver.recv()
    process.join()
    assert process.exitcode == 0
    return began


def choose_moment(began: list[float], number: int, kills: int) -> Moment:
    """Choose one moment of many: by the steps, or by the time, that lie behind it.

    Parameters
    ----------
    began : list of float
        When each step began.
    number : int
        Which moment: 0 is at the beginning.
    kills : int
        How many there are.

    Returns
    -------
    Moment
        The moment.
    """
    share = number / kills
    if number % 2 == 0:
        return Moment(1 + int(share * (len(began) - 1)))
    at = began[0] + share * (began[-1] - began[0])
    step = bisect.bisect_right(began, at)
    seconds = at - began[step - 1]
    # sooner than threads take turns nothing ends it but the step itself
    return Moment(step, seconds if seconds > sys.getswitchinterval() else 0)


def kill_at(moment: Moment, work: Callable[..., Any], *arguments: Any) -> bool:
    """Do some work in a process that is killed at a moment of it.

    Parameters
    ----------
    moment : Moment
        The moment.
    work : callable
        What is done.
    *arguments : object
        What it takes.

    Returns
    -------
    bool
        Whether it was killed: it may have been done before.
    """
    process = SERVER.Process(target=_work, args=(None, moment, work, arguments))
    process.start()
    process.join()
    assert process.exitcode in (0, -signal.SIGKILL)
    return process.exitcode == -signal.SIGKILL


def _work(
    sender: Connection | None, last: Moment | None, work: Callable[..., Any], arguments: tuple
) -> None:
    steps, began = 0, []

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal steps
        if any(name in frame.f_code.co_filename for name in COUNTED):
            steps += 1
            if last is None:
                began.append(time.monotonic())
            elif steps == last.step:
                _end_after(last.seconds)

    sys.setprofile(count)
    work(*arguments)
    sys.setprofile(None)
    if sender:
        sender.send(began)


def _end_after(seconds: float) -> None:
    """Kill this process, from a thread where it is to go on for a while."""
    if not seconds:
        os.kill(os.getpid(), signal.SIGKILL)
    ending = threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGKILL))
    ending.daemon = True
    ending.start()
