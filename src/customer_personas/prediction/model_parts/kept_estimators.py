"""Fitted estimators as bytes in a table, without pickles: skops, made the same on every run."""

import re
from collections.abc import Sequence
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import skops.io
from sklearn.base import BaseEstimator

# skops names objects, and the arrays it keeps in files of their own, by their place in memory.
_MEMORY_PLACE = re.compile(r'(?<="__id__": )\d+|(?<="file": ")\d+(?=\.npy")')


def dump(estimator: BaseEstimator) -> bytes:
    """Write a fitted estimator.

    Parameters
    ----------
    estimator : sklearn.base.BaseEstimator
        The estimator.

    Returns
    -------
    bytes
        What `load` reads; equal for estimators fitted equally.
    """
    numbers: dict[str, str] = {}
    with ZipFile(BytesIO(skops.io.dumps(estimator))) as given:
        contents = {name: given.read(name) for name in given.namelist()}
    schema = _MEMORY_PLACE.sub(
        lambda found: numbers.setdefault(found[0], str(len(numbers))),
        contents.pop("schema.json").decode(),
    )
    arrays = {f"{numbers[name.removesuffix('.npy')]}.npy": contents[name] for name in contents}
    written = BytesIO()
    with ZipFile(written, "w") as kept:
        for name, content in sorted((arrays | {"schema.json": schema.encode()}).items()):
            # a ZipInfo carries the time 1980, whenever it is written
            kept.writestr(ZipInfo(name), content, ZIP_DEFLATED)
    return written.getvalue()


def load(content: bytes, trusted_types: Sequence[str]) -> BaseEstimator:
    """Read an estimator that `dump` wrote.

    Parameters
    ----------
    content : bytes
        What `dump` gave.
    trusted_types : sequence of str
        Types that it may hold beside those that skops trusts: scikit-learn's public ones.

    Returns
    -------
    sklearn.base.BaseEstimator
        The estimator.

    Raises
    ------
    skops.io.exceptions.UntrustedTypesFoundException
        Where it holds another type.
    """
    return skops.io.loads(content, trusted=list(trusted_types))
