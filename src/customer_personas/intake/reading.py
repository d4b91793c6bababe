"""How the columns of a received file are read: what from, and in which format."""

from dataclasses import dataclass, field, replace
from functools import partial

import duckdb

from customer_personas.intake.columns import (
    key,
    match_columns,
    refuse_repeated,
    require_columns,
)
from customer_personas.intake.entities import ENTITIES, WITH_ATTRIBUTES
from customer_personas.intake.entities import Column as CanonicalColumn
from customer_personas.intake.errors import IntakeError
from customer_personas.intake.expressions import parse_expression
from customer_personas.intake.folder import MAPPING_FILE
from customer_personas.intake.formats.bands import read_band
from customer_personas.intake.formats.ids import PLAIN_ID, read_id
from customer_personas.intake.formats.numbers import looks_like_numbers, read_number
from customer_personas.intake.formats.times import PLAIN_TIME, read_time
from customer_personas.intake.formats.values import (
    MISSING,
    MISSING_WHERE_TYPED,
    TOLERATED,
    Column,
    Reading,
    cleaned,
    half_width,
    needs_cleaning,
)
from customer_personas.intake.mapping import EntityMapping
from customer_personas.intake.needs import KIND as NEED
from customer_personas.intake.needs import YES
from customer_personas.intake.order_columns import AMOUNTS, ask_whose_discount
from customer_personas.intake.received import ReceivedFile
from customer_personas.sql import identifier, literal

# No column of a file has such names: theirs are letters, digits and underscores.
POSITION = '"(position)"'
_COMPUTED = "{} (computed)"
# By kind, the plainest form of its texts: they have no blanks around them and say something.
_PLAIN = {"id": PLAIN_ID, "time": PLAIN_TIME, "date": PLAIN_TIME}
# Amounts that are taken off, and that some programs write below zero.
_DISCOUNTS = ("discount_amount", "order_discount_amount")
# In expressions: the position of the record among the readable ones of its file, from 1.
ROW_NUMBER = "row_number"


@dataclass(frozen=True)
class ReadColumn:
    """A column that is read.

    Attributes
    ----------
    name : str
        Canonical column or attribute.
    source : str
        Column of the file, or the expression it is computed by.
    kind : str
        What its texts are read as; ``attribute`` in front where it is a further column, ``declared
        need`` where it is a target.
    text : str
        SQL of its cleaned text.
    reading : Reading
        Its format.
    filled, unreadable : int
        Records with a text there; those of them whose text cannot be read.
    settings : dict
        What the mapping says about it.
    """

    name: str
    source: str
    kind: str
    text: str
    reading: Reading
    filled: int
    unreadable: int
    settings: dict = field(default_factory=dict)

    @property
    def is_attribute(self) -> bool:
        """Whether it is no canonical column, but kept by a name of its own."""
        return self.kind.startswith("attribute") or self.kind == NEED


@dataclass
class FileReading:
    """How one file is read.

    Attributes
    ----------
    file : ReceivedFile
        The file.
    columns : list of ReadColumn
        What is read of it.
    computed : dict of str to str
        By name, SQL of the columns that the mapping computes.
    unused : list of str
        Columns of the file that nothing reads, but for those that the mapping ignores.
    keep_equal_lines : bool
        Whether its equal records are as many things.
    without_positive : dict of str to str
        By target, values of its column where the file shows none of those that are asked for.
    """

    file: ReceivedFile
    columns: list[ReadColumn] = field(default_factory=list)
    computed: dict[str, str] = field(default_factory=dict)
    unused: list[str] = field(default_factory=list)
    keep_equal_lines: bool = False
    without_positive: dict[str, str] = field(default_factory=dict)

    @property
    def records(self) -> str:
        """SQL of the received records, with their position from 0 and the computed columns."""
        return self._records_with(self.computed)

    def records_for(self, column: str) -> str:
        """Write the SQL of the received records with no more computed than one column needs.

        Parameters
        ----------
        column : str
            A column of the file or a computed one. Its values are counted by a few queries, and the
            engine goes through all that stands in each of them.

        Returns
        -------
        str
            As ``records`` has it.
        """
        needed = {column, ROW_NUMBER}
        return self._records_with({n: sql for n, sql in self.computed.items() if n in needed})

    def _records_with(self, computed: dict[str, str]) -> str:
        columns = "".join(f", {sql} as {identifier(name)}" for name, sql in computed.items())
        return f"(select rowid as {POSITION}, *{columns} from {self.file.table})"


