"""All files of an entity as one relation: received, decided upon, read."""

import csv
import json
from collections.abc import Iterator
from collections.abc import Mapping as ByName
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import duckdb

from customer_personas.intake.columns import key
from customer_personas.intake.entities import ENTITIES, STAND_INS, WITH_ATTRIBUTES
from customer_personas.intake.errors import IntakeError
from customer_personas.intake.expressions import KEY_NAMES, KEYED_HASH_SQL
from customer_personas.intake.folder import (
    MAPPING_FILE,
    advice_on,
    landing_folder,
    list_others,
)
from customer_personas.intake.kept_files import (
    find_kept,
    fingerprint_content,
    fingerprint_file,
    fingerprint_intake,
    forget_others,
)
from customer_personas.intake.limits import NO_SETTING, Limits
from customer_personas.intake.lookups import find_second_files, look_up, receive_second_file
from customer_personas.intake.mapping import EntityMapping, Mapping, load_mapping
from customer_personas.intake.order_columns import fill_orders
from customer_personas.intake.parts import DAMAGES, Part, list_parts
from customer_personas.intake.reading import POSITION, FileReading, ReadColumn, decide_reading
from customer_personas.intake.received import ReceivedFile, receive_file
from customer_personas.intake.spellings import VISITOR, is_erased, one_spelling
from customer_personas.sql import identifier, literal

# What parts the words of a line that could not be read.
NO_WORD = r"[^\p{L}\p{M}\p{N}_@.+-]+"


def read_entity(
    session: duckdb.DuckDBPyConnection,
    entity: str,
    erasures: duckdb.DuckDBPyRelation | None = None,
    kept: str | None = None,
    limits: Limits = NO_SETTING,
) -> duckdb.DuckDBPyRelation:
    """Read the landing files of an entity that no earlier build has read.

    Parameters
    ----------
    session : duckdb.DuckDBPyConnection
        The connection of the dbt model, with the identifier keys where there are erasures.
    entity : str
        Canonical name, such as ``order_lines``.
    erasures : duckdb.DuckDBPyRelation, optional
        Keyed hashes of erased customers, as ``customer_hash``.
    kept : str, optional
        The table of an earlier build, as SQL: what does not stand any more is taken out of it, and
        the records of other files are given. Without it those of all files are.
    limits : Limits, optional
        What a file may take at most.

    Returns
    -------
    duckdb.DuckDBPyRelation
        One row per record received: ``source_file``, ``file_fingerprint`` (the same as long as
        reading the file again would give the same records), ``record_number`` (from 1 in each
        file), ``read_error`` and ``unreadable_line`` (null where the record could be read),
        ``record_hash``, ``received`` (STRUCT of the texts as received), ``file_formats`` (JSON: how
        the file was read), ``unreadable_columns`` (comma-separated), the canonical columns,
        for customers ``attributes`` (JSON of all further columns), and
        ``erased_customer_hash``: of an erased customer's record nothing else but its place is left.

    Raises
    ------
    IntakeError
        If the folder, a file, a column or a format does not allow it.
    """
    folder = landing_folder()
    erased = None
    if erasures is not None and erasures.limit(1).fetchall():
        erased = erasures.sql_query()
    if kept is None:
        readings = land_files(session, folder, entity, limits=limits).readings
        fields = _fields(_columns_by_file(readings))
        return session.sql(_records_sql(readings, entity, fields, erased))
    before = find_kept(session, kept, erased and erased_files_sql(kept, entity, erased))
    landed = land_files(session, folder, entity, before.fingerprints, limits)
    unchanged = {name: before.fields_of_files[name] for name in landed.unchanged}
    fields = _fields(unchanged | _columns_by_file(landed.readings))
    if fields != before.fields:
        # records as received get a field or lose one, those of all files
        others = land_files(session, folder, entity, landed.fingerprints, limits)
        landed = landed.with_all(others)
    forget_others(session, before, landed.unchanged, fields)
    if not landed.readings:
        return session.sql(f"from {kept} limit 0")
    return session.sql(_records_sql(landed.readings, entity, fields, erased))


