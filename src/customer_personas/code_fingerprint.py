"""What tells the code that made a table from any other."""

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

# Whose results a table may rest on, beside this package's.
_ENGINES = ("duckdb", "numpy", "pandas", "pyarrow", "scikit-learn", "scipy")


@cache
def fingerprint_code(folder: Path) -> str:
    """Tell the files of a package from those of any other version.

    Parameters
    ----------
    folder : Path
        Of the package.

    Returns
    -------
    str
        The same as long as all of its files are.
    """
    files = sorted(each for each in folder.rglob("*") if "__pycache__" not in each.parts)
    found = hashlib.blake2b(digest_size=16)
    for each in files:
        if each.is_file():
            found.update(f"{each.relative_to(folder)} ".encode())
            found.update(each.read_bytes())
    return found.hexdigest()


@cache
def fingerprint_build() -> str:
    """Tell this package and the libraries that it computes with from any others.

    Returns
    -------
    str
        The same as long as equal inputs give equal tables.
    """
    libraries = " ".join(f"{name} {version(name)}" for name in _ENGINES)
    return f"{fingerprint_code(Path(__file__).parent)} {libraries}"
