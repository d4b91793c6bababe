"""Which landing files an earlier build has read, so that each is read once."""

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from customer_personas.code_fingerprint import fingerprint_code
from customer_personas.intake.expressions import KEY_NAMES, KEYED_HASH_SQL
from customer_personas.intake.mapping import EntityMapping
from customer_personas.sql import identifier, literal

# What decides how a file is read stands beside this module.
_PACKAGE = Path(__file__).parent


@dataclass(frozen=True)
class KeptFiles:
    """The files of an entity whose records are in a table already.

    Parameters
    ----------
    table : str
        The table, as SQL.
    fingerprints : dict of str to str
        By name, of each file that is whole there and holds no record of an erased customer.
    fields : list of str
        The fields of its records as received.
    fields_of_files : dict of str to list of str
        Those of each of the files.
    """

    table: str
    fingerprints: dict[str, str]
    fields: list[str]
    fields_of_files: dict[str, list[str]]


def fingerprint_intake(session: duckdb.DuckDBPyConnection) -> str:
    """Tell this intake from any other: its code, the engine and the identifier key.

    Parameters
    ----------
    session : duckdb.DuckDBPyConnection
        The connection with the identifier key, by which a mapping may hash.

    Returns
    -------
    str
        The same as long as equal files and mappings give equal records.
    """
    ((key,),) = session.execute(
        f"select {KEYED_HASH_SQL.format(key=KEY_NAMES[0], text=literal('landing'))}"
    ).fetchall()
    return f"{fingerprint_code(_PACKAGE)} {duckdb.__version__} {key}"


def fingerprint_file(contents: Sequence[str], mapping: EntityMapping, intake: str) -> str:
    """Tell a file, and the way it is read, from any other.

    Parameters
    ----------
    contents : sequence of str
        As :func:`fingerprint_content` gives it, of the file, or of what it is packed in, and of
        the files into which its records are looked up.
    mapping : EntityMapping
        What the mapping says about it.
    intake : str
        As :func:`fingerprint_intake` gives it.

    Returns
    -------
    str
        The same as before only where reading the file again would give the same records.
    """
    parts = (*contents, repr(mapping), intake)
    return hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest()


def fingerprint_content(path: Path) -> str:
    """Tell what a file holds from anything else.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    str
        The same for the same bytes.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "blake2b").hexdigest()


def find_kept(session: duckdb.DuckDBPyConnection, table: str, with_erased: str | None) -> KeptFiles:
    """Find the files whose records are in a table.

    Parameters
    ----------
    session : duckdb.DuckDBPyConnection
        The connection of the dbt model.
    table : str
        The table of an earlier build, as SQL.
    with_erased : str or None
        A query that gives the ``source_file`` of erased customers' records; None: nobody is erased.

    Returns
    -------
    KeptFiles
        None of them where the table was made by a version that kept no fingerprints.
    """
    records = session.sql(f"from {table}")
    if "file_fingerprint" not in records.columns:
        return KeptFiles(table, {}, [], {})
    # Of an erased customer's records not even the place is in the table, until the next reading.
    # And a line that nobody can read is one of whichever erased customers it names: with each
    # erasure another may come first.
    whole = session.execute(
        f"""
        select
            source_file, any_value(file_fingerprint),
            coalesce(max(file_formats -> '$[0].fields'), '[]')
        from {table}
        group by source_file
        having
            count(*) = max(cast(file_formats ->> '$[0].records' as bigint))
            and (
                count(erased_customer_hash) = 0
                or max(cast(file_formats ->> '$[0].unreadable_lines' as bigint)) = 0
            )
        """
    ).fetchall()
    erased = set()
    if with_erased:
        erased = {name for (name,) in session.execute(with_erased).fetchall()}
    return KeptFiles(
        table,
        {name: fingerprint for name, fingerprint, _ in whole if name not in erased},
        [name for name, _ in records.select("received").types[0].children],
        {name: json.loads(fields) for name, _, fields in whole},
    )


def forget_others(
    session: duckdb.DuckDBPyConnection, kept: KeptFiles, names: Collection[str], fields: list[str]
) -> None:
    """Take the records of all other files out of the table.

    Parameters
    ----------
    session : duckdb.DuckDBPyConnection
        The connection of the dbt model, in whose transaction it happens.
    kept : KeptFiles
        The table.
    names : collection of str
        The files whose records stay.
    fields : list of str
        The fields that records as received are to have; only where no record stays may they be
        others than before.
    """
    listed = ", ".join(map(literal, names))
    session.execute(
        f"delete from {kept.table} " + (f"where source_file not in ({listed})" if listed else "")
    )
    if fields != kept.fields:
        struct = ", ".join(f"{identifier(name)} varchar" for name in fields)
        session.execute(f"alter table {kept.table} drop column received")
        session.execute(f"alter table {kept.table} add column received struct({struct})")
