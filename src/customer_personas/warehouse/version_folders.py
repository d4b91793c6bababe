"""How published versions lie in their folder, and who may change it.

``<folder>/versions/<n>/`` holds version n. ``<folder>/current`` is a relative link to the version
in force; everything that readers open goes through it, so that replacing that one link changes the
whole set at once. Readers that have the old file open keep it.
"""

import shutil
from pathlib import Path

# Ends the name of a version that another one takes the place of.
_REPLACED = "-erased"


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


def replace_version(folder: Path, number: int, draft: Path) -> None:
    """Put a version that was written anew in the place of the old one.

    Parameters
    ----------
    folder : Path
        The publish folder, held by this process.
    number : int
        The version, which is not in force.
    draft : Path
        Folder of the new files: ``draft-<number>``, which :func:`finish_replacements` knows.
    """
    aside = _draft(folder, number, _REPLACED)
    version_folder(folder, number).rename(aside)
    draft.rename(version_folder(folder, number))
    shutil.rmtree(aside)


def finish_replacements(folder: Path) -> None:
    """Put versions in their place whose replacement was ended between its two steps.

    Parameters
    ----------
    folder : Path
        The publish folder, held by this process.
    """
    for aside in (folder / "versions").glob(f"draft-*{_REPLACED}"):
        number = int(aside.name.removeprefix("draft-").removesuffix(_REPLACED))
        if not version_folder(folder, number).exists():
            new = _draft(folder, number)
            (new if new.exists() else aside).rename(version_folder(folder, number))


def _draft(folder: Path, number: int, what: str = "") -> Path:
    return folder / "versions" / f"draft-{number}{what}"


def remove_version(folder: Path, number: int) -> None:
    """Remove a version, so that no half of one is ever left among the others.

    Parameters
    ----------
    folder : Path
        The publish folder, held by this process.
    number : int
        The version.
    """
    removed = _draft(folder, number, "-removed")
    version_folder(folder, number).rename(removed)
    shutil.rmtree(removed)