@dataclass(frozen=True)
class LandedFiles:
    """The files of an entity, those that were read and those that had been before.

    Parameters
    ----------
    readings : list of FileReading
        What was read, in the order of the files' names.
    unchanged : list of str
        The others.
    """

    readings: list[FileReading]
    unchanged: list[str]

    @property
    def fingerprints(self) -> dict[str, str]:
        """Fingerprints of what was read, by name."""
        return {reading.file.name: reading.file.fingerprint for reading in self.readings}

    def with_all(self, others: "LandedFiles") -> "LandedFiles":
        """Add what was read afterwards.

        Parameters
        ----------
        others : LandedFiles
            The files that stood unchanged here.

        Returns
        -------
        LandedFiles
            All of them as read.
        """
        readings = sorted([*self.readings, *others.readings], key=lambda each: each.file.name)
        return LandedFiles(readings, [])


def land_files(
    session: duckdb.DuckDBPyConnection,
    folder: Path,
    entity: str,
    known: ByName[str, str] | None = None,
    limits: Limits = NO_SETTING,
) -> LandedFiles:
    """Receive the files of an entity that are not known, and decide how each is read.

    Parameters
    ----------
    session : duckdb.DuckDBPyConnection
        Where the temporary tables are made.
    folder : Path
        The landing folder.
    entity : str
        Canonical name.
    known : mapping, optional
        Fingerprints by name of the files that were read before.
    limits : Limits, optional
        What a file may take at most.

    Returns
    -------
    LandedFiles
        The files.

    Raises
    ------
    IntakeError
        With the problems of all files that are read, one a line.
    """
    known = known or {}
    mapping = load_mapping(folder)
    listed = list_parts(folder, limits)
    files = _files_of(listed, folder, entity, mapping)
    # many files may look into the same one, or lie in the same archive
    content = cache(fingerprint_content)
    intake = fingerprint_intake(session)
    readings: list[FileReading] = []
    problems: list[str] = []
    fingerprints: dict[str, str] = {}
    for name, part, group in files:
        with _problems_told(problems, name, folder):
            seconds = find_second_files(listed, folder, group)
            contents = [content(each.path) for each in (part, *seconds)]
            fingerprints[name] = fingerprint_file(contents, group, intake)
    unchanged = {name for name in known if fingerprints.get(name) == known[name]}
    # what the mapping names may have been in a file that is another one now, or gone
    for name in known.keys() - unchanged:
        of_file = mapping.of_file(name)
        if of_file is not None and of_file[1].named_columns():
            unchanged -= {name for name in unchanged if mapping.of_file(name) == of_file}
    second_files: dict[str, ReceivedFile] = {}
    for number, (name, part, group) in enumerate(files):
        if name in unchanged or name not in fingerprints:
            continue
        with _problems_told(problems, name, folder):
            table = f"received_{entity}_{number}"
            known_names = group.known_names(entity)
            file = receive_file(session, part, table, group.settings, limits, known_names)
            for lookup, second in zip(
                group.lookups, find_second_files(listed, folder, group), strict=True
            ):
                if repr(lookup) not in second_files:
                    second_table = f"second_{entity}_{len(second_files)}"
                    second_files[repr(lookup)] = receive_second_file(
                        session, second, lookup, second_table, limits
                    )
                file = look_up(session, file, lookup, second_files[repr(lookup)])
            if entity == "order_lines":
                file = fill_orders(session, file, group)
            file = replace(file, fingerprint=fingerprints[name])
            readings.append(decide_reading(session, file, entity, group))
    for group in mapping.entities[entity]:
        names = {name for name, _, of_file in files if of_file is group}
        if group.files and not names and "files" not in group.assumed:
            problems.append(
                f"{MAPPING_FILE}, entities: {entity}: files: no file fits {', '.join(group.files)}."
            )
        elif not problems and not names & unchanged:
            problems += _unmatched([r for r in readings if r.file.name in names], entity, group)
    if problems:
        # what is wrong with a second file is so for each file that needs it
        raise IntakeError("\n".join(dict.fromkeys(problems)))
    return LandedFiles(readings, sorted(unchanged))