def decide_reading(
    session: duckdb.DuckDBPyConnection, file: ReceivedFile, entity: str, mapping: EntityMapping
) -> FileReading:
    """Find the columns of a file and decide how each is read.

    Parameters
    ----------
    session : duckdb.DuckDBPyConnection
        Where the received records are.
    file : ReceivedFile
        The file.
    entity : str
        Canonical name of its entity.
    mapping : EntityMapping
        What the mapping says about the entity.

    Returns
    -------
    FileReading
        Its columns, canonical ones first.

    Raises
    ------
    IntakeError
        If a column is lacking or can be read in two ways.
    """
    reading = FileReading(file, keep_equal_lines=mapping.keep_equal_lines)
    numbers = {name for name, holds in file.columns.items() if holds == "number"}
    ignored = {key(name) for name in mapping.ignore}
    needs = {key(need.column): need for need in mapping.needs}
    names = [name for name in file.columns if key(name) not in ignored | needs.keys()]
    found = match_columns(names, entity, mapping, file.name)
    computed = _compute(session, reading, mapping, numbers)
    columns_of = {name: [column] for name, column in found.items()} | computed
    used = {*found.values(), *(column for columns in computed.values() for column in columns)}
    described = {
        name: text
        for name, text in _computed_by(mapping).items()
        if _COMPUTED.format(name) in reading.computed
    }
    sources = found | {name: _COMPUTED.format(name) for name in described}
    told_as = _amounts_of_orders(file, columns_of)
    headers = {name: file.headers.get(name, name) for name in names}
    refuse_repeated(headers, sources, entity, file.name)
    require_columns(set(sources), names, entity, file.name)
    for canonical in ENTITIES[entity]:
        name = told_as.get(canonical.name, canonical.name)
        if name in sources and canonical.name not in told_as.values():
            source, settings = sources[name], mapping.settings_of(name)
            column = _column(session, reading, source, settings, numbers, canonical.kind)
            told = described.get(name, file.told(source))
            how = _read_canonical(column, canonical)
            reading.columns.append(_counted(column, canonical.name, told, canonical.kind, how))
    if entity == "order_lines" and "discount_amount" not in mapping.columns:
        read = {column.name: column.reading.sql for column in reading.columns}
        ask_whose_discount(session, file, reading.records, read)
    further = [name for name in names if name not in used]
    if entity not in WITH_ATTRIBUTES:
        reading.unused += further
        return reading
    for name in further:
        column = _column(session, reading, name, mapping.settings_of(name), numbers)
        kind, how = _read_attribute(column)
        reading.columns.append(_counted(column, name, file.told(name), kind, how))
    for name in file.columns:
        if need := needs.get(key(name)):
            column = _column(session, reading, name, mapping.settings_of(name), numbers, "text")
            how = need.read(column)
            reading.columns.append(_counted(column, need.field, name, NEED, how))
            if need.positive and not _says_yes(column, how):
                reading.without_positive[need.target] = column.samples()
    return reading


def _amounts_of_orders(file: ReceivedFile, columns_of: dict[str, list[str]]) -> dict[str, str]:
    """Find the amounts that are the order's: by the canonical column, the one they were told as."""
    found = {}
    for of_line, of_order in AMOUNTS.items():
        columns = columns_of.get(of_line, [])
        if columns and set(columns) <= {*file.of_order, *file.outer}:
            if of_order in columns_of:
                raise IntakeError(
                    f"{MAPPING_FILE}: {file.name} has {of_line} from a column of the order, "
                    f"{columns[0]}, and {of_order} as well. Leave one of them."
                )
            found[of_order] = of_line
    return found


def _computed_by(mapping: EntityMapping) -> dict[str, str]:
    """Describe, by canonical column, what the mapping computes it by."""
    return {
        name: how.expression or f"always {how.value}"
        for name, how in mapping.columns.items()
        if how.expression is not None or how.value is not None
    }


