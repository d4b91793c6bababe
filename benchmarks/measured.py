"""Runs a command and measures what it took of the machine."""

import os
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Cost:
    """What a command took, with all processes it started and waited for.

    Attributes
    ----------
    cpu : float
        Seconds of the processor, user and system.
    wall : float
        Seconds on the clock.
    memory : float
        Peak memory of its largest process, in GB.
    disk : float
        Most that its temporary folder held when looked at (twice a second), in GB.
    """

    cpu: float
    wall: float
    memory: float
    disk: float


def folder_size(folder: Path) -> int:
    """Add up the files of a folder that may change meanwhile.

    Parameters
    ----------
    folder : pathlib.Path
        Need not exist.

    Returns
    -------
    int
        Bytes.
    """
    size = 0
    for path in folder.rglob("*"):
        try:
            size += path.stat().st_size
        except FileNotFoundError:  # deleted in between
            continue
    return size


def run(command: list[str], log: Path, temporary: Path, environment: dict[str, str]) -> Cost:
    """Run a command to its end and measure it.

    Parameters
    ----------
    command : list of str
        Program and arguments.
    log : pathlib.Path
        File for what it prints.
    temporary : pathlib.Path
        The folder in which it sorts and joins on disk.
    environment : dict of str to str
        Variables on top of this process's own.

    Returns
    -------
    Cost
        What it took.

    Raises
    ------
    RuntimeError
        If the command fails; with the end of what it printed.
    """
    ended = threading.Event()
    largest = [0]

    def watch() -> None:
        while not ended.wait(0.5):
            largest[0] = max(largest[0], folder_size(temporary))

    watcher = threading.Thread(target=watch)
    start = time.perf_counter()
    with log.open("w") as output:
        process = subprocess.Popen(
            command, env=os.environ | environment, stdout=output, stderr=subprocess.STDOUT
        )
        watcher.start()
        # the only call that tells the figures of one child from those of the ones before it
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - start
    ended.set()
    watcher.join()
    if process.returncode:
        end = "\n".join(log.read_text().splitlines()[-20:])
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{end}")
    return Cost(
        cpu=usage.ru_utime + usage.ru_stime,
        wall=wall,
        memory=usage.ru_maxrss * 1024 / 1e9,
        disk=largest[0] / 1e9,
    )