@contextmanager
def _problems_told(problems: list[str], name: str, folder: Path) -> Iterator[None]:
    """Add to the problems what goes wrong with a file."""
    try:
        yield
    except IntakeError as error:
        problems.append(str(error))
    except PermissionError:
        problems.append(f"You may not read the file {name}. Give yourself permission.")
    except csv.Error as error:
        problems.append(
            f"{name} cannot be read: {error}. Is it a text file with one record a line? Mend it or "
            f"take it out of {folder}."
        )
    except (duckdb.Error, OSError, UnicodeError, LookupError, *DAMAGES) as error:
        what = str(error).split("\n")[0]
        problems.append(f"{name} cannot be read: {what}. Mend it or take it out of {folder}.")


def _files_of(
    listed: dict[str, Part], folder: Path, entity: str, mapping: Mapping
) -> list[tuple[str, Part, EntityMapping]]:
    """Find the files of an entity by name, with what the mapping says about each."""
    found = []
    for name, part in listed.items():
        of_file = mapping.of_file(name)
        if of_file is not None and of_file[0] == entity:
            found.append((name, part, of_file[1]))
    others = list_others(folder)
    for name in others:
        of_file, advice = mapping.of_file(name), advice_on(name)
        if advice is not None and of_file is not None and of_file[0] == entity:
            raise IntakeError(f"{name} is of a kind that is not read. {advice}")
    if not found:
        names = [*listed, *others]
        raise IntakeError(
            f"No file of the entity {entity} in {folder}: found {', '.join(names) or 'nothing'}. "
            f"Name one {entity}.csv, {entity}.xlsx, {entity}.parquet or {entity}.jsonl, "
            f"or say in {MAPPING_FILE} which files they are (entities: {entity}: files), or take "
            f"{entity} out of the list of the system 'files' in the var source_systems."
        )
    return found


def _unmatched(readings: list[FileReading], entity: str, group: EntityMapping) -> list[str]:
    """Name the columns of the mapping that no file has, and the values that no column has."""
    names = sorted({name for reading in readings for name in reading.file.columns})
    there = {key(name) for name in names}
    columns = [
        f"{MAPPING_FILE}, entities: {entity}: the column {column}, which no file has. "
        f"Found: {', '.join(names)}."
        for each, column in group.named_columns().items()
        if readings and each not in there
    ]
    needs = [
        f"{MAPPING_FILE}, entities: {entity}: needs: {need.target}: no value of {need.column} is "
        f"{' or '.join(need.positive)}, which positive asks for. Found: {seen[0]}."
        for need in group.needs
        for seen in [
            [
                each.without_positive.get(need.target, "")
                for each in readings
                if key(need.column) in map(key, each.file.columns)
            ]
        ]
        if seen and all(seen)
    ]
    return columns + needs


def entity_query(readings: list[FileReading], entity: str, fields: list[str] | None = None) -> str:
    """Write the SQL that reads the received files of an entity.

    Parameters
    ----------
    readings : list of FileReading
        As :func:`land_files` gives them in `LandedFiles`.
    entity : str
        Canonical name.
    fields : list of str, optional
        The fields of the records as received; without it the columns of the files.

    Returns
    -------
    str
        A query with the columns that :func:`read_entity` describes.
    """
    fields = fields or _fields(_columns_by_file(readings))
    parts = []
    for reading in readings:
        parts.append(_readable(reading, entity, fields))
        if reading.file.unreadable:
            parts.append(_unreadable(reading, entity, fields))
    return "\nunion all\n".join(parts)


