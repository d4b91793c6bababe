"""How published versions lie in their folder, and who may change it.

``<folder>/versions/<n>/`` holds version n. ``<folder>/current`` is a relative link to the version
in force; everything that readers open goes through it, so that replacing that one link changes the
whole set at once. Readers that have the old file open keep it.
"""

import fcntl
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# A version is swapped in within a moment; writing a large one takes minutes.
LONGEST_WAIT = 600.0


class VersionError(RuntimeError):
    """Something about the published versions that the reader of the message has to decide."""


def version_folder(folder: Path, number: int) -> Path:
    """Return where a version lies.

    Parameters
    ----------
    folder : Path
        The publish folder.
    number : int
        The version.

    Returns
    -------
    Path
        The folder of the version, whether it is there or not.
    """
    return folder / "versions" / str(number)


def version_numbers(folder: Path) -> list[int]:
    """List the versions that are kept.

    Parameters
    ----------
    folder : Path
        The publish folder.

    Returns
    -------
    list of int
        Their numbers, the oldest first.
    """
    versions = folder / "versions"
    if not versions.is_dir():
        return []
    return sorted(int(path.name) for path in versions.iterdir() if path.name.isdecimal())


def current_version(folder: Path) -> int | None:
    """Return the number of the version in force; None where nothing was published.

    Parameters
    ----------
    folder : Path
        The publish folder.

    Returns
    -------
    int or None
        Its number.
    """
    link = folder / "current"
    return int(link.readlink().name) if link.is_symlink() else None


def put_in_force(folder: Path, number: int) -> None:
    """Point ``current`` at a version, in one step that no reader can see half done.

    Parameters
    ----------
    folder : Path
        The publish folder.
    number : int
        The version, which is whole.
    """
    point(folder / "current", Path("versions") / str(number))


def point(link: Path, target: Path) -> None:
    """Make a link or replace it, in one step.

    Parameters
    ----------
    link : Path
        The link.
    target : Path
        What it points to, seen from its folder.
    """
    if link.is_symlink() and link.readlink() == target:
        return
    draft = link.with_name(f".{link.name}.draft")
    draft.unlink(missing_ok=True)
    draft.symlink_to(target)
    draft.replace(link)


@contextmanager
def publishing_lock(folder: Path, longest_wait: float = LONGEST_WAIT) -> Iterator[None]:
    """Hold the publish folder: two builds, or a build and a rollback, never change it at once.

    The lock belongs to the process and ends with it, however it ends.

    Parameters
    ----------
    folder : Path
        The publish folder.
    longest_wait : float
        Seconds to wait for another process.

    Yields
    ------
    None
        While the folder is held.

    Raises
    ------
    VersionError
        Where another process holds it for longer.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as file:
        give_up = time.monotonic() + longest_wait
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() >= give_up:
                    raise VersionError(
                        f"Another process has been changing {folder} for more than "
                        f"{longest_wait:.0f} seconds. Wait until it is done, or end it, and try "
                        f"again; the published set is as it was."
                    ) from error
                time.sleep(0.1)
        yield


def remove_version(folder: Path, number: int) -> None:
    """Remove a version, so that no half of one is ever left among the others.

    Parameters
    ----------
    folder : Path
        The publish folder, held by this process.
    number : int
        The version.
    """
    removed = folder / "versions" / f"draft-{number}-removed"
    version_folder(folder, number).rename(removed)
    shutil.rmtree(removed)
