"""The files of an export: their columns by destination, and texts that no spreadsheet runs."""

import csv
import io
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

ADDED, UPDATED, REMOVED = "added", "updated", "removed"
# What is written of a member beside the id; a change of it is an update.
FIELDS = ("persona_name", "rfm_segment", "next_need")
# Full-width ones count as well: spreadsheets of East Asian languages take them for the others.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", *"\uff1d\uff0b\uff0d\uff20", "'")


@dataclass(frozen=True)
class Change:
    """What an export says about one customer.

    Attributes
    ----------
    exported_id : str
        The id that the destination knows.
    kind : str
        ``added``, ``updated`` or ``removed``.
    fields : tuple of (str or None)
        Values of ``FIELDS``; of who was removed all None.
    """

    exported_id: str
    kind: str
    fields: tuple[str | None, ...] = (None,) * len(FIELDS)


@dataclass(frozen=True)
class Format:
    """How a destination wants its file.

    Attributes
    ----------
    suffix : str
        Ending of the file's name.
    names : callable
        Gives the names of the columns, from the audience's name.
    row : callable
        Gives the values of a row, from the audience's name and label and the change.
    has_mark : bool
        Whether the file begins with a byte order mark, by which Excel knows UTF-8.
    """

    suffix: str
    names: Callable[[str], list[str]]
    row: Callable[[str, str, Change], list[str | None]]
    has_mark: bool = False


def _list_all(audience: str, label: str, change: Change) -> list[str | None]:
    return [change.exported_id, change.kind, audience, label, *change.fields]


def _list_flag(audience: str, label: str, change: Change) -> list[str | None]:
    return [change.exported_id, "false" if change.kind == REMOVED else "true", *change.fields]


_ALL = ["external_id", "change", "audience", "audience_label", *FIELDS]
FORMATS = {
    "csv": Format("csv", lambda audience: _ALL, _list_all, has_mark=True),
    "parquet": Format("parquet", lambda audience: _ALL, _list_all),
    "hubspot": Format(
        "csv", lambda audience: ["Record ID", f"audience_{audience}", *FIELDS], _list_flag
    ),
    "salesforce": Format(
        "csv",
        lambda audience: ["Id", f"Audience_{audience}__c", *(f"{name}__c" for name in FIELDS)],
        _list_flag,
    ),
    "klaviyo": Format(
        "csv", lambda audience: ["External ID", f"audience_{audience}", *FIELDS], _list_flag
    ),
}


def defuse(text: str | None) -> str | None:
    """Put an apostrophe before a text that a spreadsheet would run as a formula.

    Parameters
    ----------
    text : str or None
        A value.

    Returns
    -------
    str or None
        The value; numbers, also below zero, stay as they are. A text that begins with an
        apostrophe gets one more, so that who takes one off has what was there.
    """
    if not text or not text.startswith(_FORMULA):
        return text
    return text if text[1:].replace(".", "", 1).isdecimal() and text[0] in "+-" else f"'{text}"


def write_file(
    path: Path, destination: str, audience: str, label: str, changes: Sequence[Change]
) -> None:
    """Write an export, and see that it is on the disk.

    Parameters
    ----------
    path : Path
        The file, which only its owner may read; what lies there is replaced.
    destination : str
        A key of ``FORMATS``.
    audience, label : str
        Name and label of the audience.
    changes : sequence of Change
        The rows.
    """
    shape = FORMATS[destination]
    rows = [shape.row(audience, label, change) for change in changes]
    names = shape.names(audience)
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    if shape.suffix == "parquet":
        columns = {
            name: pa.array([row[place] for row in rows], pa.string())
            for place, name in enumerate(names)
        }
        pq.write_table(pa.table(columns), path)
    else:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(names)
        writer.writerows([[defuse(value) for value in row] for row in rows])
        encoding = "utf-8-sig" if shape.has_mark else "utf-8"
        path.write_bytes(text.getvalue().encode(encoding))
    with path.open("rb") as written:
        os.fsync(written.fileno())
