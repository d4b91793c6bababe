"""Reads the landing folder of the ``files`` system: CSV (also gzipped) or Parquet, file by file.

Every file becomes rows of the same shape (file, record number, record as JSON text, read error), so
that files may differ in their columns and nothing that was in them is lost. Column names are
brought to lower case with underscores (``Full Name`` is ``full_name``); values stay as they came.
The reading itself happens in the engine; Python only finds the files and looks at their headers.
"""

import csv
import gzip
import os
from pathlib import Path

import duckdb

from customer_personas.sql_text import identifier

FOLDER_VARIABLE = "PERSONA_LANDING_DIR"
DEFAULT_FOLDER = "landing"
SUFFIXES = (".csv", ".csv.gz", ".parquet")
DELIMITERS = ",;\t|"

REQUIRED_COLUMNS = {
    "customers": ["customer_id"],
    "order_lines": ["order_id", "customer_id", "ordered_at", "quantity", "unit_price"],
    "web_events": ["event_id", "occurred_at", "event_type"],
    "feedback": ["customer_id", "submitted_at"],
    "declared_needs": ["customer_id", "need"],
}


class LandingError(ValueError):
    """The landing folder cannot be read as it is; the message says what to do."""


def landing_folder() -> Path:
    """Return the landing folder, from the environment variable ``PERSONA_LANDING_DIR``."""
    return Path(os.environ.get(FOLDER_VARIABLE) or DEFAULT_FOLDER)


def find_files(folder: Path, entity: str) -> list[Path]:
    """Find the files of an entity in a landing folder.

    Parameters
    ----------
    folder : Path
        The landing folder.
    entity : str
        Canonical name, such as ``order_lines``. Its files are ``<entity>.<suffix>``,
        ``<entity>_<anything>.<suffix>`` and all files of a sub-folder ``<entity>/``.

    Returns
    -------
    list of Path
        By name, which is the order in which later versions replace earlier ones.

    Raises
    ------
    LandingError
        If the folder is missing or holds no file of the entity.
    """
    if not folder.is_dir():
        raise LandingError(
            f"The landing folder {folder} does not exist. Make it and put {entity}.csv or "
            f"{entity}.parquet there, or set {FOLDER_VARIABLE} to the folder that holds your files."
        )
    candidates = [
        *folder.glob(f"{entity}.*"),
        *folder.glob(f"{entity}_*"),
        *folder.glob(f"{entity}/*"),
    ]
    files = sorted(
        path for path in candidates if path.is_file() and path.name.lower().endswith(SUFFIXES)
    )
    if not files:
        raise LandingError(
            f"No file of the entity {entity} in {folder}: expected {entity}.csv, "
            f"{entity}.csv.gz or {entity}.parquet. Put one there, or take {entity} out of the "
            "list of the system 'files' in the var source_systems."
        )
    return files


def read_entity(session: duckdb.DuckDBPyConnection, entity: str) -> duckdb.DuckDBPyRelation:
    """Read all landing files of an entity.

    Parameters
    ----------
    session : duckdb.DuckDBPyConnection
        The connection of the dbt model.
    entity : str
        Canonical name, such as ``order_lines``.

    Returns
    -------
    duckdb.DuckDBPyRelation
        ``source_file`` (name within the landing folder), ``record_number`` (from 1 in each file),
        ``record`` (JSON object of texts), ``read_error`` (null where the record could be read).

    Raises
    ------
    LandingError
        If the folder, a file or a required column is missing, or a file cannot be read.
    """
    folder = landing_folder()
    records = f"landing_{entity}"
    session.execute(
        f"create or replace temp table {records} "
        "(source_file varchar, record_number bigint, record varchar, read_error varchar)"
    )
    for path in find_files(folder, entity):
        source_file = path.relative_to(folder).as_posix()
        try:
            if path.suffix.lower() == ".parquet":
                _read_parquet(session, path, source_file, entity, records)
            else:
                _read_csv(session, path, source_file, entity, records)
        except (duckdb.Error, OSError, UnicodeDecodeError) as error:
            raise LandingError(
                f"{source_file} cannot be read: {error}. Mend the file or take it out of {folder}."
            ) from None
    return session.table(records)


def _read_parquet(session, path, source_file, entity, records) -> None:
    columns = session.read_parquet(str(path)).columns
    names = _column_names(columns, source_file)
    _require_columns(names, source_file, entity)
    texts = ", ".join(
        f"cast({identifier(column)} as varchar) as {identifier(name)}"
        for column, name in zip(columns, names, strict=True)
    )
    session.execute(
        f"""
        insert into {records}
        select ?, row_number() over (), cast(to_json(texts) as varchar), null
        from (select {texts} from read_parquet(?)) as texts
        """,
        [source_file, str(path)],
    )


def _read_csv(session, path, source_file, entity, records) -> None:
    header, delimiter = _read_header(path, source_file)
    _require_columns(header, source_file, entity)
    rejects = f"rejects_{entity}"
    session.execute(
        f"""
        create or replace temp table readable as
        select row_number() over () as readable_number, cast(to_json(texts) as varchar) as record
        from read_csv(
            ?, auto_detect = false, header = true, delim = ?, quote = '"', escape = '"',
            columns = ?, store_rejects = true,
            rejects_table = '{rejects}', rejects_scan = '{rejects}_scans', rejects_limit = 0
        ) as texts
        """,
        [str(path), delimiter, dict.fromkeys(header, "VARCHAR")],
    )
    # A line can break several rules and is still one record. The header is line 1.
    session.execute(
        f"""
        create or replace temp table unreadable as
        select
            line - 1 as record_number,
            line - 1 - row_number() over (order by line) as readable_before,
            cast(to_json(min(csv_line)) as varchar) as record,
            'line ' || line || ': ' || min(error_message) as read_error
        from {rejects}
        group by line
        """
    )
    session.execute(
        f"""
        insert into {records}
        select
            $file,
            -- a readable record moves down by the unreadable ones in front of it
            readable_number + (
                select count(*) from unreadable where readable_before < readable_number
            ),
            record,
            null
        from readable
        union all
        select $file, record_number, record, read_error
        from unreadable
        """,
        {"file": source_file},
    )
    for table in ("readable", "unreadable", rejects, f"{rejects}_scans"):
        session.execute(f"drop table {table}")


def _read_header(path: Path, source_file: str) -> tuple[list[str], str]:
    opened = gzip.open if path.suffix.lower() == ".gz" else open
    with opened(path, "rb") as lines:
        first = lines.readline()
    text = first.decode("utf-8-sig").strip()
    if not text:
        raise LandingError(
            f"{source_file} is empty: not even a header line. Deliver it again or take it away."
        )
    delimiter = max(DELIMITERS, key=text.count)
    return _column_names(next(csv.reader([text], delimiter=delimiter)), source_file), delimiter


def _column_names(columns: list[str], source_file: str) -> list[str]:
    names = ["_".join(column.lower().split()) for column in columns]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise LandingError(
            f"{source_file} has the column {twice[0]} more than once. Rename one of them."
        )
    return names


def _require_columns(columns: list[str], source_file: str, entity: str) -> None:
    missing = [name for name in REQUIRED_COLUMNS[entity] if name not in columns]
    if missing:
        raise LandingError(
            f"{source_file} lacks the column {', '.join(missing)}, which {entity} cannot do "
            f"without; found: {', '.join(columns)}. Rename the column that holds it."
        )