def _compute(
    session: duckdb.DuckDBPyConnection,
    reading: FileReading,
    mapping: EntityMapping,
    numbers: set[str],
) -> dict[str, list[str]]:
    """Add the columns that the mapping computes; give the columns of the file that each uses."""
    file = reading.file
    used: dict[str, list[str]] = {}
    for name, how in mapping.columns.items():
        computed = _COMPUTED.format(name)
        if how.value is not None:
            reading.computed[computed] = literal(how.value)
        if how.expression is None:
            continue
        names = list(file.columns)
        if key(ROW_NUMBER) not in map(key, names):
            names.append(ROW_NUMBER)
        expression = parse_expression(how.expression, names, file.name, name, how.is_assumed)
        if how.is_assumed and not expression.columns:
            continue  # the file has none of the columns that the preset would use
        if ROW_NUMBER in expression.columns and ROW_NUMBER not in file.columns:
            reading.computed = {ROW_NUMBER: "cast(rowid + 1 as varchar)"} | reading.computed
        settings = mapping.settings_of(name)
        operands = {
            each: read_number(_column(session, reading, each, settings, numbers), "double").sql
            for each in expression.numbers
        }
        reading.computed[computed] = expression.sql(
            partial(_cleaned_text, missing=_missing(settings)),
            operands.__getitem__,
        )
        _try_out(session, reading, computed, how.expression, name)
        if expression.is_number:
            numbers.add(computed)
        used[name] = expression.columns
    return used


def _try_out(
    session: duckdb.DuckDBPyConnection, reading: FileReading, computed: str, text: str, name: str
) -> None:
    """Compute a column once, so that what cannot be computed is told as the mapping's fault."""
    try:
        records = reading.records_for(computed)
        session.execute(f"select count({identifier(computed)}) from {records}").fetchall()
    except duckdb.Error as error:
        raise IntakeError(
            f"{MAPPING_FILE}: the expression {text!r} of {name} cannot be computed for "
            f"{reading.file.name}: {str(error).splitlines()[0]} Columns are texts, except in "
            "arithmetic: compare them with texts ('1'), and write price * 1 for a number."
        ) from None


def _cleaned_text(name: str, missing: tuple[str, ...]) -> str:
    return cleaned(identifier(name), missing)


def _missing(settings: dict, is_typed: bool = False) -> tuple[str, ...]:
    """Give the texts that stand for nothing."""
    typed = MISSING_WHERE_TYPED if is_typed else ()
    return (*MISSING, *typed, *settings.get("missing_values", []))


def _column(
    session: duckdb.DuckDBPyConnection,
    reading: FileReading,
    source: str,
    settings: dict,
    numbers: set[str],
    kind: str | None = None,
) -> Column:
    """Collect the distinct values of a column, of a kind that is known or not."""
    column, values = identifier(source), f"{reading.file.table}_values"
    missing = _missing(settings, kind != "text")
    # of what the file itself has, without looking at all other columns each time
    is_own = source in reading.file.columns
    records = reading.file.table if is_own else reading.records_for(source)
    session.execute(
        f"create or replace temp table {values} as "
        f"select {column} as value, count(*) as n from {records} "
        f"where {column} is not null group by all"
    )
    is_time, is_number = reading.file.columns.get(source) == "time", source in numbers
    found = Column(
        *(session, reading.file.name, source, column, values, settings, is_number, is_time)
    )
    if kind in _PLAIN and "missing_values" not in settings:
        found = replace(found, odd_values=found.odd(_PLAIN[kind]).values)
    ((is_dirty,),) = session.execute(
        f"select bool_or({needs_cleaning('value', missing)}) from {found.odd_values or values}"
    ).fetchall()
    if is_dirty:
        session.execute(
            f"create or replace temp table {values} as "
            f"select {cleaned('value', missing)} as text, sum(n)::bigint as n "
            f"from {values} where text is not null group by all"
        )
        session.execute(f"alter table {values} rename text to value")
        found = replace(found, text=cleaned(column, missing), odd_values=None)
    return found


