"""Who was erased: keyed hashes, kept twice, so that no loss of the state brings anybody back.

They are kept in the state, where builds look, and in a file beside the published set. What either
of the two lacks is taken over from the other one.
"""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb

from customer_personas.intake.expressions import KEY_NAMES
from customer_personas.intake.spellings import is_erased
from customer_personas.warehouse.databases import (
    DatabaseError,
    connect,
    replace_changed,
    write_private_file,
)
from customer_personas.warehouse.identifier_keys import key_variables, set_variables

LOG = "erasures.jsonl"

# By keyed hash, the day of the request; none where it was kept under a former key.
Erasures = dict[str, date | None]

# What an erasure is kept of: the id alone, where it names its system, else behind the only system.
_PERSON = """
    case
        when source_systems like '%;%' then customer_id
        else split_part(source_systems, ':', 1) || ':' || customer_id
    end
"""
PERSONAL_TABLES = ("persona_changes", "published_predictions", "audience_changes")
# Rows stay here, without the customer, until the destination has been told of the removal.
EXPORTED_MEMBERS = "exported_members"


def read_erasures(state: duckdb.DuckDBPyConnection, schema: str = "history") -> Erasures:
    """List the erasures that a state keeps, whichever layout it has.

    Parameters
    ----------
    state : duckdb.DuckDBPyConnection
        A connection from which it can be read.
    schema : str
        Its schema, as SQL.

    Returns
    -------
    dict
        The erasures.
    """
    try:
        rows = state.execute(f"select customer_hash, erased_on from {schema}.erasures").fetchall()
    except duckdb.CatalogException:
        return {}
    return dict(rows)


def read_log(folder: Path) -> Erasures:
    """List the erasures that are kept beside a published set.

    Parameters
    ----------
    folder : Path
        The publish folder.

    Returns
    -------
    dict
        The erasures.

    Raises
    ------
    DatabaseError
        Where a line cannot be read: whom it keeps out is not known then.
    """
    path = folder / LOG
    found: Erasures = {}
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else []
    for number, line in enumerate(lines, 1):
        try:
            kept = json.loads(line)
            day = kept["erased_on"]
            found[str(kept["customer_hash"])] = date.fromisoformat(day) if day else None
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise DatabaseError(
                f"Line {number} of {path} cannot be read. Each line keeps an erased customer out: "
                "put a copy of the file in its place. Where the state database is whole, and no "
                f"older one was restored, it knows them all: then delete {path}, and the next "
                "build writes it anew."
            ) from error
    return found


def write_log(folder: Path, erasures: Erasures) -> None:
    """Keep erasures beside the published set: those that are there stay.

    Parameters
    ----------
    folder : Path
        The publish folder, held by this process.
    erasures : dict
        The erasures.
    """
    kept = read_log(folder)
    if erasures.keys() <= kept.keys():
        return
    folder.mkdir(parents=True, exist_ok=True)
    lines = [
        json.dumps({"customer_hash": customer_hash, "erased_on": day and day.isoformat()})
        for customer_hash, day in (erasures | kept).items()
    ]
    write_private_file(folder / LOG, "".join(f"{line}\n" for line in lines))


def add_erasures(state: duckdb.DuckDBPyConnection, erasures: Erasures) -> None:
    """Keep erasures in a state, each once.

    Parameters
    ----------
    state : duckdb.DuckDBPyConnection
        A connection to the state database.
    erasures : dict
        The erasures.
    """
    for customer_hash, day in erasures.items():
        state.execute(
            "insert into history.erasures select $hash, $day where $hash not in "
            "(select customer_hash from history.erasures)",
            {"hash": customer_hash, "day": day},
        )


def forget_erased(state: duckdb.DuckDBPyConnection, erasures: Erasures) -> None:
    """Add erasures to a state, and take out whoever they are of.

    Parameters
    ----------
    state : duckdb.DuckDBPyConnection
        A copy of the state, since what is deleted stays in its bytes.
    erasures : dict
        The erasures of another one.
    """
    set_variables(state, key_variables())
    add_erasures(state, erasures)
    hashes = "select customer_hash from history.erasures"
    condition = " or ".join(is_erased(_PERSON, key, hashes) for key in KEY_NAMES)
    for table in (*PERSONAL_TABLES, EXPORTED_MEMBERS):
        state.execute(forget_rows(f"history.{table}", table, condition))


def forget_rows(relation: str, table: str, condition: str) -> str:
    """Write the statement that takes rows of customers out of a table.

    Parameters
    ----------
    relation : str
        The table, as SQL.
    table : str
        Its name.
    condition : str
        Whose rows, as SQL.

    Returns
    -------
    str
        It deletes them; of who was exported it leaves the id that the destination knows, without
        the customer, so that the next export removes them there as well.
    """
    if table == EXPORTED_MEMBERS:
        return f"update {relation} set customer_id = null, row_hash = null where {condition}"
    return f"delete from {relation} where {condition}"


def take_over_logged(
    path: Path, folder: Path, say: Callable[[str], None] = lambda line: None
) -> None:
    """Take the erasures that a state lacks from the file beside the published set.

    Parameters
    ----------
    path : Path
        The state database, of the newest layout.
    folder : Path
        The publish folder.
    say : callable
        Takes a warning, where the state lacked some.

    Raises
    ------
    DatabaseError
        Where the file or the state cannot be read.
    """
    logged = read_log(folder)
    if not logged:
        return
    with connect(path) as state:
        lacking = logged.keys() - read_erasures(state).keys()
        if not lacking:
            return
        replace_changed(state, path, lambda copy: forget_erased(copy, logged))
    say(
        f"WARNING: {path} lacked {len(lacking)} of the {len(logged)} erasures in {folder / LOG}: "
        "it was lost, or an older one was put in its place. They are taken over, and the erased "
        "stay out. Personas and their history are those of that state: restore your newest backup "
        "with customer-personas backup restore, should that not be it."
    )


def keep_met(cursor: duckdb.DuckDBPyConnection, met: str) -> Erasures:
    """Keep erasures under the present key that were kept under the former one.

    Parameters
    ----------
    cursor : duckdb.DuckDBPyConnection
        A cursor of the build's connection, outside any transaction, with the state attached.
    met : str
        A query with ``erased_customer_hash`` of all erased customers that were delivered again.

    Returns
    -------
    dict
        All that the state keeps now.
    """
    cursor.execute(
        "insert into state.history.erasures (customer_hash) "
        f"select erased_customer_hash from ({met}) where erased_customer_hash not in "
        "(select customer_hash from state.history.erasures)"
    )
    return read_erasures(cursor, "state.history")
