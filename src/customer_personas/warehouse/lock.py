"""The one lock of a company: one build, erasure, restore or roll-back at a time changes its files.

It is a lock on the file ``.lock`` of the publish folder. It belongs to the process and ends with
it, however that ends. The file says who holds it.
"""

import fcntl
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Self
from weakref import WeakValueDictionary

from customer_personas.warehouse.databases import DatabaseError, make_private_folder

# A version is swapped in within a moment; a build of a large company takes minutes.
LONGEST_WAIT = 600.0


class LockError(DatabaseError):
    """Another process is at work, and has been for long."""


# What this process holds: a build that publishes has the lock already.
_held: "WeakValueDictionary[tuple[Path, int], Lock]" = WeakValueDictionary()


class Lock:
    """Holds a company's files, until it is released, or nobody refers to it any more.

    Parameters
    ----------
    folder : Path
        The publish folder; made if it is not there.
    work : str
        What is done, for those who wait.
    longest_wait : float
        Seconds to wait for another process.
    say : callable
        Takes a line, where there is somebody to wait for.

    Raises
    ------
    LockError
        Where another process holds it for longer; the message says who.
    """

    def __init__(
        self,
        folder: Path,
        work: str,
        longest_wait: float = LONGEST_WAIT,
        say: Callable[[str], None] = lambda line: None,
    ) -> None:
        make_private_folder(folder)
        self._file: IO[str] | None = None
        key = (folder.resolve(), os.getpid())
        # kept alive as long as whoever shares it
        self._outer = _held.get(key)
        if self._outer is not None:
            return
        file = (folder / ".lock").open("a+", encoding="utf-8")
        try:
            _wait(file, folder, longest_wait, say)
        except BaseException:
            file.close()
            raise
        file.truncate(0)
        started = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
        file.write(f"{work}, process {os.getpid()}, since {started}")
        file.flush()
        self._file = file
        _held[key] = self

    def release(self) -> None:
        """Let others go on."""
        if self._file is not None:
            for key in [key for key, lock in _held.items() if lock is self]:
                del _held[key]
            self._file.close()
        self._file = self._outer = None

    def __enter__(self) -> Self:
        """Hold the lock while a block runs."""
        return self

    def __exit__(self, *error: object) -> None:
        """Release it."""
        self.release()


def _wait(file: IO[str], folder: Path, longest_wait: float, say: Callable[[str], None]) -> None:
    """Wait for the lock on a file."""
    give_up, is_said = time.monotonic() + longest_wait, False
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError as error:
            file.seek(0)
            holder = file.read() or "unknown"
            if time.monotonic() >= give_up:
                raise LockError(
                    f"Another process has been changing {folder} for more than "
                    f"{longest_wait:.0f} seconds: {holder}. Wait until it is done, or end it, and "
                    "try again; nothing was changed."
                ) from error
            if not is_said:
                say(f"Waiting for another process that changes {folder}: {holder}")
                is_said = True
            time.sleep(0.1)