def _counted(column: Column, name: str, source: str, kind: str, reading: Reading) -> ReadColumn:
    """Count what is there and what of it cannot be read."""
    unread = "0" if reading.sql == column.text else f"sum(n) filter (({reading.sql}) is null)"
    if reading.unreadable is not None:
        unread = str(reading.unreadable)
    ((filled, unreadable),) = column.session.execute(
        f"select coalesce(sum(n), 0)::bigint, coalesce({unread}, 0)::bigint "
        f"from {_values_of(column)}"
    ).fetchall()
    return ReadColumn(name, source, kind, column.text, reading, filled, unreadable, column.settings)


def _read_canonical(column: Column, canonical: CanonicalColumn) -> Reading:
    match canonical.kind:
        case "id":
            return read_id(column, is_customer=canonical.name == "customer_id")
        case "time":
            return read_time(column)
        case "date":
            reading = read_time(column, is_date=True)
            return replace(reading, sql=f"cast({reading.sql} as date)")
        case "number":
            reading = read_number(column, canonical.sql_type, is_amount=True)
            return _without_sign(column, reading) if canonical.name in _DISCOUNTS else reading
        case "band":
            return read_band(column, canonical.sql_type)
        case "whole number":
            reading = read_number(column, "decimal(18, 3)")
            value = reading.sql
            whole = f"case when {value} = trunc({value}) then try_cast({value} as integer) end"
            return replace(reading, sql=whole, unreadable=None)
    return Reading("text", column.text)


def _without_sign(column: Column, reading: Reading) -> Reading:
    """Take the sign off discounts that a file writes below zero, all of them."""
    amounts = f"(select {reading.sql} as amount from {_values_of(column)})"
    ((below, above),) = column.session.execute(
        f"select coalesce(bool_or(amount < 0), false), coalesce(bool_or(amount > 0), false) "
        f"from {amounts}"
    ).fetchall()
    if not below or above:
        return reading
    return replace(reading, format=f"-{reading.format}", sql=f"abs({reading.sql})")


def _values_of(column: Column) -> str:
    """Write the SQL of the distinct values under the name of the column, which formats mention."""
    return f"(select value as {identifier(column.name)}, n from {column.values})"


def _says_yes(column: Column, reading: Reading) -> bool:
    """Tell whether a question of yes or no is answered by yes anywhere."""
    ((found,),) = column.session.execute(
        f"select coalesce(bool_or(({reading.sql}) = '{YES}'), false) from {_values_of(column)}"
    ).fetchall()
    return found


def _read_attribute(column: Column) -> tuple[str, Reading]:
    """Decide what a further column holds; its value stays a text, of one form for each type."""
    read_as = column.settings.get("read_as")
    if read_as == "number" or (read_as is None and looks_like_numbers(column)):
        number = read_number(column, "double")
        if number.format == "1234.56":
            # as written, so that 007 and 12.50 stay so
            sql = f"case when ({number.sql}) is not null then {column.text} end"
            return "attribute: number", Reading(number.format, sql, number.decided_by)
        return "attribute: number", Reading(
            number.format, f"cast({number.sql} as varchar)", number.decided_by
        )
    if read_as == "date" or (read_as is None and _may_be_dates(column)):
        time = read_time(column)
        text = (
            f"case when ({time.sql}) = date_trunc('day', {time.sql}) "
            f"then strftime({time.sql}, '%Y-%m-%d') "
            f"else strftime({time.sql}, '%Y-%m-%d %H:%M:%S') end"
        )
        reading = Reading(time.format, text, time.decided_by)
        counted = _counted(column, "", "", "", reading)
        if read_as == "date" or counted.unreadable <= TOLERATED * counted.filled:
            return "attribute: date", reading
    return "attribute: text", Reading("text", column.text)


def _may_be_dates(column: Column) -> bool:
    """Tell whether nearly all values of a column have the look of a date with separators."""
    shape = (
        r"\d{1,4} ?[-/.年년] ?\d{1,2} ?[-/.月월] ?\d{1,4}.*"
        r"|(.*[^\d])?\d{1,2}[ .-]+(de )?\p{L}{3,12}[ .,-]+(de )?\d{2,4}.*"
        r"|\p{L}{3,12}\.? *\d{1,2},? +\d{4}.*"
    )
    seen = column.counts(all="true", dates=f"regexp_full_match({half_width('value')}, '{shape}')")
    return seen["all"] > 0 and seen["dates"] >= (1 - TOLERATED) * seen["all"]