def _columns_by_file(readings: list[FileReading]) -> dict[str, list[str]]:
    return {each.file.name: list(each.file.own_columns) for each in readings}


def _fields(columns: ByName[str, list[str]]) -> list[str]:
    """List the columns of files, each once, in the order of the files' names."""
    return list(dict.fromkeys(name for file in sorted(columns) for name in columns[file]))


def _records_sql(
    readings: list[FileReading], entity: str, fields: list[str], erasures: str | None
) -> str:
    """Write the SQL that reads received files, and leaves nothing of erased customers."""
    query = entity_query(readings, entity, fields)
    if erasures is None:
        return f"select *, cast(null as varchar) as erased_customer_hash from ({query})"
    return without_erased_sql(query, entity, erasures)


def without_erased_sql(query: str, entity: str, erasures: str) -> str:
    """Write the SQL that leaves nothing of the records of erased customers but their place.

    Of a line that could not be read nobody knows whose it is: it goes where any of its words is the
    id of an erased customer. A visit without a customer id goes by its visitor's.

    Parameters
    ----------
    query : str
        As :func:`entity_query` writes it.
    entity : str
        Canonical name.
    erasures : str
        A query with ``customer_hash``.

    Returns
    -------
    str
        A query with the same columns and ``erased_customer_hash``.
    """
    names = ["read_error", "unreadable_line", "record_hash", "received", "unreadable_columns"]
    names += [name for name, _ in _columns_of(entity)]
    kept = ",\n".join(
        f"case when erased_customer_hash is null then {name} end as {name}" for name in names
    )
    return f"""
        with records as ({query}),
        {_erased_sql(entity, erasures)}
        select
            source_file, file_fingerprint, record_number, file_formats, {kept}, erased_customer_hash
        from (
            select
                records.*,
                coalesce(erased.erased_hash, erased_lines.erased_hash) as erased_customer_hash
            from records
            left join erased on {_person(entity)} = erased.person
            left join erased_lines using (source_file, record_number)
        )
    """


def erased_files_sql(table: str, entity: str, erasures: str) -> str:
    """Write the SQL that finds the files with more of erased customers' records than their place.

    Parameters
    ----------
    table : str
        The records of an earlier build, as SQL.
    entity : str
        Canonical name.
    erasures : str
        A query with ``customer_hash``.

    Returns
    -------
    str
        A query with ``source_file``.
    """
    return f"""
        with records as (from {table} where erased_customer_hash is null),
        {_erased_sql(entity, erasures)}
        select source_file from records where {_person(entity)} in (select person from erased)
        union
        select source_file from erased_lines
    """


def _person(entity: str) -> str:
    """Write the SQL of whom a record is of: a customer, or else a visitor."""
    if "visitor_id" not in dict(_columns_of(entity)):
        return "records.customer_id"
    return f"coalesce(records.customer_id, {literal(VISITOR)} || records.visitor_id)"


def _erased_sql(entity: str, erasures: str) -> str:
    """Write the common table expressions that find erased customers in ``records``."""
    hashed = KEYED_HASH_SQL.format(key=KEY_NAMES[0], text=one_spelling("('files:' || person)"))
    hashes = "select customer_hash from erasures"
    is_known = " or ".join(is_erased("('files:' || person)", key, hashes) for key in KEY_NAMES)
    named = ["word"]
    if "visitor_id" in dict(_columns_of(entity)):
        named.append(f"{literal(VISITOR)} || word")
    people = " union ".join(f"select {each} as person from line_words" for each in named)
    lines = " or ".join(f"erased.person = {each}" for each in named)
    return f"""erasures as ({erasures}),
        line_words as (
            select source_file, record_number, unnest(regexp_split_to_array(
                unreadable_line, {literal(NO_WORD)}
            )) as word
            from records
            where unreadable_line is not null
        ),
        people as (select {_person(entity)} as person from records union {people}),
        erased as (select person, {hashed} as erased_hash from people where {is_known}),
        erased_lines as (
            select source_file, record_number, min(erased_hash) as erased_hash
            from line_words inner join erased on {lines}
            group by source_file, record_number
        )"""


