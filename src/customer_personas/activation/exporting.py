"""The command ``export``: writes what changed in an audience since its last export.

The order of steps is what keeps it whole: the file is written as a hidden draft, then the export is
recorded in the state, then the draft gets its name. Whoever is killed before the record has
exported nothing; after it, the next export gives the draft its name first.
"""

import argparse
import hashlib
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from customer_personas.activation.export_files import (
    ADDED,
    FIELDS,
    FORMATS,
    REMOVED,
    UPDATED,
    Change,
    write_file,
)
from customer_personas.intake.columns import key
from customer_personas.warehouse.databases import (
    DatabaseError,
    connect,
    make_private_folder,
    publish_folder,
    say_why,
    state_path,
    warehouse_path,
)
from customer_personas.warehouse.lock import Lock
from customer_personas.warehouse.migrate import migrate_state
from customer_personas.warehouse.published_files import FILE_NAME


class ExportError(Exception):
    """An export that cannot be made; the message says what to do."""


@dataclass(frozen=True)
class Member:
    """One who may be sent something.

    Attributes
    ----------
    customer_id : str
        As in ``marts.customers``.
    fields : tuple of (str or None)
        Values of ``FIELDS``.
    """

    customer_id: str
    fields: tuple[str | None, ...]

    @property
    def row_hash(self) -> str:
        """What tells one state of the fields from another."""
        return hashlib.sha256(json.dumps(self.fields).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Audience:
    """An audience as it is published.

    Attributes
    ----------
    name, label : str
        Its name and label.
    company : str
        The source systems, which keep what the state holds apart.
    as_of_date : datetime.date
        Of the published set.
    members : list of Member
        Who is reachable, the most important first.
    """

    name: str
    label: str
    company: str
    as_of_date: object
    members: list[Member]


def export(
    name: str,
    form: str,
    folder: Path,
    external_id: str | None = None,
    say: Callable[[str], None] = print,
) -> Path | None:
    """Write what changed in an audience since its last export to the same destination.

    Parameters
    ----------
    name : str
        The audience.
    form : str
        A key of ``FORMATS``.
    folder : Path
        Where exports lie, one folder for each audience.
    external_id : str, optional
        The column of the customers file with the id that the destination knows; ``customer_id``
        by default.
    say : callable
        Takes a line about what was done.

    Returns
    -------
    Path or None
        The file; None where nothing changed.

    Raises
    ------
    ExportError
        Where there is no such audience, or no such column.
    DatabaseError
        Where a database cannot be opened.
    """
    published = publish_folder()
    destination = f"{form} by {key(external_id)}" if external_id else form
    with Lock(published, f"export of {name}", say=say):
        connect(state_path(), read_only=True).close()
        migrate_state(state_path(), say)
        with connect(state_path()) as state:
            _finish_open(state, folder, say)
            audience = _read_audience(published, name, state)
            before = _exported_before(state, audience, destination)
            current = _by_external_id(audience, external_id, say)
            changes = list_changes(before, current)
            if not changes:
                say(f"{name}: nothing changed since the last export to {destination}.")
                return None
            path = _next_path(state, audience, folder, destination, form)
            draft = _draft_of(path)
            make_private_folder(folder)
            make_private_folder(path.parent)
            write_file(draft, form, name, audience.label, changes)
            _record(state, audience, destination, path, changes, current)
            _finish_open(state, folder, lambda line: None)
    counted = ", ".join(
        f"{sum(change.kind == kind for change in changes):,} {kind}"
        for kind in (ADDED, UPDATED, REMOVED)
    )
    say(f"{path}: {counted}.")
    return path


def list_changes(before: dict[str, str | None], current: dict[str, Member]) -> list[Change]:
    """Compare who was exported with who is to be.

    Parameters
    ----------
    before : dict of str to (str or None)
        By exported id, the hash of what was written; None of an erased customer.
    current : dict of str to Member
        By exported id, who is to be there, in their order.

    Returns
    -------
    list of Change
        Who is new or was updated, in the order of `current`, then who is removed.
    """
    changes = [
        Change(exported_id, UPDATED if exported_id in before else ADDED, member.fields)
        for exported_id, member in current.items()
        if before.get(exported_id) != member.row_hash
    ]
    gone = sorted(before.keys() - current.keys())
    return changes + [Change(exported_id, REMOVED) for exported_id in gone]


def _read_audience(folder: Path, name: str, state: duckdb.DuckDBPyConnection) -> Audience:
    current = folder / "current"
    try:
        manifest = json.loads((current / "manifest.json").read_text(encoding="utf-8"))
    except OSError:
        raise ExportError(
            f"{folder} holds no published set. Exports are made of what was built, tested and "
            "published: run dbt build."
        ) from None
    company = manifest["source_systems"]
    with connect(current / FILE_NAME, read_only=True) as published:
        tables = published.execute(
            "from duckdb_tables() where table_name = 'audience_members'"
        ).fetchall()
        if not tables:
            raise ExportError("The published set has no audiences yet. Run dbt build once.")
        labels = dict(published.execute("select audience, label from marts.audiences").fetchall())
        ((as_of_date,),) = published.execute(
            "select max(as_of_date) from marts.customers"
        ).fetchall()
        rows = published.execute(
            f"select customers.customer_id, {', '.join(f'customers.{each}' for each in FIELDS)} "
            "from marts.audience_members as members "
            "inner join marts.customers as customers using (customer_id) "
            "where members.audience = ? and members.is_reachable and not members.is_held_out "
            "order by members.priority nulls last, customers.customer_id",
            [name],
        ).fetchall()
    ((exported_on,),) = state.execute(
        "select max(as_of_date) from history.exports where source_systems = ? and audience = ?",
        [company, name],
    ).fetchall()
    if name not in labels and exported_on is None:
        raise ExportError(
            f"There is no audience {name!r}; there are {', '.join(sorted(labels)) or 'none'}. An "
            "audience is a file in models/audiences/, there from the next dbt build on."
        )
    if exported_on is not None and as_of_date < exported_on:
        raise ExportError(
            f"What is published is as of {as_of_date}, and {name} was exported as of "
            f"{exported_on}: who left or withdrew since would come back. Publish a newer version."
        )
    members = [Member(customer_id, tuple(fields)) for customer_id, *fields in rows]
    return Audience(name, labels.get(name, name), company, as_of_date, members)


def _by_external_id(
    audience: Audience, column: str | None, say: Callable[[str], None]
) -> dict[str, Member]:
    """Give the members under the ids that the destination knows."""
    if column is None:
        return {member.customer_id: member for member in audience.members}
    with connect(warehouse_path(), read_only=True) as warehouse:
        names = [
            name
            for (name,) in warehouse.execute(
                "select distinct field_name from staging.int_customer_fields order by field_name"
            ).fetchall()
            if not name.startswith("need:")
        ]
        ids = dict(
            warehouse.execute(
                "select customer_id, field_value from staging.int_customer_fields "
                "where field_name in (select unnest($1))",
                [[name for name in names if key(name) == key(column)]],
            ).fetchall()
        )
    if not ids:
        raise ExportError(
            f"No customer has a value in a further column {column!r} of the customers file; there "
            f"are {', '.join(names) or 'none'}."
        )
    if any("@" in value for value in ids.values()):
        raise ExportError(
            f"{column} holds e-mail addresses, which do not leave the records as received. Give "
            "the column with the id that the destination itself uses."
        )
    found: dict[str, Member] = {}
    for member in audience.members:
        if member.customer_id in ids:
            found.setdefault(ids[member.customer_id], member)
    without = sum(member.customer_id not in ids for member in audience.members)
    if without:
        say(f"{audience.name}: {without:,} members have no {column} and are left out.")
    if shared := len(audience.members) - without - len(found):
        say(f"{audience.name}: {shared:,} members share the {column} of another one.")
    return found


def _exported_before(
    state: duckdb.DuckDBPyConnection, audience: Audience, destination: str
) -> dict[str, str | None]:
    return dict(
        state.execute(
            "select exported_id, row_hash from history.exported_members "
            "where source_systems = ? and audience = ? and destination = ?",
            [audience.company, audience.name, destination],
        ).fetchall()
    )


def _next_path(
    state: duckdb.DuckDBPyConnection, audience: Audience, folder: Path, destination: str, form: str
) -> Path:
    ((number,),) = state.execute(
        "select coalesce(max(export_number), 0) + 1 from history.exports where audience = ?",
        [audience.name],
    ).fetchall()
    slug = destination.replace(" ", "_")
    return folder / audience.name / f"{audience.name}_{number:04}_{slug}.{FORMATS[form].suffix}"


def _draft_of(path: Path) -> Path:
    return path.with_name(f".{path.name}.draft")


def _record(
    state: duckdb.DuckDBPyConnection,
    audience: Audience,
    destination: str,
    path: Path,
    changes: list[Change],
    current: dict[str, Member],
) -> None:
    """Record an export in the state, all of it or nothing."""
    written = [change.exported_id for change in changes if change.kind != REMOVED]
    members = pa.table(
        {
            "source_systems": [audience.company] * len(written),
            "audience": [audience.name] * len(written),
            "destination": [destination] * len(written),
            "exported_id": pa.array(written, pa.string()),
            "customer_id": pa.array([current[each].customer_id for each in written], pa.string()),
            "row_hash": pa.array([current[each].row_hash for each in written], pa.string()),
        }
    )
    changed = pa.table({"exported_id": [change.exported_id for change in changes]})
    counts = [sum(each.kind == kind for each in changes) for kind in (ADDED, UPDATED, REMOVED)]
    number = int(path.name.removeprefix(f"{audience.name}_").split("_")[0])
    state.register("written_members", members)
    state.register("changed_members", changed)
    state.execute("begin transaction")
    try:
        state.execute(
            "delete from history.exported_members where source_systems = ? and audience = ? "
            "and destination = ? and exported_id in (select exported_id from changed_members)",
            [audience.company, audience.name, destination],
        )
        state.execute("insert into history.exported_members by name select * from written_members")
        state.execute(
            "insert into history.exports values (?, ?, ?, ?, ?, null, ?, ?, ?, ?)",
            [
                *(audience.company, audience.name, destination, number, audience.as_of_date),
                *(path.name, *counts),
            ],
        )
        state.execute("commit")
    except BaseException:
        state.execute("rollback")
        raise


def _finish_open(
    state: duckdb.DuckDBPyConnection, folder: Path, say: Callable[[str], None]
) -> None:
    """Give the files of recorded exports their names, where that is still to be done."""
    for audience, name in state.execute(
        "select audience, file_name from history.exports where exported_at is null"
    ).fetchall():
        path = folder / audience / name
        draft = _draft_of(path)
        if draft.exists():
            draft.replace(path)
            _sync(path.parent)
            say(f"{path}: of an export that was interrupted after it was recorded.")
        elif not path.exists():
            raise ExportError(
                f"The export {name} was interrupted, and its file is not in {folder / audience}. "
                "Give the folder that it was made in. If the file was taken away already, put an "
                "empty one of that name there."
            )
        state.execute(
            "update history.exports set exported_at = ? where audience = ? and file_name = ?",
            [datetime.now(UTC).replace(tzinfo=None, microsecond=0), audience, name],
        )


def _sync(folder: Path) -> None:
    """See that the names in a folder are on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def build_parser() -> argparse.ArgumentParser:
    """Describe the arguments.

    Returns
    -------
    argparse.ArgumentParser
        Of the command.
    """
    parser = argparse.ArgumentParser(
        prog="customer-personas export",
        description="Write who came into an audience, changed or left it since its last export to "
        "the same destination: docs/activation.md.",
    )
    parser.add_argument("audience", help="name of the audience, as in marts.audiences")
    parser.add_argument(
        "--format", choices=sorted(FORMATS), default="csv", help="shape of the file (csv)"
    )
    parser.add_argument(
        "--external-id",
        metavar="COLUMN",
        help="further column of the customers file with the id that the destination knows "
        "(customer_id)",
    )
    parser.add_argument(
        "--folder", type=Path, default=Path("exports"), help="where the files go (exports)"
    )
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Export an audience.

    Parameters
    ----------
    arguments : sequence of str, optional
        What follows the name of the command.

    Returns
    -------
    int
        0, or 1 where it could not be exported.
    """
    given = build_parser().parse_args(arguments)
    try:
        export(given.audience, given.format, given.folder, given.external_id)
    except (ExportError, DatabaseError, duckdb.Error, OSError) as error:
        print(f"Not exported: {say_why(error)}", file=sys.stderr)
        return 1
    return 0