def _columns_of(entity: str) -> list[tuple[str, str]]:
    """List the canonical columns with their types, attributes included."""
    columns = [(column.name, column.sql_type) for column in ENTITIES[entity]]
    return columns + ([("attributes", "varchar")] if entity in WITH_ATTRIBUTES else [])


def _readable(reading: FileReading, entity: str, fields: list[str]) -> str:
    read = {
        column.name: column.reading.sql for column in reading.columns if not column.is_attribute
    }
    read["attributes"] = _attributes(reading)
    stand_ins = {
        name: sql for name, (_, sql) in STAND_INS.get(entity, {}).items() if name not in read
    }
    own = set(reading.file.own_columns)
    row = ", ".join(
        f"{identifier(name)} := "
        + (reading.file.as_received(name) if name in own else "cast(null as varchar)")
        for name in fields
    )
    canonical = ", ".join(
        f"cast({read.get(name, 'null')} as {sql_type}) as {name}"
        for name, sql_type in _columns_of(entity)
        if name not in stand_ins
    )
    names = ", ".join(f"{stand_ins.get(name, name)} as {name}" for name, _ in _columns_of(entity))
    doubtful = [c for c in reading.columns if c.unreadable and not c.is_attribute]
    texts = "".join(f", {column.text} as text_of_{column.name}" for column in doubtful)
    return f"""
        select
            source_file, file_fingerprint, record_number,
            read_error, unreadable_line, record_hash, received, file_formats,
            {_unreadable_columns(doubtful)} as unreadable_columns, {names}
        from (
            select
                {literal(reading.file.name)} as source_file,
                {literal(reading.file.fingerprint)} as file_fingerprint,
                {_position(reading)} as record_number,
                cast(null as varchar) as read_error,
                cast(null as varchar) as unreadable_line,
                {_record_hash(reading)} as record_hash,
                struct_pack({row}) as received,
                -- once a file: a long text on every row would cost more than all the rest
                case when records.{POSITION} = 0 then {literal(describe(reading, entity))} end
                    as file_formats,
                {canonical}{texts}
            from {_placed(reading)}
        )
    """


def _record_hash(reading: FileReading) -> str:
    """Write the SQL of a fingerprint to which columns that are not filled add nothing."""
    # with what stands on the first line of the order: lines of two orders are no duplicates
    columns = [(literal(name), f"records.{identifier(name)}") for name in reading.file.own_columns]

    def half(seed: str) -> str:
        hashes = [
            f"case when {column} is null then 0::ubigint else hash({name}, {column}{seed}) end"
            for name, column in columns
        ]
        return _xor(hashes)

    content = f"(cast({half('')} as uhugeint) << 64) | {half(', 1')}"
    if not reading.keep_equal_lines:
        return content
    # the second of equal lines has another fingerprint than the first, and that of the second of
    # any other file: what is delivered again is still a duplicate
    number = f"row_number() over (partition by {content} order by records.{POSITION})"
    return (
        f"xor({content}, case when {number} > 1 "
        f"then (cast(hash({number}) as uhugeint) << 64) | hash({number}, 1) else 0 end)"
    )


def _xor(hashes: list[str]) -> str:
    """Write the SQL of the exclusive or of hashes, halves within halves: a chain plans slowly."""
    if len(hashes) == 1:
        return hashes[0]
    middle = len(hashes) // 2
    return f"xor({_xor(hashes[:middle])}, {_xor(hashes[middle:])})"


def _placed(reading: FileReading) -> str:
    """Write the SQL of the records, with how many unreadable lines stand in front of each."""
    if not reading.file.unreadable:
        return f"{reading.records} as records"
    return f"""{reading.records} as records
            asof left join (
                select readable_before as "(readable before)", max(lines_before) as "(lines before)"
                from (
                    select
                        row_number() over (order by record_number) as lines_before,
                        record_number - lines_before as readable_before
                    from {reading.file.table}_unreadable
                )
                group by readable_before
            ) as gaps
                on records.{POSITION} >= gaps."(readable before)\""""


def _position(reading: FileReading) -> str:
    lines = 'coalesce(gaps."(lines before)", 0)' if reading.file.unreadable else "0"
    return f"cast(records.{POSITION} + 1 + {lines} as bigint)"


def _attributes(reading: FileReading) -> str:
    fields = ", ".join(
        f"{identifier(column.name)} := {column.reading.sql}"
        for column in reading.columns
        if column.is_attribute
    )
    return f"to_json(struct_pack({fields}))" if fields else "null"


def _unreadable_columns(doubtful: list[ReadColumn]) -> str:
    """Write the SQL that names the columns with a text that cannot be read."""
    if not doubtful:
        return "cast(null as varchar)"
    failed = {
        name: f"(text_of_{name} is not null and {name} is null)"
        for name in (column.name for column in doubtful)
    }
    cases = ", ".join(f"case when {sql} then {literal(name)} end" for name, sql in failed.items())
    # names are put together for the few records that need it
    return f"case when {' or '.join(failed.values())} then concat_ws(',', {cases}) end"


def _unreadable(reading: FileReading, entity: str, fields: list[str]) -> str:
    struct = ", ".join(f"{identifier(name)} varchar" for name in fields)
    nothing = ", ".join(f"cast(null as {kind}) as {name}" for name, kind in _columns_of(entity))
    formats = "null"
    if not reading.file.records:
        description = literal(describe(reading, entity))
        formats = f"case when line_number = min(line_number) over () then {description} end"
    return f"""
        select
            {literal(reading.file.name)}, {literal(reading.file.fingerprint)}, record_number,
            'line ' || line_number || ': ' || read_error, line,
            (cast(hash(line) as uhugeint) << 64) | hash(line, 2),
            cast(null as struct({struct})), {formats}, null, {nothing}
        from {reading.file.table}_unreadable
    """


def describe(reading: FileReading, entity: str) -> str:
    """Describe how a file is read, as JSON.

    Parameters
    ----------
    reading : FileReading
        The file.
    entity : str
        Canonical name.

    Returns
    -------
    str
        A list of one object per column that is read or stood in for; the first has the ``fields``
        of the file's records as received.
    """
    file = reading.file
    of_file = {
        "file_format": file.file_format,
        "encoding": file.encoding,
        "delimiter": file.delimiter,
        "records": file.records + file.unreadable,
        "unreadable_lines": file.unreadable,
    }
    headers = {file.told(name): header for name, header in file.headers.items()}
    columns = [
        {
            "column_name": column.name,
            "source_column": column.source,
            "header": headers.get(column.source),
            "read_as": column.kind,
            "value_format": column.reading.format,
            "decided_by": column.reading.decided_by,
            "filled_values": column.filled,
            "unreadable_values": column.unreadable,
            "declared_as": column.settings.get("read_as"),
            "label": column.settings.get("label"),
        }
        for column in reading.columns
    ]
    known = {column.name for column in reading.columns}
    columns += [
        {
            "column_name": name,
            "source_column": None,
            "header": None,
            "read_as": "stand-in",
            "value_format": meaning,
            "decided_by": "no such column in the file",
            "filled_values": file.records,
            "unreadable_values": 0,
        }
        for name, (meaning, _) in STAND_INS.get(entity, {}).items()
        if name not in known
    ]
    described: list[dict] = [of_file | column for column in columns]
    described[0]["fields"] = list(file.own_columns)
    return json.dumps(described, ensure_ascii=False)
